# SPDX-License-Identifier: Apache-2.0
# Every kind of digest label, for reading, when any good label will do.
. "$here/labels.sh"

policy='measure func=FILE_CHECK
appraise func=FILE_CHECK'

tree()
{
	make_labels label_file
}

ops='
read none
read sha1-old
read md5-old
read md5-old-padded
read md5
read sha1
read sha224
read sha256
read sha384
read sha512
read sha3-256
read sha3-384
read sha3-512
read rmd160
read tgr192
read wrong
read tampered
read relabelled
read short
read long
read algo-only
read bad-algo
read type-00
read type-02
read type-05
read type-06
read type-07
read type-ff
read empty
read one-byte-03
read one-byte-04
# What passed stays passed, for another user as well; what failed fails again.
as user
read sha256
read none
read wrong
'
