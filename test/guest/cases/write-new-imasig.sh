# SPDX-License-Identifier: Apache-2.0
# New files where only signatures will do: they are empty, so they pass, and when
# they are not they do not.

policy='measure func=FILE_CHECK mask=MAY_READ
appraise func=FILE_CHECK appraise_type=imasig'

tree()
{
	file signed "signed content"
	sign signed
	file empty-signed ""
	sign empty-signed
	file empty ""
	file hashed hashed
	digest hashed sha256
}

ops='
write new hello
getxattr new security.ima
read new
append new x
open - empty2 w,creat
read empty2
append empty2 x
mknod node
read node
append node x
read node
# an installer: first the label, then the data
open h1 installed rw,creat
copyxattr signed installed security.ima
fwrite h1 "signed content"
close h1
read installed
mknod installed2
copyxattr signed installed2 security.ima
write installed2 "signed content"
read installed2
# data first
open h1 installed3 rw,creat
fwrite h1 "signed content"
copyxattr signed installed3 security.ima
close h1
read installed3
getxattr installed3 security.ima
# a label and then the wrong data
open h1 installed4 rw,creat
copyxattr signed installed4 security.ima
fwrite h1 "signed contenT"
close h1
read installed4
read empty-signed
append empty-signed x
read empty
append empty x
append hashed x
read signed
rename signed renamed
read renamed
append renamed x
removexattr renamed security.ima
read renamed
'
