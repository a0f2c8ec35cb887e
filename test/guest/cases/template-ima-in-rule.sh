# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# The oldest template, by a rule: its entry has another shape than all others. The
# file is hashed with the algorithm of its label, and once more with sha1.

scope='alone'
replay='no'
policy='measure func=FILE_CHECK template=ima fowner=3
measure func=FILE_CHECK'

tree()
{
	file f3 3 0644 3:0
	file s3 s3 0644 3:0
	sign s3 rsa
	file h3 h3 0644 3:0
	digest h3 sha512
	file m3 md5 0644 3:0
	digest m3 md5
	file o3 sha1 0644 3:0
	digest_old o3 sha1
	file ng ng
}

ops='
read f3 => ok +1
read s3 => ok +1
read h3 => ok +1
read m3 => ok +1
read o3 => ok +1
read ng => ok +1
open h f3 w => ok
open - f3 r => ok +1 !1
close h => ok
open h ng r => ok
open - ng w => ok +1 !1
close h => ok
'
