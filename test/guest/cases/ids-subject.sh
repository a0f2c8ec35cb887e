# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Conditions on the subject, with = < >. uid and gid are the real ids. euid and
# egid look at the effective, the saved and the real id of a task that may change
# its ids, and at the effective one of others. File fN-M is for rule N and user M.

policy='measure func=FILE_CHECK uid=0 fowner=1
measure func=FILE_CHECK uid=1000 fowner=2
measure func=FILE_CHECK uid>999 fowner=3
measure func=FILE_CHECK uid<1000 fowner=4
measure func=FILE_CHECK euid=0 fowner=5
measure func=FILE_CHECK euid=1000 fowner=6
measure func=FILE_CHECK euid>999 fowner=7
measure func=FILE_CHECK gid=0 fowner=8
measure func=FILE_CHECK gid=1000 fowner=9
measure func=FILE_CHECK gid<3000 fowner=10
measure func=FILE_CHECK egid=0 fowner=11
measure func=FILE_CHECK egid=3000 fowner=12
measure func=FILE_CHECK egid>1000 fowner=13'

tree()
{
	for rule in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
		for user in 0 1 2 3 4; do
			file f$rule-$user "$rule $user" 0644 $rule:0
		done
	done
}

ops='
as root
read f1-0 => ok +1
read f2-0 => ok
read f3-0 => ok
read f4-0 => ok +1
read f5-0 => ok +1
read f6-0 => ok
read f7-0 => ok
read f8-0 => ok +1
read f9-0 => ok
read f10-0 => ok +1
read f11-0 => ok +1
read f12-0 => ok
read f13-0 => ok
as user
read f1-1 => ok
read f2-1 => ok +1
read f3-1 => ok +1
read f4-1 => ok
read f5-1 => ok
read f6-1 => ok +1
read f7-1 => ok +1
read f8-1 => ok
read f9-1 => ok +1
read f10-1 => ok +1
read f11-1 => ok
read f12-1 => ok
read f13-1 => ok
as 2000:3000
read f1-2 => ok
read f2-2 => ok
read f3-2 => ok +1
read f4-2 => ok
read f5-2 => ok
read f6-2 => ok
read f7-2 => ok +1
read f8-2 => ok
read f9-2 => ok
read f10-2 => ok
read f11-2 => ok
read f12-2 => ok +1
read f13-2 => ok +1
as 1000:1000/0:0
read f1-3 => ok
read f2-3 => ok +1
read f3-3 => ok +1
read f4-3 => ok
read f5-3 => ok +1
read f6-3 => ok +1
read f7-3 => ok +1
read f8-3 => ok
read f9-3 => ok +1
read f10-3 => ok +1
read f11-3 => ok +1
read f12-3 => ok
read f13-3 => ok
as 0:0/1000:1000
read f1-4 => ok +1
read f2-4 => ok
read f3-4 => ok
read f4-4 => ok +1
read f5-4 => ok
read f6-4 => ok +1
read f7-4 => ok +1
read f8-4 => ok +1
read f9-4 => ok
read f10-4 => ok +1
read f11-4 => ok
read f12-4 => ok
read f13-4 => ok
'
