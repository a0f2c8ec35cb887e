#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Writers change a file on the source without end, readers open it through the
# mount: what any of them gets is a content that the log has, read(2) and
# mmap(2) of one open show the same, and nobody sees an error.
#
# shellcheck disable=SC2119 # options are optional
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/race.sh"

OPENS=${RACE_OPENS:-12000}

need_root
start_mount
set_policy 'measure func=FILE_CHECK'

for mode in same size rename; do
	it "every content is logged while it is changed ($mode)"
	head -c 65536 /dev/urandom >"$SRC/$mode"
	write_on "$SRC/$mode" "$mode"
	read_by -m "$MNT/$mode" $((OPENS / 4))
	stop_writers
	all_logged "$MNT/$mode"
done

it 'every content is logged while three writers change it in three ways'
head -c 65536 /dev/urandom >"$SRC/all"
write_on "$SRC/all" same size rename
read_by -m "$MNT/all" $((OPENS / 4))
stop_writers
all_logged "$MNT/all"

it 'nothing of this was a denial or a violation'
expect_text 0 cat "$MNT/.ima/violations"
expect_text 0 status_of denials

it 'a file that came to rest is the same for everybody, and measured once'
cp "$SRC/all" "$T/rest"
sleep 0.1
cmp "$T/rest" "$MNT/all"
before=$(cat "$MNT/.ima/runtime_measurements_count")
for _ in 1 2 3; do
	cmp "$T/rest" "$MNT/all"
done
expect_text "$before" cat "$MNT/.ima/runtime_measurements_count"

stop_mount

it 'callers that the daemon cannot tell apart see no error either'
# outside of its pid namespace all of them have the number 0
cat >"$T/imafs" <<END
#!/bin/sh
exec unshare --pid --fork --kill-child '$IMAFS' "\$@"
END
chmod 755 "$T/imafs"
IMAFS=$T/imafs
start_mount
set_policy 'measure func=FILE_CHECK'
write_on "$SRC/all" same size rename
read_by -m "$MNT/all" $((OPENS / 4))
stop_writers
all_logged "$MNT/all"

stop_mount
finish
