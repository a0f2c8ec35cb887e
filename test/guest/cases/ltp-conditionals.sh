# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# After ima_conditionals of the Linux Test Project: uid, gid, fowner, fgroup, with
# every comparison.

policy='measure func=FILE_CHECK mask=MAY_READ uid=65534 fsname=ext4
measure func=FILE_CHECK mask=MAY_READ gid=64534 fsname=ext4
measure func=FILE_CHECK mask=MAY_READ fowner=63534 fsname=ext4
measure func=FILE_CHECK mask=MAY_READ fgroup=62534 fsname=ext4'

tree()
{
	for n in uid gid; do
		file $n-yes "$n yes" 0644 1:1
		file $n-no "$n no" 0644 1:1
		file $n-near "$n near" 0644 1:1
	done
	file fowner-yes a 0644 63534:1
	file fowner-below b 0644 63533:1
	file fowner-above c 0644 63535:1
	file fgroup-yes d 0644 1:62534
	file fgroup-below e 0644 1:62533
	file fgroup-above f 0644 1:62535
}

ops='
as 65534:1
read uid-yes => ok +1
as 65533:1
read uid-near => ok
as root
read uid-no => ok
as 1:64534
read gid-yes => ok +1
as 1:64533
read gid-near => ok
as root
read gid-no => ok
read fowner-yes => ok +1
read fowner-below => ok
read fowner-above => ok
read fgroup-yes => ok +1
read fgroup-below => ok
read fgroup-above => ok
'
