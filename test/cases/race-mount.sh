#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Writers change a file through the mount while others read it there. Where a
# rule locks the content, readers get logged contents only; where none does,
# the log says that there was a writer.
#
# shellcheck disable=SC2119 # options are optional
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/race.sh"

OPENS=${RACE_OPENS:-6000}

need_root
start_mount
set_policy 'memlock func=FILE_CHECK
measure func=FILE_CHECK'

for mode in same size rename; do
	it "locked content is logged while it is written through the mount ($mode)"
	head -c 65536 /dev/urandom >"$MNT/$mode"
	write_on "$MNT/$mode" "$mode"
	read_by -m "$MNT/$mode" $((OPENS / 6))
	stop_writers
	all_logged "$MNT/$mode"
done

it 'with writers on both sides of the mount'
head -c 65536 /dev/urandom >"$SRC/both"
write_on "$SRC/both" same
write_on "$MNT/both" size
read_by -m "$MNT/both" $((OPENS / 3))
stop_writers
all_logged "$MNT/both"

it 'without a lock every content is logged, or the writer is'
set_policy 'measure func=FILE_CHECK'
before=$(cat "$MNT/.ima/violations")
head -c 65536 /dev/urandom >"$MNT/open"
write_on "$MNT/open" same
read_by '' "$MNT/open" $((OPENS / 6))
stop_writers
missing=$(unlogged "$MNT/open" | wc -l)
note "$missing contents are not logged"
[ "$(cat "$MNT/.ima/violations")" -gt "$before" ] ||
	fail 'no violation although writers met readers'

it 'after the last writer what is read is logged again'
"$race" read -m "$MNT/open" 1 2>/dev/null >"$T/seen"
all_logged "$MNT/open"
expect_text "$(sha256sum <"$SRC/open")" sh -c "sha256sum <'$MNT/open'"

it 'nobody was denied'
expect_text 0 status_of denials

stop_mount
finish
