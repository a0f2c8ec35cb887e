#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Few descriptors and many files; a budget of locked memory that is used up; a
# rule that locks without measuring.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"

FILES=${LIMIT_FILES:-100000}
FEW=256

need_root
need_program prlimit

descriptors()
{
	find "/proc/$DAEMON/fd" -mindepth 1 | wc -l
}

it "$FILES files are listed, found and opened with $FEW descriptors"
mkdir "$SRC"/many-{0..9}
for d in "$SRC"/many-*; do
	(cd "$d" && seq -f "${d##*-}%06g" $((FILES / 10)) | xargs touch)
done
start_mount
prlimit --pid "$DAEMON" --nofile=$FEW:$FEW
set_policy 'measure func=FILE_CHECK fowner=1000'
find "$MNT" -mindepth 2 -printf '%i %p\n' >"$T/listed"
expect_text "$FILES" sh -c "wc -l <'$T/listed'"
expect_text "$FILES" sh -c "cut -d ' ' -f 1 '$T/listed' | sort -u | wc -l"
stat -c %s "$MNT"/many-0/* | sort -u | grep -qx 0
[ "$(status_of inodes)" -gt 10000 ] || fail "knows $(status_of inodes) only"
[ "$(descriptors)" -lt $((FEW / 2)) ] || fail "has $(descriptors) open"

it 'they can all be opened, one after the other'
find "$MNT/many-1" "$MNT/many-2" -type f -print0 | xargs -0 cat >"$T/none"
[ ! -s "$T/none" ]
[ "$(descriptors)" -lt $((FEW / 2)) ] || fail "has $(descriptors) open"

it 'and be changed: a rename below a renamed directory'
mv "$MNT/many-3" "$MNT/moved"
echo text >"$MNT/moved/3000001"
expect_text text cat "$SRC/moved/3000001"
mv "$MNT/moved/3000001" "$MNT/many-4/here"
expect_text text cat "$MNT/many-4/here"

it 'a reader who opens more than the daemon can hold gets an error, not a hang'
count=$("$TEST_BUILD/test/race/hold" 300 "$MNT"/many-5/*)
note "$count files were held open at once"
[ "$count" -ge 100 ] || fail "only $count files can be open at once"
cat "$MNT/many-4/here" >/dev/null
stop_mount
rm -rf "${SRC:?}"/*

# Locked memory

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
finish
