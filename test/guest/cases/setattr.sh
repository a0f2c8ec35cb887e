# SPDX-License-Identifier: Apache-2.0
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
read a
chmod a 0600
read a
getxattr a security.ima
chown a 5 5
read a
append a x
getxattr a security.ima
chown a 0 0
read a
# a file that no rule covers, then one that one covers
read none
append none x
chown none 0 0
read none
append none y
chown none 5 5
read none
# chmod between open and close of a writer
open h1 b w
fwrite h1 B
chmod b 0640
close h1
getxattr b security.ima
read b
# chown between open and close of a writer
open h1 c w
fwrite h1 C
chown c 5 5
close h1
getxattr c security.ima
chown c 0 0
read c
chmod signed 0600
read signed
chown signed 5 5
append signed x
chown signed 0 0
read signed
as user
chmod d 0666
as root
chmod d 0666
as user
append d x
as root
read d
'
