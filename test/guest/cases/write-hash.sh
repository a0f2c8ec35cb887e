# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# A hash in security.ima follows the content: rehashed when the last writer closes,
# with the default algorithm, if the content changed and the label was good.

policy='measure func=FILE_CHECK mask=^MAY_READ
appraise func=FILE_CHECK'

tree()
{
	for name in a b c d e f g h i j k l m n o p q r s; do
		file $name "$name content\n"
		digest $name sha256
	done
	for name in sha1 sha512 md5 sha3-256; do
		file $name "$name content\n"
		digest $name $name
	done
	file old old
	digest_old old sha1
	file none none
	file wrong wrong
	raw wrong "0404$(hex_digest sha256 none)"
	file users users 0666
	digest users sha256
	file signed signed
	sign signed
	file signed-badly signed-badly
	sign signed-badly
	tamper signed-badly
	file empty ""
	digest empty sha256
	file empty-none ""
}

ops='
write a changed => ok
getxattr a security.ima => ok
read a => ok +1
append a more => ok
getxattr a security.ima => ok
read a => ok +1
pwrite b 2 XX => ok
getxattr b security.ima => ok
read b => ok +1
# opened for writing, nothing written
open - c w => ok
getxattr c security.ima => ok
read c => ok +1
open - c w,trunc => ok
getxattr c security.ima => ok
read c => ok +1
# the label follows the last writer, not the first
open h1 d w => ok
open h2 d rw => ok +1
fwrite h1 first => ok
close h1 => ok
getxattr d security.ima => ok
fwrite h2 2nd => ok
close h2 => ok
getxattr d security.ima => ok
read d => ok +1
# a reader among writers
open h1 e rw => ok +1
fwrite h1 EEE => ok
read e => ok +1 !1 ~15 ok +2 !1
close h1 => ok
read e => ok +1 ~15 ok
getxattr e security.ima => ok
# a second writer, when the first has written
open h1 k w => ok
fwrite h1 KKK => ok
append k x => ok
close h1 => ok
read k => ok +1
# a writer and a reader: both opened before
open h1 f r => ok +1
open h2 f w => ok +1 !1
fwrite h2 FFF => ok
fread h1 => ok ~21 ok
close h2 => ok
fread h1 => ok ~21 ok
close h1 => ok
read f => ok +1
# truncated by path and by handle
truncate g 3 => ok
getxattr g security.ima => ok
read g => EACCES +1
open h1 h w => ok
ftrunc h1 4 => ok
close h1 => ok
getxattr h security.ima => ok
read h => ok +1
# same content written again: the label is the same, the file is not measured again
write i "i content\n" => ok
getxattr i security.ima => ok
read i => ok +1
# through a shared mapping that outlives its descriptor
open h1 j rw => ok +1
mmap h1 rw shared => ok
close h1 => ok
getxattr j security.ima => ok
read j => ok +1 !1
munmap h1 => ok
read j => ok
# other algorithms become the default one
append sha1 x => ok
getxattr sha1 security.ima => ok
append sha512 x => ok
getxattr sha512 security.ima => ok
append md5 x => ok
getxattr md5 security.ima => ok
append sha3-256 x => ok
getxattr sha3-256 security.ima => ok
append old x => ok
getxattr old security.ima => ok
read sha1 => ok +1
read sha512 => ok +1
read md5 => ok +1
read sha3-256 => ok +1
read old => ok +1
# what is not good cannot be opened for writing either
write none x => EACCES
append none x => EACCES
truncate none 1 => ok
read none => EACCES +1 ~16 EACCES +1
write wrong x => EACCES
truncate wrong 1 => ok
read wrong => EACCES +1 ~16 EACCES +1
# signed files are immutable
append signed x => EACCES
write signed x => EACCES
open - signed w => EACCES
open - signed rw => EACCES +1
truncate signed 3 => ok
read signed => ok ~16 EACCES +1
append signed-badly x => EACCES
# by a user
as user
append users more => ok
getxattr users security.ima => ok
read users => ok +1
as root
read users => ok
read empty => ok +1
append empty x => ok
read empty => ok +1
read empty-none => EACCES +1
append empty-none x => EACCES
'
