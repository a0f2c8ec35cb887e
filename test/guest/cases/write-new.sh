# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Files that are made under an appraise policy: the one who makes a file may go on
# with it; the label comes when the last writer closes.

policy='measure func=FILE_CHECK mask=MAY_READ
appraise func=FILE_CHECK'

tree()
{
	mkdir open
	chmod 0777 open
	file labelled x
	digest labelled sha256
}

ops='
write new hello => ok
getxattr new security.ima => ok
read new => ok +1
append new more => ok
read new => ok +1
write empty "" => ok
getxattr empty security.ima => ok
read empty => ok +1
append empty x => ok
getxattr empty security.ima => ok
read empty => ok +1
open - touched w,creat => ok
getxattr touched security.ima => ok
read touched => ok +1
write touched x => ok
read touched => ok +1
# while it is being made
open h1 going w,creat,excl => ok
read going => ok +2 !1
fwrite h1 going => ok
read going => ok ~15 ok +1
close h1 => ok
read going => ok +1 ~15 ok
open h1 both rw,creat => ok
fwrite h1 both => ok
fread h1 => ok
open h2 both rw => ok
fwrite h2 BOTH => ok
close h1 => ok
getxattr both security.ima => ENODATA
close h2 => ok
getxattr both security.ima => ok
read both => ok +1
# opened for reading only, and made
open h1 ro r,creat => ok +1
close h1 => ok
getxattr ro security.ima => ENODATA
read ro => ok
append ro x => ok
getxattr ro security.ima => ok
read ro => ok +1
# mknod
mknod node => ok
getxattr node security.ima => ENODATA
read node => ok +1
append node x => ok
getxattr node security.ima => ok
read node => ok +1
mknod node2 => ok
write node2 x => ok
read node2 => ok +1
# O_TMPFILE
open h1 . rw,tmp => ok
fwrite h1 tmp => ok
fread h1 => ok
linkfd h1 linked => ok
close h1 => ok
getxattr linked security.ima => ok
read linked => ok +1
append linked x => ok
open h1 . rw,tmp => ok
fwrite h1 tmp2 => ok
linkfd h1 linked2 => ok
read linked2 => EACCES +2 !1
close h1 => ok
getxattr linked2 security.ima => ENODATA
read linked2 => EACCES
open h1 . w,tmp => ok
linkfd h1 linked3 => ok
close h1 => ok
getxattr linked3 security.ima => ok
read linked3 => ok +1
append linked3 x => ok
getxattr linked3 security.ima => ok
read linked3 => ok +1
# replaced by rename
write new.tmp replaced => ok
rename new.tmp new => ok
read new => ok +1
getxattr new security.ima => ok
# unlinked and made again
unlink labelled => ok
write labelled again => ok
read labelled => ok +1
getxattr labelled security.ima => ok
as user
write open/u user => ok
read open/u => ok +1
as root
getxattr open/u security.ima => ok
read open/u => ok
open h1 deleted w,creat => ok
fwrite h1 x => ok
unlink deleted => ok
close h1 => ok
mkdir dir => ok
symlink new link => ok
read link => ok
write link y => ok
read new => ok +1
'
