#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A file that is mostly hole costs its maker nothing; it must not keep a worker
# busy when its last writer closes.
. "$(dirname "$0")/lib/harness.sh"

need_root
start_mount lock_budget=64M
set_policy 'appraise func=FILE_CHECK'

it 'a huge sparse file does not stop those who open it'
truncate -s 8T "$MNT/huge"
expect_fail ENOMEM timeout 20 cat "$MNT/huge"
denied_because lock-budget-exhausted "$MNT/huge"
[ -z "$(getfattr -n security.ima "$SRC/huge" 2>/dev/null)" ] ||
	fail 'it has a label'

it 'one that can be locked gets its label'
truncate -s 32M "$MNT/small"
timeout 20 cmp -n 1M "$MNT/small" /dev/zero
getfattr -n security.ima "$SRC/small" >"$T/label" 2>&1

stop_mount
finish
