#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The daemon behind a signed init: it survives who ends all processes, and its
# death is what imafs.panic= says.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
make_chain
base_root

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

# As systemd and others do before they change or leave the root file system.
it 'who ends all processes spares the daemon, its watcher and its TPM'
fresh_root
install_program "$(command -v swtpm)" /usr/bin/swtpm "$ROOT"
install_tcti swtpm "$ROOT"
echo 'guest: a file after the killing' >"$ROOT/ima/tree/etc/late"
sign signer "$ROOT/ima/tree/etc/late"
echo unsigned >"$ROOT/ima/tree/etc/unsigned"
signed_init <<'END'
sleep 100 &
for p in /proc/[0-9]*; do
	p=${p#/proc/} name=
	[ "$p" != $$ ] || continue
	read -r name <"/proc/$p/cmdline"
	case $name in
	'') ;; # the kernel's
	@*) echo "guest: spared $name" ;;
	*) kill -9 "$p" && echo "guest: killed $name" ;;
	esac
done
show /ima/etc/late
(show /ima/etc/unsigned) 2>&1
show /ima/.ima/tpm
/usr/bin/imafs log --verify /ima && echo 'guest: the list verifies'
END
boot -n -M 600 -a imafs.tpm=swtpm
for name in '@imafsmount' '@swtpm' '@ima/init'; do
	console_has "guest: spared $name" 'guest: a file after the killing'
done
console_has 'guest: killed sleep' 'guest: a file after the killing' \
	"can't open /ima/etc/unsigned: Permission denied" 'swtpm' \
	'guest: the list verifies'
ended off

finish
