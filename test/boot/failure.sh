#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# How a boot ends that fails: imafs.failure= and imafs.rescue=.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
make_chain
base_root

it 'the rescue program runs if it is signed'
fresh_root
rm "$ROOT/ima/tree/init"
guest_init "$ROOT/ima/tree/bin/rescue" <<<'echo "rescue: process $$"'
cp -a "$ROOT" "$T/unsigned-rescue"
sign signer "$ROOT/ima/tree/bin/rescue"
boot -a imafs.rescue=/ima/bin/rescue
console_has 'the boot is stopped' 'starting the rescue program' \
	'rescue: process 1'
ended off

it 'and does not if it is not'
ROOT=$T/unsigned-rescue
boot -a imafs.rescue=/ima/bin/rescue
stopped 'no rescue program: /ima/bin/rescue was refused' \
	'cause=IMA-signature-required'
console_lacks 'rescue: process'

it 'failure = reboot reboots'
fresh_root
rm "$ROOT/ima/tree/init"
echo 'failure = reboot' >>"$ROOT/etc/imafs/init.conf"
cp -a "$ROOT" "$T/rebooting"
BOOT_WORDS='' boot
console_has 'the boot is stopped: ' 'imafs-init: Rebooting.'
ended reboot

it 'imafs.failure=halt halts, whatever the file says'
ROOT=$T/rebooting
BOOT_WORDS='' boot -a imafs.failure=halt
console_has 'the boot is stopped: ' 'imafs-init: The system is halted.'
ended halt

it 'and so does what nobody has an opinion about'
fresh_root
rm "$ROOT/ima/tree/init"
BOOT_WORDS='' boot
console_has 'the boot is stopped: ' 'imafs-init: The system is halted.'
ended halt

finish
