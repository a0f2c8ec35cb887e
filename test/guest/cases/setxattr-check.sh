# SPDX-License-Identifier: Apache-2.0
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
setxattr a security.ima 0404
setxattr a security.ima 0405
setxattr a security.ima 0406
setxattr a security.ima 0402
setxattr a security.ima 01
setxattr a security.ima 01ffffffffffffffffffffffffffffffffffffffff
setxattr a security.ima 01ffffffffffffffffffffffffffffffff
setxattr a security.ima 03
setxattr a security.ima 030204000000000001ff
setxattr a security.ima 030206000000000001ff
setxattr a security.ima 0417
setxattr a security.ima 060304000000000001ff
setxattr a security.ima 060306000000000001ff
setxattr a security.ima 05
setxattr a security.ima empty
removexattr a security.ima
read b
append b x
getxattr b security.ima
read c
as user
setxattr a security.ima 0406
'
