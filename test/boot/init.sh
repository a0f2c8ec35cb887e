#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# init=/ima/init: a machine whose root file system (ext4) has a signed tree, and
# what happens when something about it is wrong. One boot each.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
make_chain
base_root

# Measures what is executed, too, so that there is something to verify.
cat >"$T/base/etc/imafs/policy" <<'END'
measure func=BPRM_CHECK
appraise func=POLICY_CHECK appraise_type=imasig
appraise appraise_type=imasig
END
echo 'measure func=BPRM_CHECK' >"$T/base/ima/tree/etc/relaxed-policy"
cp "$T/base/ima/tree/etc/relaxed-policy" "$T/base/ima/tree/etc/unsigned-policy"
sign signer "$T/base/ima/tree/etc/relaxed-policy"

it 'a signed tree boots to its signed init'
fresh_root
signed_init <<'END'
echo "guest: process $$ is $0"
tr '\0' ' ' <"/proc/$(ps | sed -n 's/^ *\([0-9]*\) .*[@]imafs mount.*/\1/p')/cmdline"
echo
show /ima/.ima/tpm
/usr/bin/imafs log --verify /ima && echo 'guest: the list verifies'
cat /ima/.ima/ascii_runtime_measurements
END
boot -a imafs.policy=/etc/imafs/policy
console_has 'guest: process 1 is /ima/init' '@imafs mount -f -o policy=' \
	'tcti: device:/dev/tpmrm0' 'pcr: 10' 'guest: the list verifies' \
	' boot_aggregate' ' /ima/init' ' /ima/bin/busybox'
ended off

it 'the launcher and the source are hidden'
fresh_root
signed_init <<'END'
echo "guest: tree" /ima/*
ls /ima/tree || echo 'guest: no tree'
END
boot
console_has 'guest: tree /ima/bin /ima/etc /ima/init' 'guest: no tree'
ended off

# stopped TEXT...: no init, but this reason, and an end
stopped()
{
	console_has 'imafs-init: the boot is stopped: ' 'Powering off.'
	console_has "$@"
	console_lacks 'guest: '
	ended off
}

it 'an unsigned init is refused'
fresh_root
guest_init "$ROOT/ima/tree/init" <<<'echo guest: unsigned'
boot
stopped 'stopped: /ima/init was refused' 'cause=IMA-signature-required'

it 'a tampered init is refused'
fresh_root
sed -i 's/guest: the/guest: thy/' "$ROOT/ima/tree/init"
signature=$(getfattr -n security.ima --only-values -e hex \
	"$T/base/ima/tree/init" | od -An -v -tx1 | tr -d ' \n')
setfattr -n security.ima -v "0x$signature" "$ROOT/ima/tree/init"
boot
stopped 'stopped: /ima/init was refused' 'cause=invalid-signature'

it 'an init that a stranger signed is refused'
fresh_root
sign stranger "$ROOT/ima/tree/init"
boot
stopped 'stopped: /ima/init was refused' 'cause=invalid-signature'

it 'an interpreter that a stranger signed is refused'
fresh_root
sign stranger "$ROOT/ima/tree/bin/busybox"
boot
stopped 'stopped: ' 'busybox' 'cause=invalid-signature'

it 'a tree without init is said to have none'
fresh_root
rm "$ROOT/ima/tree/init"
boot
stopped 'stopped: /ima/init, or the interpreter' 'not in the protected tree'

it 'no keys at all are said to be missing'
fresh_root
rm -r "$ROOT"/etc/keys/*
boot
stopped 'neither /etc/keys/x509_ima.der nor /etc/keys/ima exists'

it 'an empty directory of keys is no key'
fresh_root
rm "$ROOT/etc/keys/x509_ima.der"
boot
stopped 'no certificate of keys=/etc/keys/ima was admitted'

it 'a key that nobody signed is not admitted, and the reason is said'
fresh_root
cp "$KEYS/stranger.der" "$ROOT/etc/keys/x509_ima.der"
sign stranger "$ROOT/ima/tree/init" "$ROOT/ima/tree/bin/busybox"
boot
stopped 'x509_ima.der: its issuer is not in the trust set (/CN=stranger' \
	'no certificate of keys='

it 'a key of somebody else beside a good one is left out'
fresh_root
cp "$KEYS/stranger.der" "$ROOT/etc/keys/ima/stranger.der"
boot
console_has 'stranger.der: its issuer is not in the trust set' \
	'guest: the signed init runs'
ended off

it 'keys may come with the tree'
fresh_root
mkdir "$ROOT/ima/tree/keys"
mv "$ROOT/etc/keys/x509_ima.der" "$ROOT/ima/tree/keys/vendor.der"
boot -a imafs.keys=/ima/tree/keys
console_has 'guest: the signed init runs'
ended off

it 'a trust set that was not compiled in is missing'
fresh_root
boot -a imafs.trust=builtin
stopped 'no trust set was compiled in'

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

# What an init does whose daemon dies. busybox's shell needs no file for it.
kill_the_daemon()
{
	signed_init <<-'END'
		pid=$(ps | sed -n 's/^ *\([0-9]*\) .*[@]imafs mount.*/\1/p')
		echo 6 >/proc/sys/kernel/printk
		kill -9 "$pid"
		while read -r line </ima/init; do :; done
		echo "guest: goes on without"
		read -t 3 -r line # for the watcher's message; no file needed
		echo o >/proc/sysrq-trigger
		while :; do :; done
	END
}

it 'the death of the daemon is told, and closes the tree'
fresh_root
kill_the_daemon
boot -a imafs.panic=0
console_has 'the daemon of /ima was killed by signal 9' 'imafs.panic=0' \
	"reboot the system"
console_has "can't open /ima/init" 'guest: goes on without'
ended off

it 'with imafs.panic=1 it is the end of the system'
fresh_root
kill_the_daemon
boot -a imafs.panic=1
console_has 'the daemon of /ima was killed by signal 9' \
	'Kernel panic - not syncing: sysrq triggered crash'
ended panic

it 'the signed init relaxes with a signed policy, and with nothing else'
fresh_root
signed_init <<'END'
p=/ima/.ima/policy
(echo 'measure func=BPRM_CHECK' >$p) 2>&1 || echo 'guest: no rules'
(echo /ima/etc/unsigned-policy >$p) 2>&1 || echo 'guest: not this file'
cat /ima/etc/unsigned-policy || echo 'guest: still strict'
echo /ima/etc/relaxed-policy >$p && echo 'guest: relaxed'
cat /ima/etc/unsigned-policy && echo 'guest: unsigned file was read'
show $p
END
boot
console_has 'Permission denied' 'guest: no rules' \
	'Permission denied' 'guest: not this file' 'guest: still strict' \
	'guest: relaxed' 'guest: unsigned file was read' \
	'measure func=BPRM_CHECK'
ended off

it 'and not even so with policy_once'
fresh_root
signed_init <<'END'
(echo /ima/etc/relaxed-policy >/ima/.ima/policy) 2>&1
cat /ima/etc/unsigned-policy || echo 'guest: still strict'
END
boot -a imafs.options=policy_once
console_has 'Operation not permitted' 'guest: still strict'
ended off

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

finish
