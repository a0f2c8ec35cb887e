# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# EVM with X.509 keys: which changes of metadata it allows, by what it says of
# the file before.

evm=0x80000002
policy='appraise func=FILE_CHECK mask=MAY_READ fowner=9'

states='immutable fail-immutable pass fail nolabel noxattrs'

tree()
{
	for state in $states; do
		for n in 1 2 3 4; do
			file $state$n "$state$n"
			[ $state = noxattrs ] || hashed $state$n
			case $state in
			immutable) portable $state$n ;;
			fail-immutable) portable $state$n; chmod 0600 $state$n ;;
			pass) bound $state$n ;;
			fail) raw $state$n 02a25229f8accb4ddc1ccdbe50cdaef26f73db3258 security.evm ;;
			esac
		done
	done
	mkdir d
	for state in $states; do
		file acl-$state "acl $state"
		[ $state = noxattrs ] || hashed acl-$state
	done
	portable acl-immutable
	portable acl-fail-immutable
	chmod 0600 acl-fail-immutable
	bound acl-pass
	raw acl-fail 02a25229f8accb4ddc1ccdbe50cdaef26f73db3258 security.evm
}

# user::rw-,user:5:r--,group::r--,mask::r--,other::r-- and one with rwx for all
caps=0100000200040000000000000000000000000000
evm_value=05020401020304000801020304050607
same=0200000001000600ffffffff020004000500000004000400ffffffff10000400ffffffff20000400ffffffff
more=0200000001000700ffffffff020007000500000004000700ffffffff10000700ffffffff20000700ffffffff

