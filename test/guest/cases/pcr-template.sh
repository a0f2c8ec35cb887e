# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# pcr= and template= of a rule. A file is measured once for each PCR. Violations go
# to the default PCR with the default template, whatever the rule says.

policy='measure func=FILE_CHECK pcr=11 fowner=1
measure func=FILE_CHECK template=ima-ng fowner=2
measure func=FILE_CHECK template=ima-ng pcr=15 fowner=3
measure func=FILE_CHECK template=ima-ngv2 pcr=12 fowner=4
measure func=FILE_CHECK template=ima-sigv2 fowner=5
measure func=FILE_CHECK template=evm-sig fowner=6
measure func=FILE_CHECK template=d-ng|n-ng|sig fowner=7
measure func=FILE_CHECK template=ima-modsig fowner=8
measure func=FILE_CHECK template=ima-buf fowner=9
measure func=BPRM_CHECK pcr=13 fowner=10
measure func=FILE_CHECK pcr=14 fowner=10
measure func=FILE_CHECK uid=0 pcr=11 fowner=11
measure func=FILE_CHECK uid=1000 pcr=12 fowner=11
measure func=FILE_CHECK uid=2000 pcr=12 template=ima-ng fowner=11
measure func=FILE_CHECK uid=3000 pcr=10 template=ima-ng fowner=11'

tree()
{
	for owner in 1 2 3 4 5 6 7 8 9 11; do
		file f$owner "$owner" 0644 $owner:0
	done
	for owner in 3 5 6 7 8; do
		file s$owner "$owner" 0640 $owner:77
		sign s$owner rsa
		file h$owner "$owner" 0644 $owner:0
		digest h$owner sha512
	done
	file h2 h2 0644 2:0
	digest h2 sha512
	prog x10 0755 10:0
	raw f6 0100000200040000000000000000000000000000 security.capability
}

ops='
read f1 => ok +1
read f2 => ok +1
read h2 => ok +1
read f3 => ok +1
read s3 => ok +1
read h3 => ok +1
read f4 => ok +1
read f5 => ok +1
read s5 => ok +1
read h5 => ok +1
read f6 => ok +1
read s6 => ok +1
read h6 => ok +1
read f7 => ok +1
read s7 => ok +1
read h7 => ok +1
read f8 => ok +1
read s8 => ok +1
read h8 => ok +1
read f9 => ok +1
# FILE_CHECK comes with an exec, and before it
exec x10 => ok +2
read x10 => ok
read f11 => ok +1
as user
read f11 => ok +1
as 2000
read f11 => ok
as 3000
read f11 => ok +1
as root
read f11 => ok
# violations
open h f1 r => ok
open - f1 w => ok +1 !1
close h => ok
open h f3 w => ok
open - f3 r => ok +1 !1
close h => ok
open h f4 w => ok
open - f4 r => ok +1 !1
close h => ok
'
