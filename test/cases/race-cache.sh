#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Small content is read by way of the kernel's page cache, which belongs to the
# file and not to one content: nobody may see pages of a content that is gone.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"

together=$TEST_BUILD/test/race/together
ROUNDS=${RACE_ROUNDS:-1500}

need_root
head -c 48K /dev/zero >"$SRC/f"
head -c 48K /dev/zero >"$SRC/g"
start_mount
set_policy 'measure func=FILE_CHECK fowner=0'

it 'openers that come together after a change see the new content only'
"$together" "$SRC/f" "$MNT/f" "$ROUNDS" 2>"$T/said" || fail "$(head "$T/said")"

it 'so they do when the file is changed through the mount'
"$together" "$MNT/g" "$MNT/g" "$ROUNDS" 2>"$T/said" || fail "$(head "$T/said")"

# What the daemon has read: requests, and the ticks of its clock.
reads()
{
	awk '/^syscr:/ { print $2 }' "/proc/$DAEMON/io"
}

it 'a small file that is opened again needs no request to be read'
seq 1000 >"$SRC/small"
sleep 0.1
cmp "$SRC/small" "$MNT/small"
cmp "$SRC/small" "$MNT/small"
before=$(reads)
for ((i = 0; i < 400; i++)); do
	read -r line <"$MNT/small"
	[ "$line" = 1 ]
done
count=$(($(reads) - before))
note "$count reads of the daemon for 400 opens"
# OPEN, RELEASE, and IOCTL because the shell asks whether it is a terminal
[ "$count" -lt 1400 ] || fail "the daemon has read $count times"

big()
{
	head -c 20000 /dev/zero | tr '\0' "$1"
}

all_of()
{
	tr -cd "$1" <"$2" | wc -c
}

it 'a file that shrinks and grows again has no holes from before'
for ((i = 0; i < 50; i++)); do
	for c in a b c; do
		big $c >"$SRC/sizes"
		expect_text 20000 all_of $c "$MNT/sizes"
		truncate -s 100 "$SRC/sizes"
		expect_text 100 all_of $c "$MNT/sizes"
	done
done

it 'nor has it any when the kernel was told so while nobody had it open'
for c in a b; do
	big $c >"$SRC/told"
	sleep 1.1 # the kernel asks again
	expect_text 20000 stat -c %s "$MNT/told"
	expect_text 20000 all_of $c "$MNT/told"
	truncate -s 100 "$SRC/told"
	sleep 1.1
	expect_text 100 stat -c %s "$MNT/told"
done

it 'who has it open keeps what it was promised, whatever happens to it'
big x >"$SRC/kept"
exec 5<"$MNT/kept" 6<"$MNT/kept"
IFS= read -r -N 10 -u 5 line
[ "$line" = xxxxxxxxxx ]
truncate -s 10 "$MNT/kept"
stat "$MNT/kept" >"$T/stat"
big y >"$SRC/kept"
expect_text 20000 sh -c 'tr -cd x | wc -c' <&6
expect_text 19990 sh -c 'tr -cd x | wc -c' <&5
exec 5<&- 6<&-
expect_text 20000 all_of y "$MNT/kept"

# 64 KiB to 1 MiB: executed, it is passed through; read, it is in the page cache
it 'a program can be executed and read at once, whoever comes first'
cp /bin/dash "$SRC/program"
want=$(sha256sum <"$SRC/program")
runs()
{
	for ((i = 0; i < 400; i++)); do
		"$MNT/program" -c : || return
	done
}
reads_right()
{
	for ((i = 0; i < 400; i++)); do
		[ "$(sha256sum <"$MNT/program")" = "$want" ] || return
	done
}
pids=()
for what in runs runs reads_right reads_right; do
	$what 2>>"$T/said" &
	pids+=($!)
done
for p in "${pids[@]}"; do
	wait "$p" || fail "$(head "$T/said")"
done
[ "$(stat -c %s "$SRC/program")" -gt 65536 ] || fail 'dash is small'

stop_mount
finish
