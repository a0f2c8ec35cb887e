# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Every kind of signature, for reading, when any good label will do.
. "$here/labels.sh"

policy='measure func=FILE_CHECK
appraise func=FILE_CHECK'

tree()
{
	make_signatures label_file
}

ops='
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
read sig-hash => ok +1
'
