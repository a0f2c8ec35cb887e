#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The daemon is killed again and again while it measures. Each time it must
# start again on the same state and the same software TPM, log and PCR must
# agree, and whatever anybody had read must be in the log.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/../cases/lib/tpm.sh"

KILLS=${CRASH_KILLS:-200}
THREADS=4

need_root
need_program swtpm tpm2_pcrread evmctl

DAEMON=
SELF=0:gone
NEXT=0

# Not start_mount: what was started 200 times must not be ended 200 times.
start()
{
	"$IMAFS" mount -f -o "state=$STATE,tpm=swtpm,policy=$T/policy" \
		"$SRC" "$MNT" >>"$T/daemon.log" 2>&1 &
	DAEMON=$!
	disown "$DAEMON"
	SELF=$(process_id "$DAEMON")
	wait_for 30 t_ready_or_dead || fail 'the mount does not come up'
	t_mounted || fail "it does not start: $(tail -n 5 "$T/daemon.log")"
}

# shellcheck disable=SC2317 # called by name
end_all()
{
	umount -l "$MNT"
	t_gone "$SELF" || kill -9 "$DAEMON"
	end_swtpm "$STATE"
}
at_end end_all

# round NUMBER: load, and a kill in the middle of it
round()
{
	"$TEST_BUILD/test/crash/load" "$SRC" "$MNT" "$NEXT" "$THREADS" \
		>"$T/read.$1" 2>"$T/load.err" &
	local load=$!

	# 20 to 119 ms
	sleep "0.$(printf %03d $((20 + RANDOM % 100)))"
	kill -9 "$DAEMON"
	wait "$load" || fail "the load failed: $(cat "$T/load.err")"
	NEXT=$(tail -n 1 "$T/load.err")
	wait_for 10 t_gone "$SELF" || fail 'the daemon survives kill -9'
	umount -l "$MNT"
}

# What was read before the kill, as sorted paths, against the log's paths.
read_is_logged()
{
	local missing

	sed "s|^|$MNT/|" "$T/read.$1" | sort >"$T/read"
	awk '{ print $5 }' "$MNT/.ima/ascii_runtime_measurements" |
		sort -u >"$T/logged"
	missing=$(comm -23 "$T/read" "$T/logged")
	[ -z "$missing" ] || fail "read, but not in the log: $missing"
}

log_fits_pcr()
{
	"$IMAFS" log --verify "$MNT" >"$T/verify.out" 2>&1 ||
		fail "imafs log --verify: $(tail -n 3 "$T/verify.out")"
	read_pcrs "$(mount_tcti)"
	evmctl_agrees "$MNT/.ima/binary_runtime_measurements" ||
		fail "evmctl: $(tail -n 3 "$T/evmctl.out")"
}

echo 'measure func=FILE_CHECK' >"$T/policy"
start

it "log and PCR agree after each of $KILLS kills, what was read is logged"
had=0
for ((i = 1; i <= KILLS; i++)); do
	round "$i"
	start
	log_fits_pcr
	read_is_logged "$i"
	[ ! -s "$T/read.$i" ] || had=$((had + 1))
done
entries=$(wc -l <"$MNT/.ima/ascii_runtime_measurements")
note "$entries entries, $(cat "$MNT/.ima/violations") violations"

it 'the kills met a daemon at work'
[ "$had" -gt $((KILLS * 3 / 4)) ] || fail "only $had rounds read anything"

it 'nothing of the log was lost or said twice'
cat "$T"/read.* | sed "s|^|$MNT/|" | sort >"$T/read"
awk '$5 != "boot_aggregate" && $2 !~ /^0+$/ { print $5 }' \
	"$MNT/.ima/ascii_runtime_measurements" | sort >"$T/logged"
expect_text '' comm -23 "$T/read" "$T/logged"
expect_text '' uniq -d "$T/logged"
expect_text 1 grep -c ' boot_aggregate$' \
	"$MNT/.ima/ascii_runtime_measurements"

it 'a clean end and a start after it'
umount "$MNT"
wait_for 20 t_gone "$SELF"
check_daemon_log
start
log_fits_pcr
umount "$MNT"
wait_for 20 t_gone "$SELF"
check_daemon_log
finish
