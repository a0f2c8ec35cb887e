#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who reads a large file is served by the kernel: from the locked copy if a rule
# covers the file, else from the file below. Seen by stopping the daemon.
. "$(dirname "$0")/lib/harness.sh"
need_root
need_program python3

head -c 3M /dev/urandom >"$SRC/covered"
head -c 3M /dev/urandom >"$SRC/free"
chown 12345 "$SRC/covered"
cp "$SRC/covered" "$SRC/free" "$T/"
sleep 0.1
start_mount
set_policy 'measure func=FILE_CHECK fowner=12345'
at_end kill -CONT "$DAEMON"

# read_fd NUMBER: all of an open file, by pread(2) and nothing else
read_fd()
{
	timeout 20 python3 -c 'import os, sys
at = 0
while data := os.pread(int(sys.argv[1]), 65536, at):
    sys.stdout.buffer.write(data)
    at += len(data)' "$1"
}

if [ "$(status_of passthrough)" != yes ]; then
	it 'where the kernel cannot do it, the log and the status say so'
	grep -q passthrough "$T/daemon.log"
	expect_text no status_of passthrough
	cmp "$MNT/covered" "$T/covered"
	cmp "$MNT/free" "$T/free"
	finish
fi

exec 7<"$MNT/covered" 8<"$MNT/free"
log_has "sha256:$(sha256sum <"$T/covered" | cut -c -64) $MNT/covered\$"
log_lacks "$MNT/free"
kill -STOP "$DAEMON"

it 'a file under a rule is read from its locked copy, without the daemon'
read_fd 7 | cmp - "$T/covered"

it 'also after the file below has changed'
printf changed | dd of="$SRC/covered" conv=notrunc status=none
! cmp -s "$SRC/covered" "$T/covered" || fail 'it has not'
read_fd 7 | cmp - "$T/covered"

it 'a file that no rule covers is read from the file below, without the daemon'
read_fd 8 | cmp - "$T/free"
printf changed | dd of="$SRC/free" conv=notrunc status=none
read_fd 8 | cmp - "$SRC/free"

it 'what the daemon serves waits for it meanwhile'
expect_status 124 timeout 1 cat "$MNT/.ima/status"
kill -CONT "$DAEMON"
exec 7<&- 8<&-
cmp "$MNT/covered" "$SRC/covered"

# What is mapped of an object is shared memory, what is in the page cache of the
# mount is a file.
it 'a program is mapped from its locked copy, though it is small'
mkfifo "$T/end"
cp /bin/dash "$SRC/program"
chown 12345 "$SRC/program"
shared()
{
	awk '/^Pss_Shmem:/ { print ($2 > 0 ? "yes" : "no") }' \
		"/proc/$1/smaps_rollup"
}
"$MNT/program" -c 'echo ready; read -r line || :' <"$T/end" >"$T/ready" &
exec 7>"$T/end"
wait_for 10 test -s "$T/ready"
expect_text yes shared $!
exec 7>&-
wait $!
stop_mount
finish
