# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Who may set and remove security.ima, with which values, and what it does.

policy='appraise func=FILE_CHECK
measure func=FILE_CHECK mask=MAY_READ'

tree()
{
	for name in a b c d e f g; do
		file $name "$name content\n" 0666
		digest $name sha256
	done
	file a2 "a content\n"
	digest a2 sha256
	file none2 none
	digest none2 sha256
	file users users 0666 1000:1000
	digest users sha256
	file signed signed
	sign signed
	file unsigned signed
	file none none 0666
	file other other
	sign other
	file immutable immutable
	sign immutable
}

ops='
read a => ok +1
# values
setxattr a security.ima empty => EINVAL
setxattr a security.ima 07 => EINVAL
setxattr a security.ima ff00 => EINVAL
setxattr a security.ima 00 => ok
read a => EACCES
setxattr a security.ima 02ffff => ok
read a => EACCES
setxattr a security.ima 05ffff => ok
read a => EACCES
setxattr a security.ima 06 => ok
read a => EACCES +1
setxattr a security.ima 03 => ok
read a => EACCES +1
setxattr a security.ima 0302 => ok
setxattr a security.ima 030204 => ok
setxattr a security.ima 01 => ok
setxattr a security.ima 04 => ok
setxattr a security.ima 0404 => ok
setxattr a security.ima 0417 => ok
setxattr a security.ima 0403000000 => ok
setxattr a security.ima 0410000000 => EACCES
setxattr a security.ima 0411000000 => EACCES
setxattr a security.ima 030210000000000001ff => EACCES
setxattr a security.ima 030217000000000001ff => ok
setxattr a security.ima 030304000000000001ff => ok
getxattr a security.ima => ok
read a => EACCES +1 ~30 EACCES +1
removexattr a security.ima => ok
removexattr a security.ima => ENODATA
read a => EACCES
# a good one again
copyxattr a2 a security.ima => ok
read a => ok
# by users: not even on their own files
as user
setxattr users security.ima 0404 => EPERM
removexattr users security.ima => EPERM
setxattr b security.ima 0404 => EPERM
removexattr b security.ima => EPERM
getxattr users security.ima => ok
setxattr users user.comment 00 => ok
as 0:0/1000:1000
setxattr users security.ima 0404 => EPERM
as 1000:1000/0:0
copyxattr a users security.ima => ok
as root
read users => EACCES +1
# a signature moved to the same content, and to other content
copyxattr signed unsigned security.ima => ok
read unsigned => ok +1
append unsigned x => EACCES
copyxattr signed other security.ima => ok
read other => EACCES +1
# a removed signature makes a file writable only if it is good without
read immutable => ok +1
removexattr immutable security.ima => ok
append immutable x => EACCES
read immutable => EACCES +1
# from none to hash: other xattrs do not matter
read none => EACCES +1
copyxattr none2 none security.ima => ok
read none => ok
setxattr none security.foo 00 => ok
getxattr none security.foo => ok
# set while open for reading and for writing
open h1 c r => ok +1
setxattr c security.ima 0404 => ok
fread h1 => ok
read c => EACCES
close h1 => ok
open h1 d rw => ok
fsetxattr h1 security.ima 0404 => ok
fwrite h1 x => ok
close h1 => ok
getxattr d security.ima => ok
read d => ok +1
# signature set on a file open for writing
open h1 e w => ok
copyxattr signed e security.ima => ok
fwrite h1 "signed" => ok
close h1 => ok
getxattr e security.ima => ok
read e => EACCES +1
append e x => EACCES
# a signature on content that fits, set while open
open h1 f w,trunc => ok
fwrite h1 signed => ok
copyxattr signed f security.ima => ok
close h1 => ok
read f => ok +1
append f x => EACCES
'
