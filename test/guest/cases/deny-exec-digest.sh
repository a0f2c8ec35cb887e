# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Every kind of digest label, for execution.
. "$here/labels.sh"

policy='measure func=BPRM_CHECK
appraise func=BPRM_CHECK'

tree()
{
	make_labels label_prog
}

ops='
exec none => EACCES +1
exec sha1-old => ok +1
exec md5-old => ok +1
exec md5-old-padded => ok +1
exec md5 => ok +1
exec sha1 => ok +1
exec sha224 => ok +1
exec sha256 => ok +1
exec sha384 => ok +1
exec sha512 => ok +1
exec sha3-256 => ok +1
exec sha3-384 => ok +1
exec sha3-512 => ok +1
exec rmd160 => ok +1
exec tgr192 => EACCES
exec wrong => EACCES +1
exec tampered => EACCES +1
exec relabelled => EACCES +1
exec short => EACCES +1
exec long => ok +1
exec algo-only => EACCES +1
exec bad-algo => ok +1
exec type-00 => EACCES +1
exec type-02 => EACCES +1
exec type-05 => EACCES +1
exec type-06 => EACCES +1
exec type-07 => EACCES +1
exec type-ff => EACCES +1
exec empty => EACCES +1
exec one-byte-03 => EACCES +1
exec one-byte-04 => EACCES +1
'
