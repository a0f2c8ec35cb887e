# SPDX-License-Identifier: Apache-2.0
# Writes that change nothing, seek, punch, or go through a mapping.

policy='measure func=FILE_CHECK mask=^MAY_READ
appraise func=FILE_CHECK'

tree()
{
	for name in a b c d e f; do
		file $name "$name content\n"
		digest $name sha256
	done
}

ops='
open h1 a rw
fread h1
close h1
read a
open h1 a rw
mmap h1 rw shared
munmap h1
close h1
read a
# a write of no bytes
append b ""
read b
getxattr b security.ima
# the label is taken away while it is open for writing
open h1 c w
removexattr c security.ima
fwrite h1 x
close h1
getxattr c security.ima
read c
# and replaced by garbage
open h1 d w
setxattr d security.ima 0404
fwrite h1 x
close h1
getxattr d security.ima
read d
# changed, and a good label put on by hand before the close
open h1 e rw
ftrunc h1 0
copyxattr f e security.ima
close h1
getxattr e security.ima
read e
# renamed while open
open h1 f w
rename f f2
fwrite h1 F
close h1
getxattr f2 security.ima
read f2
'
