#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A mount from its beginning to each of its ends.
. "$(dirname "$0")/lib/harness.sh"
need_root
need_program flock setpriv swtpm fusermount3

echo one >"$SRC/file"

# The daemon holds a lock on its state directory as long as it lives.
daemon_gone()
{
	wait_for 10 flock -n "$STATE/mount.lock" true || fail 'the daemon still runs'
}

# $DAEMON is the process that serves the mount with this state.
find_daemon()
{
	local pid

	DAEMON=
	for pid in /proc/[0-9]*; do
		if [ "$(readlink "$pid/exe" 2>/dev/null)" = "$PROGRAM" ] &&
			grep -qzF "state=$STATE" "$pid/cmdline"; then
			DAEMON=${pid#/proc/}
		fi
	done
	[ -n "$DAEMON" ] || fail 'no daemon'
}

mount_daemon()
{
	"$IMAFS" mount -o "state=$STATE,tpm=none,policy=tcb${1:+,$1}" \
		"$SRC" "${2:-$MNT}" 2>>"$T/daemon.log"
	find_daemon
}

clear_mount()
{
	umount -l "$MNT" 2>/dev/null || true
	daemon_gone
}

PROGRAM=$(readlink -f "$IMAFS")
at_end umount -l "$MNT"
at_end umount -l "$SRC"

it 'the mount answers when the command returns'
mount_daemon
expect_text one cat "$MNT/file"

it 'the daemon keeps nothing of its starter'
# it stands in /proc, to find it again after a change of the root
expect_text /proc readlink "/proc/$DAEMON/cwd"
for fd in 0 1 2; do
	expect_text /dev/null readlink "/proc/$DAEMON/fd/$fd"
done
# field 7 of stat(5) is the controlling terminal
expect_text 0 awk '{ print $7 }' "/proc/$DAEMON/stat"

it 'the daemon has given up what it does not need'
expect_text 1 awk '/^NoNewPrivs/ { print $2 }' "/proc/$DAEMON/status"
for set in CapPrm CapEff CapBnd; do
	caps=$((0x$(awk "/^$set/ { print \$2 }" "/proc/$DAEMON/status")))
	# CAP_SETPCAP 8, CAP_NET_ADMIN 12, CAP_SYS_MODULE 16, CAP_SYS_BOOT 22
	[ $((caps & (1 << 8 | 1 << 12 | 1 << 16 | 1 << 22))) -eq 0 ] ||
		fail "$set is $caps"
done
grep -q '^Max core file size *0 *0 ' "/proc/$DAEMON/limits"

it 'umount ends the daemon'
umount "$MNT"
daemon_gone
[ ! -e "$MNT/file" ]

it 'a descriptor that the starter has open is not kept'
mkfifo "$T/fifo"
(exec 9>"$T/fifo"; mount_daemon) &
timeout 10 cat "$T/fifo" || fail 'the daemon has it open'
wait $!
clear_mount

for signal in TERM INT HUP; do
	it "SIG$signal unmounts and ends the daemon"
	mount_daemon
	kill "-$signal" "$DAEMON"
	daemon_gone
	! mountpoint -q "$MNT" || fail 'still mounted'
done

it 'SIGTERM ends a mount whose files are open, and the holder is told'
mount_daemon
exec 7<"$MNT"
kill -TERM "$DAEMON"
daemon_gone
! mountpoint -q "$MNT" || fail 'still mounted'
expect_fail ENOTCONN ls /proc/self/fd/7/
exec 7<&-

it 'a mount can be over its own source'
mount_daemon '' "$SRC"
expect_text fuse.imafs findmnt -n -o FSTYPE "$SRC"
expect_text one cat "$SRC/file"
echo two >"$SRC/other"
umount "$SRC"
daemon_gone
expect_text two cat "$SRC/other"
rm "$SRC/other"

it 'what others have mounted on top is left alone by the end'
mount_daemon
mount -t tmpfs on-top "$MNT"
kill -TERM "$DAEMON"
daemon_gone
expect_text tmpfs stat -f -c %T "$MNT"
umount "$MNT"
umount -l "$MNT"

it 'umount and mount may follow each other at once'
for _ in $(seq 10); do
	mount_daemon
	umount "$MNT"
done
daemon_gone

# swtpm_gone PID:START; one that nobody has waited for yet is gone, too
# shellcheck disable=SC2317 # for wait_for
swtpm_gone()
{
	t_gone "$1" || grep -q '^State:.*zombie' "/proc/${1%%:*}/status"
}

# Mounts with a software TPM; $SWTPM is its process.
mount_with_swtpm()
{
	"$IMAFS" mount -o "state=$STATE,tpm=swtpm,policy=$T/measure" \
		"$SRC" "$MNT"
	find_daemon
	SWTPM=$(process_id "$(cat "$STATE/swtpm.pid")")
	! swtpm_gone "$SWTPM" || fail 'no software TPM'
	cat "$MNT/file" >/dev/null
}

rm -f "$STATE"/journal*
at_end end_swtpm "$STATE"
echo 'measure func=FILE_CHECK' >"$T/measure"

it 'the software TPM has no capability, and can get none'
mount_with_swtpm
expect_text "CapPrm:	0000000000000000
CapEff:	0000000000000000
NoNewPrivs:	1" grep -E '^(CapPrm|CapEff|NoNewPrivs):' \
	"/proc/${SWTPM%%:*}/status"
umount "$MNT"
daemon_gone
wait_for 5 swtpm_gone "$SWTPM" || fail 'the software TPM still runs'
rm -f "$STATE"/journal*

n=0
for how in umount 'fusermount3 -u' SIGTERM; do
	it "a clean end closes the journal and ends the software TPM ($how)"
	mount_with_swtpm
	expect_text "$n" sh -c "ls '$STATE' | grep -c '^journal\.[0-9]' || true"
	case $how in
	SIG*) kill "$DAEMON" ;;
	*) $how "$MNT" ;;
	esac
	daemon_gone
	wait_for 5 swtpm_gone "$SWTPM" || fail 'the software TPM still runs'
	[ ! -e "$STATE/swtpm.pid" ]
	[ ! -e "$STATE/swtpm.sock" ]
	n=$((n + 1))
