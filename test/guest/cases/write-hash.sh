# SPDX-License-Identifier: Apache-2.0
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
write a changed
getxattr a security.ima
read a
append a more
getxattr a security.ima
read a
pwrite b 2 XX
getxattr b security.ima
read b
# opened for writing, nothing written
open - c w
getxattr c security.ima
read c
open - c w,trunc
getxattr c security.ima
read c
# the label follows the last writer, not the first
open h1 d w
open h2 d rw
fwrite h1 first
close h1
getxattr d security.ima
fwrite h2 2nd
close h2
getxattr d security.ima
read d
# a reader among writers
open h1 e rw
fwrite h1 EEE
read e
close h1
read e
getxattr e security.ima
# a writer and a reader: both opened before
open h1 f r
open h2 f w
fwrite h2 FFF
fread h1
close h2
fread h1
close h1
read f
# truncated by path and by handle
truncate g 3
getxattr g security.ima
read g
open h1 h w
ftrunc h1 4
close h1
getxattr h security.ima
read h
# same content written again: the label is the same, the file is not measured again
write i "i content\n"
getxattr i security.ima
read i
# through a shared mapping that outlives its descriptor
open h1 j rw
mmap h1 rw shared
close h1
getxattr j security.ima
read j
munmap h1
read j
# other algorithms become the default one
append sha1 x
getxattr sha1 security.ima
append sha512 x
getxattr sha512 security.ima
append md5 x
getxattr md5 security.ima
append sha3-256 x
getxattr sha3-256 security.ima
append old x
getxattr old security.ima
read sha1
read sha512
read md5
read sha3-256
read old
# what is not good cannot be opened for writing either
write none x
append none x
truncate none 1
read none
write wrong x
truncate wrong 1
read wrong
# signed files are immutable
append signed x
write signed x
open - signed w
open - signed rw
truncate signed 3
read signed
append signed-badly x
# by a user
as user
append users more
getxattr users security.ima
read users
as root
read users
read empty
append empty x
read empty
read empty-none
append empty-none x
'
