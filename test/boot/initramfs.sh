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
need_program mkinitramfs depmod
make_chain
base_root

# In a mount namespace, with imafs installed and the guest's kernel modules.
# shellcheck disable=SC2317 # called in a shell of its own
build()
{
	local kernel version o=$T/overlay

	kernel=$("$GUEST/fetch-kernel.sh")
	version=$(ls "$kernel/lib/modules")
	mount -t tmpfs tmpfs "$o"
	mkdir "$o"/{etc,etc-work,lib,lib-work,local,confdir}
	mount -t overlay overlay -o \
		"lowerdir=/etc,upperdir=$o/etc,workdir=$o/etc-work" /etc
	mount -t tmpfs tmpfs /usr/local
	mkdir -p /usr/local/bin /usr/local/libexec /etc/imafs /etc/keys/ima
	cp "$IMAFS" /usr/local/bin/
	cp "$TEST_BUILD/init/imafs-init" /usr/local/libexec/
	cp "$KEYS/signer.der" /etc/keys/x509_ima.der
	cp "$KEYS/ca.crt" /etc/imafs/trusted.pem
	echo 'trust = /etc/imafs/trusted.pem' >/etc/imafs/init.conf
	mount -t overlay overlay -o \
		"lowerdir=/lib/modules,upperdir=$o/lib,workdir=$o/lib-work" \
		/lib/modules 2>/dev/null || {
		mkdir -p /lib/modules
		mount -t tmpfs tmpfs /lib/modules
	}
	cp -r "$kernel/lib/modules/$version" /lib/modules/
	depmod "$version"
	cp -r /etc/initramfs-tools/. "$o/confdir/"
	mkdir -p "$o/confdir"/{hooks,scripts/local-bottom,conf.d}
	cp "$TEST_BUILD/initramfs/imafs" "$o/confdir/hooks/imafs"
	cp "$TEST_SOURCE/initramfs/initramfs-tools/local-bottom" \
		"$o/confdir/scripts/local-bottom/imafs"
	{
		echo MODULES=list
		echo BUSYBOX=auto
		echo COMPRESS=gzip
		echo RESUME=none
	} >"$o/confdir/conf.d/test"
	echo virtio_blk >>"$o/confdir/modules"
	mkinitramfs -d "$o/confdir" -o "$T/initramfs" "$version"
}

boot_initramfs()
{
	local status=0

	CONSOLE=$T/console
	"$GUEST/run-guest.sh" -I "$ROOT" "$T/image" 64M
	"$GUEST/run-guest.sh" -d "$T/image" -c "$CONSOLE" -t 120 -M 768 \
		-a "root=/dev/vda rootfstype=ext4 $BOOT_WORDS" \
		-R "$T/initramfs" "$@" 2>"$T/guest.log" || status=$?
	tr -d '\r' <"$CONSOLE" >"$CONSOLE.text"
	case $status in
	0) ENDED=off ;;
	125) ENDED=panic ;;
	*)
		note "$(tail -n 20 "$T/guest.log")"
		fail "the guest ended with status $status"
		;;
	esac
}

mkdir "$T/overlay"
export -f build
export T KEYS GUEST IMAFS TEST_BUILD TEST_SOURCE
unshare -m bash -eu -o pipefail -c build >"$T/mkinitramfs.log" 2>&1 ||
	fail "no initramfs: $(tail -n 5 "$T/mkinitramfs.log")"

# the plain root file system is worth nothing
rm -r "$T/base"/{usr,etc,lib*} "$T/base/ima/init"
mkdir "$T/base/etc"
guest_init "$T/base/ima/init" <<<'echo "guest: unprotected"'

it 'mounts the tree and hands over to the signed init'
fresh_root
signed_init <<'END'
show() { while read -r l; do echo "$l"; done <"$1"; }
echo "guest: process $$ is $0"
echo /ima/etc/late >/dev/null
show /ima/etc/late
show /ima/.ima/tpm
while read -r l; do echo "$l"; done </ima/.ima/ascii_runtime_measurements
(show /ima/etc/unsigned) 2>&1
ps
END
echo 'guest: a file after the change of the root' >"$ROOT/ima/tree/etc/late"
echo unsigned >"$ROOT/ima/tree/etc/unsigned"
sign signer "$ROOT/ima/tree/etc/late"
boot_initramfs -a init=/ima/init
console_has 'guest: process 1 is /ima/init' \
	'guest: a file after the change of the root' \
	'tcti: device:/dev/tpmrm0' boot_aggregate 'Permission denied' \
	'@imafs mount'
console_lacks 'guest: unprotected'
ended off

it 'refuses an init that is not signed, before the root is changed'
fresh_root
guest_init "$ROOT/ima/tree/init" <<<'echo guest: unsigned'
boot_initramfs -a init=/ima/init
console_has 'stopped: /root/ima/init was refused' \
	'cause=IMA-signature-required' 'Powering off.'
console_lacks 'guest: '
ended off

it 'stops without the TPM that is demanded'
fresh_root
boot_initramfs -n -a 'init=/ima/init imafs.tpm_timeout=1'
console_has 'no TPM: /dev/tpmrm0' 'Powering off.'
console_lacks 'guest: '
ended off

finish
