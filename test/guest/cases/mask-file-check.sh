# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Which opens FILE_CHECK rules with a mask match. The owner of a file says which
# rule is for it: 1 READ, 2 WRITE, 3 APPEND, 4 EXEC, 5-8 the same with ^, 9 none.

policy='measure func=FILE_CHECK mask=MAY_READ fowner=1
measure func=FILE_CHECK mask=MAY_WRITE fowner=2
measure func=FILE_CHECK mask=MAY_APPEND fowner=3
measure func=FILE_CHECK mask=MAY_EXEC fowner=4
measure func=FILE_CHECK mask=^MAY_READ fowner=5
measure func=FILE_CHECK mask=^MAY_WRITE fowner=6
measure func=FILE_CHECK mask=^MAY_APPEND fowner=7
measure func=FILE_CHECK mask=^MAY_EXEC fowner=8
measure func=FILE_CHECK fowner=9'

tree()
{
	for owner in 1 2 3 4 5 6 7 8 9; do
		for mode in r w rw a ra rwa wt rt path; do
			file $owner-$mode "$owner $mode\n" 0644 $owner:0
		done
		prog $owner-x 0755 $owner:0
		printf %s $owner >>$owner-x
	done
}

ops='
open - 1-r r => ok +1
open - 1-w w => ok
open - 1-rw rw => ok
open - 1-a w,append => ok
open - 1-ra r,append => ok
open - 1-rwa rw,append => ok
open - 1-wt w,trunc => ok
open - 1-rt r,trunc => ok
open - 1-path path => ok
exec 1-x => ok
open - 2-r r => ok
open - 2-w w => ok +1
open - 2-rw rw => ok
open - 2-a w,append => ok
open - 2-ra r,append => ok
open - 2-rwa rw,append => ok
open - 2-wt w,trunc => ok +1
open - 2-rt r,trunc => ok
open - 2-path path => ok
exec 2-x => ok
open - 3-r r => ok
open - 3-w w => ok
open - 3-rw rw => ok
open - 3-a w,append => ok
open - 3-ra r,append => ok
open - 3-rwa rw,append => ok
open - 3-wt w,trunc => ok
open - 3-rt r,trunc => ok
open - 3-path path => ok
exec 3-x => ok
open - 4-r r => ok
open - 4-w w => ok
open - 4-rw rw => ok
open - 4-a w,append => ok
open - 4-ra r,append => ok
open - 4-rwa rw,append => ok
open - 4-wt w,trunc => ok
open - 4-rt r,trunc => ok
open - 4-path path => ok
exec 4-x => ok +1
open - 5-r r => ok +1
open - 5-w w => ok
open - 5-rw rw => ok +1
open - 5-a w,append => ok
open - 5-ra r,append => ok +1
open - 5-rwa rw,append => ok +1
open - 5-wt w,trunc => ok
open - 5-rt r,trunc => ok +1
open - 5-path path => ok
exec 5-x => ok
open - 6-r r => ok
open - 6-w w => ok +1
open - 6-rw rw => ok +1
open - 6-a w,append => ok +1
open - 6-ra r,append => ok
open - 6-rwa rw,append => ok +1
open - 6-wt w,trunc => ok +1
open - 6-rt r,trunc => ok +1
open - 6-path path => ok
exec 6-x => ok
open - 7-r r => ok
open - 7-w w => ok
open - 7-rw rw => ok
open - 7-a w,append => ok +1
open - 7-ra r,append => ok +1
open - 7-rwa rw,append => ok +1
open - 7-wt w,trunc => ok
open - 7-rt r,trunc => ok
open - 7-path path => ok
exec 7-x => ok
open - 8-r r => ok
open - 8-w w => ok
open - 8-rw rw => ok
open - 8-a w,append => ok
open - 8-ra r,append => ok
open - 8-rwa rw,append => ok
open - 8-wt w,trunc => ok
open - 8-rt r,trunc => ok
open - 8-path path => ok
exec 8-x => ok +1
open - 9-r r => ok +1
open - 9-w w => ok +1
open - 9-rw rw => ok +1
open - 9-a w,append => ok +1
open - 9-ra r,append => ok +1
open - 9-rwa rw,append => ok +1
open - 9-wt w,trunc => ok +1
open - 9-rt r,trunc => ok +1
open - 9-path path => ok
exec 9-x => ok +1
'
