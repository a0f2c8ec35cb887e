# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Rules for reading only: writing is not appraised, and no label follows.

policy='appraise func=FILE_CHECK mask=MAY_READ
measure func=FILE_CHECK mask=MAY_READ'

tree()
{
	for name in a b c d e; do
		file $name "$name content\n"
		digest $name sha256
	done
	file signed signed
	sign signed
	file none none
}

ops='
append a x => ok
read a => EACCES +1
read b => ok +1
append b x => ok
getxattr b security.ima => ok
read b => EACCES +1
open - c rw => ok
append c x => ok
read c => EACCES +1
append signed x => ok
read signed => EACCES +1
append none x => ok
read none => EACCES +1
write new x => ok
getxattr new security.ima => ENODATA
read new => EACCES +1
read d => ok +1
open h d w => ok
fwrite h x => ok
read d => ok +1 !1 ~15 EACCES +2 !1
close h => ok
read d => EACCES +1 ~15 EACCES
'
