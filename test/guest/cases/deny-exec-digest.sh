# SPDX-License-Identifier: Apache-2.0
# Every kind of digest label, for execution.
. "$here/labels.sh"

policy='measure func=BPRM_CHECK
appraise func=BPRM_CHECK'

tree()
{
	make_labels label_prog
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
'
