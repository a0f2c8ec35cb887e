# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
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
read none => EACCES +1
read sha1-old => EACCES +1
read md5-old => EACCES +1
read md5-old-padded => EACCES +1
read md5 => EACCES +1
read sha1 => EACCES +1
read sha224 => EACCES +1
read sha256 => EACCES +1
read sha384 => EACCES +1
read sha512 => EACCES +1
read sha3-256 => EACCES +1
read sha3-384 => EACCES +1
read sha3-512 => EACCES +1
read rmd160 => EACCES +1
read tgr192 => EACCES
read wrong => EACCES +1
read tampered => EACCES +1
read relabelled => EACCES +1
read short => EACCES +1
read long => EACCES +1
read algo-only => EACCES +1
read bad-algo => EACCES +1
read type-00 => EACCES +1
read type-02 => EACCES +1
read type-05 => EACCES +1
read type-06 => EACCES +1
read type-07 => EACCES +1
read type-ff => EACCES +1
read empty => EACCES +1
read one-byte-03 => EACCES +1
read one-byte-04 => EACCES +1
read rsa-sha1 => ok +1
read rsa-sha224 => ok +1
read rsa-sha256 => ok +1
read rsa-sha384 => ok +1
read rsa-sha512 => ok +1
read ec-sha1 => ok +1
read ec-sha256 => ok +1
read ec-sha384 => ok +1
read ec-sha512 => ok +1
read ec384-sha384 => ok +1
read stranger-sha256 => EACCES +1
read sig-tampered => EACCES +1
read sig-flipped => EACCES +1
read sig-cut => EACCES +1
read sig-longer => EACCES +1
read sig-size => EACCES +1
read sig-algo => EACCES +1
read sig-bad-algo => EACCES +1
read sig-keyid => EACCES +1
read sig-version-0 => EACCES +1
read sig-version-1 => EACCES +1
read sig-version-3 => EACCES +1 ~30 EACCES +1
read sig-as-05 => EACCES +1
read sig-as-06 => EACCES +1
read sig-header => EACCES +1
read sig-of-other => EACCES +1
read sig-unsigned => EACCES +1
read sig-hash => EACCES +1
'
