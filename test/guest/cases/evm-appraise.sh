# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# EVM with X.509 keys: every kind of security.evm, under rules for hashes and
# for signatures.

evm=0x80000002
policy='appraise func=FILE_CHECK mask=MAY_READ
appraise func=BPRM_CHECK appraise_type=imasig
measure func=FILE_CHECK mask=MAY_READ template=evm-sig'

tree()
{
	for name in none portable portable-ec mode owner group relabelled caps \
		more stranger bound bound-caps hmac garbage short \
		header type-00 type-01 type-04 type-06 empty-evm version-1 \
		version-3 copied elsewhere signed signed-bound unlabelled \
		nothing-caps; do
		prog "$name"
		printf %s "$name" >>"$name"
		case $name in
		signed* ) sign "$name" ;;
		un* | nothing*) ;;
		*) hashed "$name" ;;
		esac
	done
	for name in portable mode owner group relabelled caps more signed; do
		portable "$name"
	done
	portable portable-ec ec
	portable stranger stranger
	chmod 0775 mode
	chown 5 owner
	chown :5 group
	raw relabelled "0406$(hex_digest sha512 relabelled)"
	raw caps 0100000200040000000000000000000000000000 security.capability
	raw more 756e636f6e66696e6564 security.apparmor
	for name in bound bound-caps signed-bound; do
		bound "$name"
	done
	raw bound-caps 0100000200040000000000000000000000000000 security.capability
	raw hmac 02a25229f8accb4ddc1ccdbe50cdaef26f73db3258 security.evm
	raw garbage 05020401020304000801020304050607 security.evm
	raw short 05 security.evm
	raw header 050204010203040000 security.evm
	for type in 00 01 04 06; do
		raw type-$type ${type}020401020304000801020304050607 security.evm
	done
	raw empty-evm empty security.evm
	portable version-1
	s=$(evm_of version-1)
	raw version-1 "0501${s#????}" security.evm
	raw version-3 "0503${s#????}" security.evm
	raw copied "$s" security.evm
	raw nothing-caps 0100000200040000000000000000000000000000 security.capability
	ln bound linked
}

ops='
read none => EACCES +1
read portable => ok +1
read portable-ec => ok +1
read mode => EACCES +1
read owner => EACCES +1
read group => EACCES +1
read relabelled => EACCES +1
read caps => EACCES +1
read more => EACCES +1
read stranger => EACCES +1
read bound => ok +1
read linked => ok
read bound-caps => EACCES +1
read hmac => EACCES +1
read garbage => EACCES +1
read short => EACCES +1
read header => EACCES +1
read type-00 => EACCES +1
read type-01 => EACCES +1
read type-04 => EACCES +1
read type-06 => EACCES +1
read empty-evm => EACCES +1
read version-1 => EACCES +1
read version-3 => EACCES +1
read copied => EACCES +1
read signed => ok +1
read signed-bound => ok +1
read unlabelled => EACCES +1
read nothing-caps => EACCES +1
exec none => EACCES
exec portable => ok
exec portable-ec => ok
exec mode => EACCES
exec stranger => EACCES
exec bound => EACCES
exec signed => ok
exec signed-bound => ok
exec relabelled => EACCES
copyxattr bound elsewhere security.evm => ok
read elsewhere => EACCES +1
read portable => ok
read bound => ok ~17 EACCES
chmod bound 0700 => ok
read bound => EACCES
rename portable moved => ok
read moved => ok
exec moved => ok
write new text => ok
read new => EACCES +1
'
