#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What is wrong with a machine that boots through an initramfs of
# initramfs-tools ends there as without one; see init.sh, keys.sh, config.sh and
# daemon.sh. And what verifies there.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
need_program mkinitramfs depmod
make_chain
base_root

# shellcheck disable=SC2317 # called by make_initramfs
build()
{
	make_initramfs_tools "$1" "$T/initramfs"
	echo 'pannic = 1' >>/etc/imafs/init.conf
	mkinitramfs -d "$OVERLAY/confdir" -o "$T/initramfs.wrong" "$1"
}
make_initramfs build make_initramfs_tools
bare_root

# start [RUN-GUEST-OPTIONS]
start()
{
	boot_initramfs "$T/initramfs" -a init=/ima/init "$@"
}

it 'the list verifies against the TPM'
fresh_root
install_program "$IMAFS" /usr/bin/imafs "$ROOT"
install_tcti device "$ROOT"
signed_init <<'END'
show /ima/.ima/tpm
/usr/bin/imafs log --verify /ima && echo 'guest: the list verifies'
END
start
console_has 'tcti: device:/dev/tpmrm0' 'equal    PCR 10 sha256' \
	'guest: the list verifies'
ended off

it 'a tampered init is refused'
fresh_root
tamper_init
start
stopped 'stopped: /root/ima/init was refused' 'cause=invalid-signature'

it 'an init that a stranger signed is refused'
fresh_root
sign stranger "$ROOT/ima/tree/init"
start
stopped 'stopped: /root/ima/init was refused' 'cause=invalid-signature'

it 'an empty directory of keys is no key'
fresh_root
start -a imafs.keys=/etc/keys/ima
stopped 'no certificate of keys=/etc/keys/ima was admitted'

it 'a syntax error of the configuration is shown where it is'
fresh_root
boot_initramfs "$T/initramfs.wrong" -a init=/ima/init
stopped "/etc/imafs/init.conf:2:1: there is no setting 'pannic'"

it 'the death of the daemon is told, and closes the tree'
fresh_root
kill_the_daemon
start
console_has 'the daemon of /ima was killed by signal 9'
console_has "can't open /ima/init" 'guest: goes on without'
ended off

finish
