#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# init=/ima/init through an initramfs that initramfs-tools' own mkinitramfs
# made. The root file system has the tree and nothing else: imafs, the keys and
# the configuration are in the initramfs.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
need_program mkinitramfs depmod evmctl
make_chain
issue metadata
base_root

# shellcheck disable=SC2317 # called by make_initramfs
build()
{
	mkdir /etc/keys/evm
	cp "$KEYS/metadata.der" /etc/keys/evm/
	make_initramfs_tools "$1" "$T/initramfs"
}
make_initramfs build make_initramfs_tools
bare_root

it 'mounts the tree and hands over to the signed init, with its words'
fresh_root
signed_init <<'END'
echo "guest: process $$ is $0; $# words: $1|$2|$3"
echo /ima/etc/late >/dev/null
show /ima/etc/late
show /ima/.ima/tpm
show /ima/.ima/ascii_runtime_measurements
(show /ima/etc/unsigned) 2>&1
echo "guest: for EVM $(show /ima/.ima/evm_keys)"
ps
END
echo 'guest: a file after the change of the root' >"$ROOT/ima/tree/etc/late"
echo unsigned >"$ROOT/ima/tree/etc/unsigned"
sign signer "$ROOT/ima/tree/etc/late"
sign_metadata "$ROOT/ima/tree"/{init,bin/busybox,etc/late}
boot_initramfs "$T/initramfs" -a 'init=/ima/init single -- two "drei vier"'
console_has 'guest: process 1 is /ima/init; 3 words: single|two|drei vier' \
	'guest: a file after the change of the root' \
	'tcti: device:/dev/tpmrm0' boot_aggregate 'Permission denied' \
	'guest: for EVM ' "$(key_id metadata)" '@imafs mount'
console_lacks 'guest: unprotected'
ended off

it 'refuses an init that is not signed, before the root is changed'
fresh_root
guest_init "$ROOT/ima/tree/init" <<<'echo guest: unsigned'
boot_initramfs "$T/initramfs" -a 'init=/ima/init imafs.evm_keys=none'
console_has 'stopped: /root/ima/init was refused' \
	'cause=IMA-signature-required' 'Powering off.'
console_lacks 'guest: '
ended off

it 'leaves a boot alone that says imafs=0'
fresh_root
boot_initramfs "$T/initramfs" -a 'init=/ima/init imafs=0'
console_has 'guest: unprotected'
ended off

it 'stops without the TPM that is demanded'
fresh_root
boot_initramfs "$T/initramfs" -n -a 'init=/ima/init imafs.tpm_timeout=1'
console_has 'no TPM: /dev/tpmrm0' 'Powering off.'
console_lacks 'guest: '
ended off

finish
