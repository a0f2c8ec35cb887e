# SPDX-License-Identifier: Apache-2.0
# Every label, for execution, when only a signature will do.
. "$here/labels.sh"

policy='measure func=BPRM_CHECK
appraise func=BPRM_CHECK appraise_type=imasig'

tree()
{
	make_labels label_prog
	make_signatures label_prog
}

ops='
exec none
exec sha1-old
exec md5-old
exec md5-old-padded
exec md5
exec sha1
exec sha224
exec sha256
exec sha384
exec sha512
exec sha3-256
exec sha3-384
exec sha3-512
exec rmd160
exec tgr192
exec wrong
exec tampered
exec relabelled
exec short
exec long
exec algo-only
exec bad-algo
exec type-00
exec type-02
exec type-05
exec type-06
exec type-07
exec type-ff
exec empty
exec one-byte-03
exec one-byte-04
exec rsa-sha1
exec rsa-sha224
exec rsa-sha256
exec rsa-sha384
exec rsa-sha512
exec ec-sha1
exec ec-sha256
exec ec-sha384
exec ec-sha512
exec ec384-sha384
exec stranger-sha256
exec sig-tampered
exec sig-flipped
exec sig-cut
exec sig-longer
exec sig-size
exec sig-algo
exec sig-bad-algo
exec sig-keyid
exec sig-version-0
exec sig-version-1
exec sig-version-3
exec sig-as-05
exec sig-as-06
exec sig-header
exec sig-of-other
exec sig-unsigned
exec sig-hash
'