done

it 'kill -9 does neither: the next start goes on'
mount_with_swtpm
kill -9 "$DAEMON"
daemon_gone
! swtpm_gone "$SWTPM" || fail 'the software TPM is gone'
umount -l "$MNT"
before=$SWTPM
mount_with_swtpm
[ "$SWTPM" = "$before" ]
expect_text "$n" sh -c "ls '$STATE' | grep -c '^journal\.[0-9]' || true"
expect_status 0 "$IMAFS" log --verify "$MNT"
umount "$MNT"
daemon_gone

it 'a list whose last entry is in doubt is settled by the next start'
cp "$SRC/file" "$SRC/doubtful"
mount_with_swtpm
mv "$STATE/swtpm.sock" "$STATE/away"
expect_fail EIO cat "$MNT/doubtful"
mv "$STATE/away" "$STATE/swtpm.sock"
[ "$(status_of journal_degraded)" = yes ]
umount "$MNT"
daemon_gone
! swtpm_gone "$SWTPM" || fail 'the software TPM is gone'
mount_with_swtpm
log_has "$MNT/doubtful\$"
expect_status 0 "$IMAFS" log --verify "$MNT"
rm "$SRC/doubtful"
umount "$MNT"
daemon_gone
wait_for 5 swtpm_gone "$SWTPM" || fail 'the software TPM still runs'

it 'a start that fails leaves no software TPM that was not there before'
mount_with_swtpm
kill -9 "$DAEMON" "${SWTPM%%:*}"
daemon_gone
umount -l "$MNT"
expect_status 1 "$IMAFS" mount -o "state=$STATE,tpm=swtpm" "$SRC" "$MNT"
[[ $OUT == *'the TPM was reset'* ]] || fail "$OUT"
[ ! -e "$STATE/swtpm.pid" ] || fail "left: $(cat "$STATE/swtpm.pid")"
rm "$STATE/journal"

it 'a second daemon does not get the state of a running one'
mount_daemon
expect_status 1 "$IMAFS" mount -o "state=$STATE,tpm=none" "$SRC" "$MNT"
case $OUT in
*'another imafs is using it'*) ;;
*) fail "$OUT" ;;
esac
expect_text one cat "$MNT/file"
clear_mount

it 'after kill -9 the mount fails, and the next start says what to do'
mount_daemon
kill -9 "$DAEMON"
daemon_gone
expect_fail ENOTCONN cat "$MNT/file"
expect_status 1 "$IMAFS" mount -o "state=$STATE,tpm=none" "$SRC" "$MNT"
case $OUT in
*"umount -l $MNT"*) ;;
*) fail "$OUT" ;;
esac
umount -l "$MNT"
mount_daemon
expect_text one cat "$MNT/file"
clear_mount

it 'and says so while the kernel still remembers the mount'
mount_daemon
stat "$MNT" >"$T/none"
kill -9 "$DAEMON"
daemon_gone
stat "$MNT" >"$T/none"
expect_status 1 "$IMAFS" mount -o "state=$STATE,tpm=none" "$SRC" "$MNT"
case $OUT in
*"umount -l $MNT"*) ;;
*) fail "$OUT" ;;
esac
umount -l "$MNT"

it 'few file descriptors are enough'
(ulimit -n 128; mount_daemon)
for i in $(seq 1000); do
	: >"$SRC/many-$i"
done
expect_text 1001 sh -c "ls '$MNT' | wc -l"
find "$MNT" -type f -exec cat {} + >/dev/null
clear_mount
rm "$SRC"/many-*

it 'nor is the largest file of its starter that of the mount'
(ulimit -S -f 8; mount_daemon "policy=$T/measure")
head -c 1M /dev/zero >"$MNT/large"
cmp -n 1048576 "$MNT/large" /dev/zero
clear_mount
rm "$SRC/large"

it 'SIGTERM in the foreground ends with status 0'
"$IMAFS" mount -f -o "state=$STATE,tpm=none" "$SRC" "$MNT" \
	2>>"$T/daemon.log" &
DAEMON=$!
wait_for 10 mountpoint -q "$MNT"
kill -TERM "$DAEMON"
wait "$DAEMON" || fail "status $?"
! mountpoint -q "$MNT" || fail 'still mounted'
check_daemon_log

it 'also before anything is served'
mkdir "$T/early"
at_end end_swtpm "$T/early"
"$IMAFS" mount -f -o "state=$T/early,tpm=swtpm" "$SRC" "$MNT" \
	2>"$T/early.log" &
DAEMON=$!
wait_for 10 test -e "$T/early/swtpm.sock" # long before the mount is made
kill -TERM "$DAEMON"
wait "$DAEMON" || fail "status $?: $(cat "$T/early.log")"
! mountpoint -q "$MNT" || fail 'still mounted'

it 'and so do many of them'
for _ in 1 2 3; do
	"$IMAFS" mount -f -o "state=$STATE,tpm=none" "$SRC" "$MNT" \
		2>>"$T/daemon.log" &
	DAEMON=$!
	wait_for 10 mountpoint -q "$MNT"
	while kill -TERM "$DAEMON" 2>/dev/null; do
		: # until the shell has seen its end
	done
	wait "$DAEMON" || fail "status $?"
done
check_daemon_log

finish
