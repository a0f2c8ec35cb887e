# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# The same with < and >.

policy='measure func=FILE_CHECK mask=MAY_READ uid>65533 fowner=1
measure func=FILE_CHECK mask=MAY_READ uid<100 fowner=1
measure func=FILE_CHECK mask=MAY_READ gid>64533 fowner=2
measure func=FILE_CHECK mask=MAY_READ gid<100 fowner=2
measure func=FILE_CHECK mask=MAY_READ fowner>63533
measure func=FILE_CHECK mask=MAY_READ fgroup>62533
measure func=FILE_CHECK mask=MAY_READ fgroup<100 fowner=3'

tree()
{
	for n in 1 2 3 4; do
		file uid-$n "uid $n" 0644 1:1000
		file gid-$n "gid $n" 0644 2:1000
	done
	file fowner-above a 0644 63534:1000
	file fowner-at b 0644 63533:1000
	file fgroup-above c 0644 4:62534
	file fgroup-at d 0644 4:62533
	file fgroup-below e 0644 3:99
	file fgroup-100 f 0644 3:100
}

ops='
as 65534:1000
read uid-1 => ok +1
as 65533:1000
read uid-2 => ok
as 99:1000
read uid-3 => ok +1
as 100:1000
read uid-4 => ok
as 1000:64534
read gid-1 => ok +1
as 1000:64533
read gid-2 => ok
as 1000:99
read gid-3 => ok +1
as 1000:100
read gid-4 => ok
as root
read fowner-above => ok +1
read fowner-at => ok
read fgroup-above => ok +1
read fgroup-at => ok
read fgroup-below => ok +1
read fgroup-100 => ok
'
