# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# A policy loaded by path, under the built-in secure_boot policy that demands a
# signature of it. Writing rules is refused then.

boot='ima_policy=secure_boot module.sig_enforce=1'
scope='machine'
policy=''

tree()
{
	file unsigned "measure func=FILE_CHECK fsuuid=$uuid\n"
	file signed "measure func=FILE_CHECK fsuuid=$uuid\nappraise func=FILE_CHECK fowner=7 fsuuid=$uuid\n"
	sign signed
	file tampered "measure func=FILE_CHECK fsuuid=$uuid\n"
	sign tampered
	tamper tampered
	file hashed "measure func=FILE_CHECK fsuuid=$uuid\n"
	digest hashed sha256
	file stranger "measure func=FILE_CHECK fsuuid=$uuid\n"
	sign stranger stranger
	file signed-bad "nonsense\n"
	sign signed-bad
	file plain plain
	file appraised appraised 0644 7:0
}

ops='
read plain => ok
policy measure func=FILE_CHECK => EACCES
policy /ima/policy-by-path/unsigned => EACCES
policy /ima/policy-by-path/tampered => EACCES
policy /ima/policy-by-path/hashed => EACCES
policy /ima/policy-by-path/stranger => EACCES
policy /ima/policy-by-path/signed-bad => EINVAL
policy /ima/policy-by-path/missing => ENOENT
read plain => ok
policy /ima/policy-by-path/signed => ok
read plain => ok +1
read appraised => EACCES +1
'
