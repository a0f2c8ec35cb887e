# SPDX-License-Identifier: Apache-2.0
# Every kind of label under template ima-modsig.

boot='ima_template=ima-modsig'
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
read plain
read hashed
read sha1
read old
read md5
read old-md5
read signed
read ec
read verity-sig
read caps
read evm
read evm-hmac
read only-evm
read more
read empty
read "a b c"
read empty-label
exec run
open h plain r
open - plain w
close h
open h hashed w
open - hashed r
close h
append plain x
read plain
'
