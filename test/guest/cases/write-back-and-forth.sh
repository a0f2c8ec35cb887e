# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
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
open h1 a rw => ok +1
fread h1 => ok
close h1 => ok
read a => ok
open h1 a rw => ok
mmap h1 rw shared => ok
munmap h1 => ok
close h1 => ok
read a => ok
# a write of no bytes
append b "" => ok
read b => ok +1
getxattr b security.ima => ok
# the label is taken away while it is open for writing
open h1 c w => ok
removexattr c security.ima => ok
fwrite h1 x => ok
close h1 => ok
getxattr c security.ima => ok
read c => ok +1
# and replaced by garbage
open h1 d w => ok
setxattr d security.ima 0404 => ok
fwrite h1 x => ok
close h1 => ok
getxattr d security.ima => ok
read d => ok +1
# changed, and a good label put on by hand before the close
open h1 e rw => ok +1
ftrunc h1 0 => ok
copyxattr f e security.ima => ok
close h1 => ok
getxattr e security.ima => ok
read e => ok +1
# renamed while open
open h1 f w => ok
rename f f2 => ok
fwrite h1 F => ok
close h1 => ok
getxattr f2 security.ima => ok
read f2 => ok +1
'
