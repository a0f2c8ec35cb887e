# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# The first rule that matches decides, for each class of action by itself;
# dont_X ends the search for X only.

policy='dont_measure fowner=1
measure func=FILE_CHECK fowner=1
measure func=FILE_CHECK fowner=2
dont_measure fowner=2
dont_appraise fowner=3
measure func=FILE_CHECK fowner=3
appraise fowner=3
appraise func=FILE_CHECK fowner=4
dont_measure func=FILE_CHECK fowner=4
measure fowner=4
dont_measure func=BPRM_CHECK fowner=5
measure func=BPRM_CHECK fowner=5
measure func=FILE_CHECK fowner=5
dont_measure uid=1000 fowner=6
measure func=FILE_CHECK fowner=6
appraise func=FILE_CHECK fowner=7
appraise func=FILE_CHECK appraise_type=imasig fowner=7
appraise func=FILE_CHECK appraise_type=imasig fowner=8
appraise func=FILE_CHECK fowner=8
measure fowner=9
appraise fowner=10
audit func=FILE_CHECK fowner=11
measure func=FILE_CHECK fowner=11'

tree()
{
	for owner in 1 2 3 4 6 7 8 11; do
		file f$owner "$owner" 0644 $owner:0
	done
	for owner in 1 5 9 10; do
		prog x$owner 0755 $owner:0
		printf %s $owner >>x$owner
	done
	file g4 g4 0644 4:0
	digest g4 sha256
	digest f7 sha256
	digest f8 sha256
	file g10 g10 0644 10:0
	digest x10 sha256
}

ops='
read f1 => ok
exec x1 => ok
read f2 => ok +1
read f3 => ok +1
read f4 => EACCES
read g4 => ok ~1 ok +1
exec x5 => ok +1
as user
read f6 => ok
as root
read f6 => ok +1
read f7 => ok
read f8 => EACCES
# a rule without func= is for every hook
exec x9 => ok +1
read x9 => ok
exec x10 => ok
read g10 => EACCES
read f11 => ok +1
'
