#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A budget of locked memory that is used up; a rule that locks without
# measuring.
. "$(dirname "$0")/lib/harness.sh"
need_root

it 'locked bytes: as many as the budget, then ENOMEM, and the cause'
start_mount lock_budget=8M
set_policy 'measure func=FILE_CHECK'
for n in 1 2 3 4 5 6; do
	head -c 3M /dev/urandom >"$SRC/f$n"
done
head -c 9M /dev/urandom >"$SRC/too-large"
sleep 0.05
exec 7<"$MNT/f1" 8<"$MNT/f2"
expect_fail ENOMEM cat "$MNT/f3"
tail -n 1 "$MNT/.ima/denials" | grep -q \
	"op=collect_data cause=lock-budget-exhausted .*$MNT/f3\".* errno=12 "
[ "$(status_of locked_bytes)" -le $((8 << 20)) ]

it 'what is open stays readable'
cmp - "$SRC/f1" <&7
expect_text "$(sha256sum <"$SRC/f2")" sh -c "sha256sum <'$MNT/f2'"

it 'a closed object makes room'
exec 7<&-
cmp "$MNT/f3" "$SRC/f3"
[ "$(status_of objects_evicted)" -gt 0 ]

it 'closed objects are evicted, least recently used first'
exec 8<&-
for n in 1 2 3 4 5 6; do
	cmp "$MNT/f$n" "$SRC/f$n"
	[ "$(status_of locked_bytes)" -le $((8 << 20)) ] ||
		fail "locked: $(status_of locked_bytes)"
done

it 'what is mapped takes memory and counts, though it is closed'
mkfifo "$T/end" "$T/said"
"$TEST_BUILD/test/race/keep-mapped" "$MNT/f1" "$MNT/f2" \
	<"$T/end" >"$T/said" &
exec 7>"$T/end" 8<"$T/said"
read -r word <&8
[ "$word" = mapped ]
expect_fail ENOMEM cat "$MNT/f3"
[ "$(status_of locked_bytes)" -le $((8 << 20)) ]

it 'and gives it back when it is not mapped any more'
exec 7>&- 8<&-
wait $!
cmp "$MNT/f3" "$SRC/f3"

it 'a file that is larger than the budget cannot be opened'
expect_fail ENOMEM cat "$MNT/too-large"
denied_because lock-budget-exhausted "$MNT/too-large"

it 'a file that no rule covers needs no budget'
set_policy 'measure func=FILE_CHECK fowner=1000'
cmp "$MNT/too-large" "$SRC/too-large"

it 'memlock: content is kept as it was opened, and nothing is logged'
before=$(cat "$MNT/.ima/runtime_measurements_count")
set_policy 'dont_memlock func=FILE_CHECK fowner=7
memlock func=FILE_CHECK'
echo old >"$SRC/kept"
echo old >"$SRC/not-kept"
chown 7 "$SRC/not-kept"
sleep 0.05
exec 7<"$MNT/kept" 8<"$MNT/not-kept"
echo new >"$SRC/kept"
echo new >"$SRC/not-kept"
expect_text old cat <&7
expect_text new cat <&8
expect_text new cat "$MNT/kept"
exec 7<&- 8<&-
expect_text "$before" cat "$MNT/.ima/runtime_measurements_count"

it 'memlock: ENOMEM where there is no memory for it'
expect_fail ENOMEM cat "$MNT/too-large"

it 'the status says how content is locked'
expect_text yes status_of store_locked
note "store: $(status_of store), passthrough: $(status_of passthrough)"

stop_mount

it 'a full disk below the journal denies, says so, and harms no other entry'
mount -t tmpfs -o mode=700,size=64k tmpfs "$STATE"
STATE=$STATE/s
printf 'measure func=FILE_CHECK\n' >"$T/measure"
start_mount "policy=$T/measure"
cat "$MNT/f1" >/dev/null
head -c 64K /dev/zero >"${STATE%/s}/full" 2>/dev/null || true
n=0
while :>"$SRC/e$n" && cat "$MNT/e$n" 2>/dev/null; do
	n=$((n + 1))
	[ "$n" -lt 1000 ]
done
denied_because ENOSPC "$MNT/e$n"
expect_text no status_of journal_degraded
rm "${STATE%/s}/full"
cat "$MNT/e$n"
[ "$("$IMAFS" log "$STATE/journal" | wc -l)" -eq $((n + 3)) ]
stop_mount
finish
