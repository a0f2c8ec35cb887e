# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# chmod, chown, utimes and ACLs under an appraise policy that looks at the owner.

policy='appraise func=FILE_CHECK fowner=0
measure func=FILE_CHECK mask=MAY_READ fowner=0'

tree()
{
	for name in a b c d e; do
		file $name "$name content\n"
		digest $name sha256
	done
	file none none 0644 5:5
	file signed signed
	sign signed
}

ops='
read a => ok +1
chmod a 0600 => ok
read a => ok
getxattr a security.ima => ok
chown a 5 5 => ok
read a => ok
append a x => ok
getxattr a security.ima => ok
chown a 0 0 => ok
read a => EACCES +1
# a file that no rule covers, then one that one covers
read none => ok
append none x => ok
chown none 0 0 => ok
read none => EACCES +1
append none y => EACCES
chown none 5 5 => ok
read none => ok
# chmod between open and close of a writer
open h1 b w => ok
fwrite h1 B => ok
chmod b 0640 => ok
close h1 => ok
getxattr b security.ima => ok
read b => ok +1
# chown between open and close of a writer
open h1 c w => ok
fwrite h1 C => ok
chown c 5 5 => ok
close h1 => ok
getxattr c security.ima => ok
chown c 0 0 => ok
read c => EACCES +1
chmod signed 0600 => ok
read signed => ok +1
chown signed 5 5 => ok
append signed x => ok
chown signed 0 0 => ok
read signed => EACCES +1
as user
chmod d 0666 => EPERM
as root
chmod d 0666 => ok
as user
append d x => ok
as root
read d => ok +1
'
