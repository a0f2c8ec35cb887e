#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# init=/ima/init: a machine whose root file system (ext4) has a signed tree, and
# what happens when something about its init is wrong. One boot each.
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

it 'a signed tree boots to its signed init, with its words and its environment'
fresh_root
signed_init <<'END'
echo "guest: process $$ is $0"
echo "guest: $# words: $1|$2|$3, colour=$colour HOME=$HOME TERM=$TERM"
echo "guest: tree" /ima/*
ls /ima/tree || echo 'guest: no tree'
tr '\0' ' ' <"/proc/$(ps | sed -n 's/^ *\([0-9]*\) .*[@]imafs mount.*/\1/p')/cmdline"
echo
show /ima/.ima/tpm
/usr/bin/imafs log --verify /ima && echo 'guest: the list verifies'
cat /ima/.ima/ascii_runtime_measurements
END
boot -a 'imafs.policy=/etc/imafs/policy single colour=blue' \
	-a '-- two "drei vier"'
console_has 'guest: process 1 is /ima/init' \
	'guest: 3 words: single|two|drei vier, colour=blue HOME=/ TERM=linux'
# the launcher and the source are hidden
console_has 'guest: tree /ima/bin /ima/etc /ima/init' 'guest: no tree'
console_has '@imafs mount -f -o policy=' 'tcti: device:/dev/tpmrm0' 'pcr: 10' \
	'guest: the list verifies' ' boot_aggregate' ' /ima/init' \
	' /ima/bin/busybox'
ended off

it 'a read-only root file system without keys boots with those of the tree'
fresh_root
mkdir "$ROOT/ima/tree/keys"
mv "$ROOT/etc/keys/x509_ima.der" "$ROOT/ima/tree/keys/vendor.der"
rm -r "$ROOT/etc/keys"
signed_init <<'END'
echo 'guest: the signed init runs'
(echo >/ima/etc/new) 2>&1
(echo >/etc/new) 2>&1
END
boot -a 'ro imafs.keys=/ima/tree/keys'
console_has 'guest: the signed init runs' \
	"can't create /ima/etc/new: Read-only file system" \
	"can't create /etc/new: Read-only file system"
ended off

it 'a tree that is a file system of its own is mounted, and hidden by the mount'
fresh_root
signed_init <<'END'
echo 'guest: the signed init runs'
ls /ima/lost+found >/dev/null && echo 'guest: all of that file system'
echo unsigned >/ima/etc/new
(echo <"/ima/etc/new") 2>&1
END
mv "$ROOT/ima/tree" "$T/tree"
"$GUEST/run-guest.sh" -I "$T/tree" "$T/tree.image" 64M
boot -d "$T/tree.image" -a imafs.source=/dev/nvme0n1p2
console_has 'guest: the signed init runs' 'guest: all of that file system' \
	"can't open /ima/etc/new: Permission denied"
ended off

it 'what is no file system is no tree'
truncate -s 1M "$T/empty"
boot -d "$T/empty" -a imafs.source=/dev/nvme0n1p2
stopped 'cannot mount source /dev/nvme0n1p2 on /ima: no file system on it'

it 'a root file system without /run is told what it needs'
fresh_root
rmdir "$ROOT/run"
boot -a ro
stopped 'the root file system has no directory /run; make it'

it 'one without a protected tree, too'
fresh_root
rm -r "$ROOT/ima/tree"
boot
stopped 'source /ima/tree: No such file or directory'

it 'an unsigned init is refused'
fresh_root
guest_init "$ROOT/ima/tree/init" <<<'echo guest: unsigned'
boot
stopped 'stopped: /ima/init was refused' 'cause=IMA-signature-required'

it 'a tampered init is refused'
fresh_root
tamper_init
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

finish
