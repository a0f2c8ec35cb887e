#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# FUSE takes ENOSYS as "never ask this mount again"; for OPEN that would be
# "open everything and ask nobody".
. "$(dirname "$0")/lib/harness.sh"
need_root

cat >"$T/imafs" <<-END
	#!/bin/sh
	exec '$TEST_BUILD/test/ops/without-open' '$IMAFS' "\$@"
END
chmod +x "$T/imafs"
IMAFS=$T/imafs

it 'where nothing can be opened nothing is opened, the second time neither'
echo text >"$SRC/f"
start_mount
expect_fail EOPNOTSUPP cat "$MNT/f"
expect_fail EOPNOTSUPP cat "$MNT/f"

it 'also when it was made a moment ago'
expect_fail EOPNOTSUPP sh -c "echo more >'$MNT/new'"
expect_fail EOPNOTSUPP cat "$MNT/new"

it 'and everything else goes on'
expect_text new sh -c "ls '$MNT' | tail -n 1"
[ "$(status_of passthrough)" ]

stop_mount
finish
