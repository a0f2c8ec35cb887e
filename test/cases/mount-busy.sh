#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Requests that wait do not keep others waiting. The source is an imafs mount
# of its own, whose daemon is stopped to make every look at the source wait.
. "$(dirname "$0")/lib/harness.sh"
need_root
need_program flock

mkdir "$T/below" "$T/inner-state"
for i in $(seq 60); do
	echo "$i" >"$T/below/$i"
done
"$IMAFS" mount -f -o "state=$T/inner-state,tpm=none" "$T/below" "$SRC" \
	2>"$T/inner.log" &
INNER=$!
disown "$INNER"
at_end end_process "$INNER"
at_end umount -l "$SRC"
wait_for 10 mountpoint -q "$SRC"
start_mount workers=1

# go_on PID:START
go_on()
{
	t_gone "$1" || kill -CONT "${1%%:*}"
}

# Reads of a control file that is open already do not need the source.
answers()
{
	[ -n "$(timeout 5 cat <&6)" ] || fail 'no answer'
}

it 'sixty requests that wait leave room for one that does not'
exec 6<"$MNT/.ima/status"
kill -STOP "$INNER"
at_end go_on "$(process_id "$INNER")"
for i in $(seq 60); do
	cat "$MNT/$i" >>"$T/out" &
done
sleep 1
[ ! -s "$T/out" ] || fail 'nothing waits: the test shows nothing'
answers

it 'and are all answered in the end'
kill -CONT "$INNER"
wait
expect_text 60 sh -c "sort -u '$T/out' | wc -l"

it 'threads that are no longer needed go away'
threads()
{
	ls "/proc/$DAEMON/task" | wc -l
}
few_threads()
{
	ls "$MNT" >/dev/null
	[ "$(threads)" -lt 16 ]
}
wait_for 10 few_threads || fail "$(threads) threads"

it 'a hundred who wait for a lock leave room, too'
exec 8>"$MNT/lock"
flock 8
for i in $(seq 100); do
	flock "$MNT/lock" true 8>&- &
done
sleep 1
expect_text 1 timeout 5 cat "$MNT/1"

it 'and get it, one after the other'
exec 8>&-
wait

it 'who waits for a lock does not keep the daemon from ending'
exec 8>"$MNT/lock"
flock 8
flock "$MNT/lock" true 8>&- 2>/dev/null &
waiter=$!
sleep 0.5
kill -TERM "$DAEMON"
wait_for 10 t_gone "$DAEMON" || fail 'the daemon does not end'
exec 8>&- || true
wait "$waiter" || true
check_daemon_log

finish
