# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# SETXATTR_CHECK: algorithms that a label may have from now on.

scope='alone'
policy='appraise func=SETXATTR_CHECK appraise_algos=sha256,sha384
appraise func=FILE_CHECK fowner=7'

tree()
{
	file a a
	file b b 0644 7:7
	digest b sha512
	file c c 0644 7:7
	digest c sha256
}

ops='
setxattr a security.ima 0404 => ok
setxattr a security.ima 0405 => ok
setxattr a security.ima 0406 => EACCES
setxattr a security.ima 0402 => EACCES
setxattr a security.ima 01 => ok
setxattr a security.ima 01ffffffffffffffffffffffffffffffffffffffff => EACCES
setxattr a security.ima 01ffffffffffffffffffffffffffffffff => EACCES
setxattr a security.ima 03 => ok
setxattr a security.ima 030204000000000001ff => ok
setxattr a security.ima 030206000000000001ff => EACCES
setxattr a security.ima 0417 => ok
setxattr a security.ima 060304000000000001ff => ok
setxattr a security.ima 060306000000000001ff => EACCES
setxattr a security.ima 05 => ok
setxattr a security.ima empty => EINVAL
removexattr a security.ima => ok
read b => ok
append b x => ok
getxattr b security.ima => ok
read c => ok
as user
setxattr a security.ima 0406 => EPERM
'
