# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# audit and hash actions. audit leaves records, no lines in the list. hash keeps a
# digest in security.ima without asking whether there was a good one.

policy='audit func=FILE_CHECK fowner=1
hash func=FILE_CHECK fowner=2
hash func=FILE_CHECK fowner=3
appraise func=FILE_CHECK fowner=3
hash func=BPRM_CHECK fowner=4
dont_hash fowner=5
hash fowner=5
measure func=FILE_CHECK mask=MAY_READ fowner=2
audit func=BPRM_CHECK'

tree()
{
	for owner in 1 2 3 5; do
		file none$owner "none$owner" 0644 $owner:0
		file hashed$owner "hashed$owner" 0644 $owner:0
		digest hashed$owner sha512
		file wrong$owner "wrong$owner" 0644 $owner:0
		raw wrong$owner "0404$(hex_digest sha256 none1)"
		file signed$owner "signed$owner" 0644 $owner:0
		sign signed$owner
	done
	prog run 0755 4:0
}

ops='
read none1 => ok
read none1 => ok
read hashed1 => ok
read wrong1 => ok
append none1 x => ok
read none1 => ok
getxattr none1 security.ima => ENODATA
read none2 => ok +1
getxattr none2 security.ima => ENODATA
append none2 x => ok
getxattr none2 security.ima => ok
read hashed2 => ok +1
getxattr hashed2 security.ima => ok
append hashed2 x => ok
getxattr hashed2 security.ima => ok
append wrong2 x => ok
getxattr wrong2 security.ima => ok
open - wrong2 w => ok
append signed2 x => ok
getxattr signed2 security.ima => ok
read signed2 => ok +1
append none3 x => EACCES
append hashed3 x => ok
getxattr hashed3 security.ima => ok
read wrong3 => EACCES
append none5 x => ok
getxattr none5 security.ima => ENODATA
exec run => ok
getxattr run security.ima => ENODATA
write new x => ok
getxattr new security.ima => ENODATA
chown new 2 0 => ok
append new y => ok
getxattr new security.ima => ok
mknod node => ok
chown node 2 0 => ok
append node z => ok
getxattr node security.ima => ok
'
