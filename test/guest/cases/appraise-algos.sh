# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# appraise_algos: labels of other algorithms are refused although they are good.

policy='appraise func=FILE_CHECK appraise_algos=sha256,sha512 fowner=1
appraise func=FILE_CHECK appraise_type=imasig appraise_algos=sha384 fowner=2
appraise func=BPRM_CHECK appraise_algos=sha256
measure func=FILE_CHECK mask=MAY_READ fowner=1'
leaves='h-sha384'

tree()
{
	for algorithm in md5 sha1 sha256 sha384 sha512; do
		file h-$algorithm "$algorithm" 0644 1:0
		digest h-$algorithm $algorithm
		file s-$algorithm "$algorithm" 0644 2:0
		[ $algorithm = md5 ] || sign s-$algorithm rsa $algorithm
		prog x-$algorithm
		printf %s $algorithm >>x-$algorithm
		digest x-$algorithm $algorithm
	done
	file s1-sha256 a 0644 1:0
	sign s1-sha256
	file s1-sha384 b 0644 1:0
	sign s1-sha384 rsa sha384
	file bad c 0644 1:0
	raw bad "0406$(hex_digest sha512 h-md5)"
}

ops='
read h-md5 => EACCES +1
read h-sha1 => EACCES +1
read h-sha256 => ok +1
read h-sha384 => EACCES +1
read h-sha512 => ok +1
read s1-sha256 => ok +1
read s1-sha384 => EACCES +1
read bad => EACCES +1
read s-md5 => EACCES
read s-sha1 => EACCES
read s-sha256 => EACCES
read s-sha384 => ok
read s-sha512 => EACCES
exec x-md5 => EACCES
exec x-sha1 => EACCES
exec x-sha256 => ok
exec x-sha384 => EACCES
exec x-sha512 => EACCES
append h-sha512 x => ok
getxattr h-sha512 security.ima => ok
append h-sha384 x => ok ~17 EACCES
# refused again: not cached
read h-sha1 => ok ~17 EACCES
as user
read h-sha256 => ok
read h-sha1 => ok ~17 EACCES
'
