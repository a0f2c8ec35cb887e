#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A shared mapping changes a file's times once, and its content many times: what
# was read in between must not be taken for the file's content for ever.
. "$(dirname "$0")/lib/harness.sh"

need_root
start_mount
for policy in 'measure func=FILE_CHECK' 'memlock func=FILE_CHECK'; do
	set_policy "$policy"
	for writer in "$SRC" "$MNT"; do
		it "the last write is seen (${policy%% *}, by ${writer##*/})"
		rm -f "$SRC/file"
		head -c 4096 /dev/zero >"$SRC/file"
		sleep 0.1
		OUT=$("$TEST_BUILD/test/race/shared" "$writer/file" "$MNT/file")
		note "$OUT"
		expect_text 2 head -c 1 "$MNT/file"
	done
done

# Without passthrough, or where a rule has looked at the file before, it is the
# page cache of the mount that is mapped.
it 'a page that becomes dirty after its writer has gone is shown to nobody'
mkdir "$T/slow"
for policy in 'measure func=FILE_CHECK' 'memlock func=FILE_CHECK'; do
	set_policy "$policy"
	file=pinned-${policy%% *} # a name that nobody has looked up before
	head -c 4096 /dev/zero >"$SRC/$file"
	sleep 0.1
	expect_text 'w w' "$TEST_BUILD/test/race/pinned" "$MNT/$file" "$T/slow"
done
stop_mount
finish