ops="
setxattr immutable1 user.x 00 => ok
chmod immutable1 0644 => ok
chown immutable1 0 0 => ok
copyxattr immutable1 immutable1 security.ima => ok
copyxattr immutable1 immutable1 security.evm => ok
truncate immutable2 3 => ok
setxattr immutable2 security.ima 0404aa => EPERM
setxattr immutable2 security.evm $evm_value => EPERM
setxattr immutable3 security.capability $caps => EPERM
removexattr immutable3 security.ima => EPERM
removexattr immutable4 security.evm => EPERM
chmod immutable4 0700 => EPERM
chown immutable4 5 0 => EPERM
chown immutable4 0 5 => EPERM
chmod immutable1 0755 => EPERM
chown immutable2 5 5 => EPERM
setxattr acl-immutable system.posix_acl_access $same => ok
setxattr acl-immutable system.posix_acl_access $more => EPERM
removexattr acl-immutable system.posix_acl_access => EPERM
rename immutable1 immutable.moved => ok
unlink immutable2 => ok
setxattr fail-immutable1 user.x 00 => ok
chmod fail-immutable1 0644 => ok
chown fail-immutable1 0 0 => ok
copyxattr fail-immutable1 fail-immutable1 security.ima => ok
copyxattr fail-immutable1 fail-immutable1 security.evm => ok
truncate fail-immutable2 3 => ok
setxattr fail-immutable2 security.ima 0404aa => ok
setxattr fail-immutable2 security.evm $evm_value => ok
setxattr fail-immutable3 security.capability $caps => ok
removexattr fail-immutable3 security.ima => ok
removexattr fail-immutable4 security.evm => ok
chmod fail-immutable4 0700 => ok
chown fail-immutable4 5 0 => ok
chown fail-immutable4 0 5 => ok
chmod fail-immutable1 0755 => EPERM
chown fail-immutable2 5 5 => ok
setxattr acl-fail-immutable system.posix_acl_access $same => ok
setxattr acl-fail-immutable system.posix_acl_access $more => EPERM
removexattr acl-fail-immutable system.posix_acl_access => EPERM
rename fail-immutable1 fail-immutable.moved => ok
unlink fail-immutable2 => ok
setxattr pass1 user.x 00 => ok
chmod pass1 0644 => ok
chown pass1 0 0 => ok
copyxattr pass1 pass1 security.ima => ok
copyxattr pass1 pass1 security.evm => ok
truncate pass2 3 => ok
setxattr pass2 security.ima 0404aa => ok
setxattr pass2 security.evm $evm_value => EPERM
setxattr pass3 security.capability $caps => ok
removexattr pass3 security.ima => EPERM
removexattr pass4 security.evm => ok
chmod pass4 0700 => ok
chown pass4 5 0 => ok
chown pass4 0 5 => ok
chmod pass1 0755 => ok
chown pass2 5 5 => EPERM
setxattr acl-pass system.posix_acl_access $same => ok
setxattr acl-pass system.posix_acl_access $more => ok
removexattr acl-pass system.posix_acl_access => EPERM
rename pass1 pass.moved => ok
unlink pass2 => ok
setxattr fail1 user.x 00 => ok
chmod fail1 0644 => EPERM
chown fail1 0 0 => EPERM
copyxattr fail1 fail1 security.ima => EPERM
copyxattr fail1 fail1 security.evm => EPERM
truncate fail2 3 => ok
setxattr fail2 security.ima 0404aa => EPERM
setxattr fail2 security.evm $evm_value => EPERM
setxattr fail3 security.capability $caps => EPERM
removexattr fail3 security.ima => EPERM
removexattr fail4 security.evm => EPERM
chmod fail4 0700 => EPERM
chown fail4 5 0 => EPERM
chown fail4 0 5 => EPERM
chmod fail1 0755 => EPERM
chown fail2 5 5 => EPERM
setxattr acl-fail system.posix_acl_access $same => EPERM
setxattr acl-fail system.posix_acl_access $more => EPERM
removexattr acl-fail system.posix_acl_access => EPERM
rename fail1 fail.moved => ok
unlink fail2 => ok
setxattr nolabel1 user.x 00 => ok
chmod nolabel1 0644 => ok
chown nolabel1 0 0 => ok
copyxattr nolabel1 nolabel1 security.ima => ok
copyxattr nolabel1 nolabel1 security.evm => ENODATA
truncate nolabel2 3 => ok
setxattr nolabel2 security.ima 0404aa => ok
setxattr nolabel2 security.evm $evm_value => ok
setxattr nolabel3 security.capability $caps => ok
removexattr nolabel3 security.ima => ok
removexattr nolabel4 security.evm => ENODATA
chmod nolabel4 0700 => ok
chown nolabel4 5 0 => ok
chown nolabel4 0 5 => ok
chmod nolabel1 0755 => ok
chown nolabel2 5 5 => ok
setxattr acl-nolabel system.posix_acl_access $same => ok
setxattr acl-nolabel system.posix_acl_access $more => ok
removexattr acl-nolabel system.posix_acl_access => ok
rename nolabel1 nolabel.moved => ok
unlink nolabel2 => ok
setxattr noxattrs1 user.x 00 => ok
chmod noxattrs1 0644 => ok
chown noxattrs1 0 0 => ok
copyxattr noxattrs1 noxattrs1 security.ima => ENODATA
copyxattr noxattrs1 noxattrs1 security.evm => ENODATA
truncate noxattrs2 3 => ok
setxattr noxattrs2 security.ima 0404aa => ok
setxattr noxattrs2 security.evm $evm_value => ok
setxattr noxattrs3 security.capability $caps => ok
removexattr noxattrs3 security.ima => ENODATA
removexattr noxattrs4 security.evm => ENODATA
chmod noxattrs4 0700 => ok
chown noxattrs4 5 0 => ok
chown noxattrs4 0 5 => ok
chmod noxattrs1 0755 => ok
chown noxattrs2 5 5 => ok
setxattr acl-noxattrs system.posix_acl_access $same => ok
setxattr acl-noxattrs system.posix_acl_access $more => ok
removexattr acl-noxattrs system.posix_acl_access => ok
rename noxattrs1 noxattrs.moved => ok
unlink noxattrs2 => ok
chmod d 0700 => ok
chown d 5 5 => ok
write new text => ok
chmod new 0600 => ok
setxattr new security.ima 0404aa => ok
"
