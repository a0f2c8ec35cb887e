# SPDX-License-Identifier: Apache-2.0
# Every kind of signature, for reading, when any good label will do.
. "$here/labels.sh"

policy='measure func=FILE_CHECK
appraise func=FILE_CHECK'

tree()
{
	make_signatures label_file
}

ops='
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
