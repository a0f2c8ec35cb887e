# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# templates.sh - what the cases about templates have in common: every kind of
# label, each measured once, and violations. A case sets boot and sources this.
#
# shellcheck disable=SC2034 # the runner uses them
# shellcheck disable=SC2154 # and sets others
policy='measure func=FILE_CHECK
measure func=BPRM_CHECK'

tree()
{
	file plain plain
	file hashed hashed
	digest hashed sha512
	file sha1 sha1
	digest sha1 sha1
	file old old
	digest_old old sha1
	file md5 md5
	digest md5 md5
	file old-md5 old-md5
	digest_old old-md5 md5
	file signed signed 0640 1000:7
	sign signed
	file ec ec
	sign ec ec sha384
	file verity-sig verity
	raw verity-sig 06030401020304000100
	file caps caps 04755 5:6
	raw caps 0100000200040000000000000000000000000000 security.capability
	file evm evm 0600
	sign evm
	raw evm 050204010203040002aabb security.evm
	file evm-hmac hmac 0600
	raw evm-hmac 020102030405060708090a0b0c0d0e0f1011121314 security.evm
	file only-evm only-evm
	raw only-evm 050204010203040002aabb security.evm
	file more more
	raw more 73797374656d5f753a6f626a6563745f723a62696e5f743a733000 security.selinux
	raw more 466f6f security.SMACK64
	raw more 426172 security.SMACK64EXEC
	raw more 756e636f6e66696e6564 security.apparmor
	raw more 0404aa security.ima
	file empty ""
	file "a b c" blanks
	file empty-label empty-label
	raw empty-label empty
	prog run
}

ops='
read plain => ok +1
read hashed => ok +1
read sha1 => ok +1
read old => ok +1
read md5 => ok +1
read old-md5 => ok +1
read signed => ok +1
read ec => ok +1
read verity-sig => ok +1
read caps => ok +1
read evm => ok +1
read evm-hmac => ok +1
read only-evm => ok +1
read more => ok +1
read empty => ok +1
read "a b c" => ok +1
read empty-label => ok +1
exec run => ok +1
open h plain r => ok
open - plain w => ok +1 !1
close h => ok
open h hashed w => ok
open - hashed r => ok +1 !1
close h => ok
append plain x => ok
read plain => ok +1
'
