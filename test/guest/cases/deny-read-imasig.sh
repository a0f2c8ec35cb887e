# SPDX-License-Identifier: Apache-2.0
# Every label, for reading, when only a signature will do.
. "$here/labels.sh"

policy='measure func=FILE_CHECK
appraise func=FILE_CHECK appraise_type=imasig'

tree()
{
	make_labels label_file
	make_signatures label_file
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
read rsa-sha1
read rsa-sha224
read rsa-sha256
read rsa-sha384
read rsa-sha512
read ec-sha1
read ec-sha256
read ec-sha384
read ec-sha512
read ec384-sha384
read stranger-sha256
read sig-tampered
read sig-flipped
read sig-cut
read sig-longer
read sig-size
read sig-algo
read sig-bad-algo
read sig-keyid
read sig-version-0
read sig-version-1
read sig-version-3
read sig-as-05
read sig-as-06
read sig-header
read sig-of-other
read sig-unsigned
read sig-hash
'
