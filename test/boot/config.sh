#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a machine says about its configuration, and that it does not boot with a
# wrong one.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
make_chain
base_root

it 'a syntax error of the configuration is shown where it is'
fresh_root
echo 'pannic = 1' >>"$ROOT/etc/imafs/init.conf"
boot
stopped "/etc/imafs/init.conf:4:1: there is no setting 'pannic'"

it 'a configuration that others can write is refused'
fresh_root
chmod 666 "$ROOT/etc/imafs/init.conf"
boot
stopped 'can be written by others than root'

it 'an unknown word of the command line stops the boot'
fresh_root
echo 'failure = poweroff' >>"$ROOT/etc/imafs/init.conf"
BOOT_WORDS='' boot -a imafs.pannic=1
stopped 'kernel command line: imafs.pannic=1: there is no such word'

it 'a TPM that is demanded and missing stops the boot'
fresh_root
boot -n -a imafs.tpm_timeout=1
stopped 'no TPM: /dev/tpmrm0 has not appeared within 1 s'

it 'without a TPM only who says so'
fresh_root
boot -n -a imafs.tpm=none
console_has 'guest: the signed init runs'
ended off

it 'an imafs that is not there is named'
fresh_root
rm "$ROOT/usr/bin/imafs"
boot
stopped 'cannot run /usr/bin/imafs: No such file or directory'

finish
