#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A violation that could not be logged is not forgotten: as long as the TPM
# does not answer, nobody gets what it would have told of.
. "$(dirname "$0")/lib/harness.sh"

need_root
need_program swtpm
start_mount tpm=swtpm
set_policy 'measure func=FILE_CHECK'
for f in read written; do
	echo old >"$SRC/$f"
done
sleep 0.1
cat "$MNT/read" "$MNT/written" >"$T/out"
exec 7>>"$MNT/read" # measured, so only the violation has to be logged
exec 8<"$MNT/written"
end_process "$(cat "$STATE/swtpm.pid")"

it 'a reader who meets a writer is denied, each time'
expect_fail EIO cat "$MNT/read"
expect_fail EIO cat "$MNT/read"

it 'a writer who meets a reader is denied, each time'
for _ in 1 2; do
	expect_fail EIO dd if=/dev/null of="$MNT/written" conv=notrunc
done
exec 7>&- 8<&-
expect_text 0 cat "$MNT/.ima/violations"
finish
