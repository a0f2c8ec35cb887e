# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Conditions on the file system. All of them are of the one below imafs.

policy='measure func=FILE_CHECK fsmagic=0xEF53 fowner=1
measure func=FILE_CHECK fsmagic=ef53 fowner=2
measure func=FILE_CHECK fsmagic=0x1021994 fowner=3
measure func=FILE_CHECK fsname=ext4 fowner=4
measure func=FILE_CHECK fsname=ext3 fowner=5
measure func=FILE_CHECK fsname=fuse fowner=6
measure func=FILE_CHECK fsuuid=@UUID@ fowner=7
measure func=FILE_CHECK fsuuid=00000000-1111-2222-3333-444444444444 fowner=8
measure func=FILE_CHECK fsuuid=@UUID@ fsname=ext4 fsmagic=0xef53 fowner=9
measure func=FILE_CHECK fsmagic=0x65735546 fowner=10'

tree()
{
	for owner in 1 2 3 4 5 6 7 8 9 10; do
		file f$owner "$owner" 0644 $owner:0
	done
	mkdir d
	ln -s f1 l
	mkfifo p
}

ops='
read f1 => ok +1
read f2 => ok +1
read f3 => ok
read f4 => ok +1
read f5 => ok
read f6 => ok
read f7 => ok +1
read f8 => ok
read f9 => ok +1
read f10 => ok
read l => ok
open - d r => ok
open - p rw => ok
'
