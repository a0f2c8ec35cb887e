# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
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
exec none => EACCES +1
exec sha1-old => EACCES +1
exec md5-old => EACCES +1
exec md5-old-padded => EACCES +1
exec md5 => EACCES +1
exec sha1 => EACCES +1
exec sha224 => EACCES +1
exec sha256 => EACCES +1
exec sha384 => EACCES +1
exec sha512 => EACCES +1
exec sha3-256 => EACCES +1
exec sha3-384 => EACCES +1
exec sha3-512 => EACCES +1
exec rmd160 => EACCES +1
exec tgr192 => EACCES
exec wrong => EACCES +1
exec tampered => EACCES +1
exec relabelled => EACCES +1
exec short => EACCES +1
exec long => EACCES +1
exec algo-only => EACCES +1
exec bad-algo => EACCES +1
exec type-00 => EACCES +1
exec type-02 => EACCES +1
exec type-05 => EACCES +1
exec type-06 => EACCES +1
exec type-07 => EACCES +1
exec type-ff => EACCES +1
exec empty => EACCES +1
exec one-byte-03 => EACCES +1
exec one-byte-04 => EACCES +1
exec rsa-sha1 => ok +1
exec rsa-sha224 => ok +1
exec rsa-sha256 => ok +1
exec rsa-sha384 => ok +1
exec rsa-sha512 => ok +1
exec ec-sha1 => ok +1
exec ec-sha256 => ok +1
exec ec-sha384 => ok +1
exec ec-sha512 => ok +1
exec ec384-sha384 => ok +1
exec stranger-sha256 => EACCES +1
exec sig-tampered => EACCES +1
exec sig-flipped => EACCES +1
exec sig-cut => EACCES +1
exec sig-longer => EACCES +1
exec sig-size => EACCES +1
exec sig-algo => EACCES +1
exec sig-bad-algo => EACCES +1
exec sig-keyid => EACCES +1
exec sig-version-0 => EACCES +1
exec sig-version-1 => EACCES +1
exec sig-version-3 => EACCES +1 ~30 EACCES +1
exec sig-as-05 => EACCES +1
exec sig-as-06 => EACCES +1
exec sig-header => EACCES +1
exec sig-of-other => EACCES +1
exec sig-unsigned => EACCES +1
exec sig-hash => EACCES +1
'
