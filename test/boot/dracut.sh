#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# init=/ima/init through an initramfs that dracut itself made, without systemd
# in it. The root file system has the tree and nothing else.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
need_program dracut depmod
make_chain
base_root

# shellcheck disable=SC2317 # called by make_initramfs
build()
{
	local module=/usr/lib/dracut/modules.d/90imafs

	overlay /usr/lib/dracut
	rm -rf "$module"
	mkdir "$module" "$OVERLAY/conf.d"
	install -m 755 "$TEST_BUILD/initramfs/module-setup.sh" \
		"$TEST_SOURCE/initramfs/dracut/imafs-mount.sh" "$module/"
	dracut --conf /dev/null --confdir "$OVERLAY/conf.d" --kver "$1" \
		--no-hostonly --no-early-microcode --compress 'zstd -1 -q' --tmpdir "$OVERLAY" \
		-m 'dash base udev-rules fs-lib rootfs-block imafs' \
		--add-drivers virtio_blk --filesystems ext4 "$T/initramfs"
}
make_initramfs build
bare_root

it 'mounts the tree and hands over to the signed init'
fresh_root
signed_init <<'END'
echo "guest: process $$ is $0"
echo /ima/etc/late >/dev/null
show /ima/etc/late
show /ima/.ima/tpm
show /ima/.ima/ascii_runtime_measurements
(show /ima/etc/unsigned) 2>&1
ps
END
echo 'guest: a file after the change of the root' >"$ROOT/ima/tree/etc/late"
echo unsigned >"$ROOT/ima/tree/etc/unsigned"
sign signer "$ROOT/ima/tree/etc/late"
boot_initramfs "$T/initramfs" -a 'init=/ima/init fastboot'
console_has 'guest: process 1 is /ima/init' \
	'guest: a file after the change of the root' \
	'tcti: device:/dev/tpmrm0' boot_aggregate 'Permission denied' \
	'@imafs mount'
console_lacks 'guest: unprotected'
ended off

it 'refuses an init that is not signed, before the root is changed'
fresh_root
guest_init "$ROOT/ima/tree/init" <<<'echo guest: unsigned'
boot_initramfs "$T/initramfs" -a 'init=/ima/init fastboot'
console_has 'was refused' 'cause=IMA-signature-required' 'Powering off.'
console_lacks 'guest: '
ended off

finish
