# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
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
write new hello => ok
getxattr new security.ima => ok
read new => EACCES +1
append new x => EACCES
open - empty2 w,creat => ok
read empty2 => EACCES +1
append empty2 x => EACCES
mknod node => ok
read node => ok +1
append node x => ok
read node => EACCES +1
# an installer: first the label, then the data
open h1 installed rw,creat => ok
copyxattr signed installed security.ima => ok
fwrite h1 "signed content" => ok
close h1 => ok
read installed => ok +1
mknod installed2 => ok
copyxattr signed installed2 security.ima => ok
write installed2 "signed content" => ok
read installed2 => ok +1
# data first
open h1 installed3 rw,creat => ok
fwrite h1 "signed content" => ok
copyxattr signed installed3 security.ima => ok
close h1 => ok
read installed3 => ok +1
getxattr installed3 security.ima => ok
# a label and then the wrong data
open h1 installed4 rw,creat => ok
copyxattr signed installed4 security.ima => ok
fwrite h1 "signed contenT" => ok
close h1 => ok
read installed4 => EACCES +1
read empty-signed => ok +1
append empty-signed x => EACCES
read empty => EACCES +1
append empty x => EACCES
append hashed x => EACCES
read signed => ok +1
rename signed renamed => ok
read renamed => ok
append renamed x => EACCES
removexattr renamed security.ima => ok
read renamed => EACCES +1
'
