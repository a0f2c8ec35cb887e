#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Rules for different callers of one file: what one is forgiven another is not.
. "$(dirname "$0")/lib/harness.sh"

need_root
need_program setpriv
start_mount

it 'what one caller may run unsigned is not good for the other'
cp "$(type -P true)" "$SRC/unlabelled"
set_policy 'appraise func=BPRM_CHECK appraise_type=imasig_optional uid=1000
appraise func=BPRM_CHECK uid=0'
exec 9<"$MNT/unlabelled" # the file stays known
expect_fail EACCES "$MNT/unlabelled"
as_user 1000 "$MNT/unlabelled"
expect_fail EACCES "$MNT/unlabelled"
denied_because missing-hash "$MNT/unlabelled"
exec 9<&-

it 'what one caller may read with O_DIRECT the other may not'
set_policy 'appraise func=FILE_CHECK permit_directio uid=1000
appraise func=FILE_CHECK uid=0'
direct()
{
	dd if="$MNT/unlabelled" of="$T/out" bs=4096 count=1 iflag=direct
}
direct_1000()
{
	as_user 1000 dd if="$MNT/unlabelled" of=/dev/null bs=4096 count=1 \
		iflag=direct status=none
}
expect_fail EACCES direct
direct_1000
expect_fail EACCES direct

it 'what one caller makes unchecked is not labelled for the other'
mkdir -m 777 "$SRC/open"
set_policy 'appraise func=FILE_CHECK uid=0
appraise func=BPRM_CHECK uid=0'
fsop=$T/fsop
cp "$TEST_BUILD/test/ops/fsop" "$fsop"
as_user 1000 "$fsop" tmpfile "$MNT/open" "$MNT/open/tmp" >"$T/out"
expect_fail EACCES cat "$MNT/open/tmp"
denied_because missing-hash "$MNT/open/tmp"

it 'nor is it trusted while it is being made'
as_user 1000 "$fsop" mknod 100644 "$MNT/open/node" >"$T/out"
mkfifo -m 666 "$T/enough"
as_user 1000 sh -c 'exec 3>>"$0"; echo evil >&3; read -r line <"$1"' \
	"$MNT/open/node" "$T/enough" &
wait_for 5 test -s "$SRC/open/node"
expect_fail EACCES cat "$MNT/open/node"
denied_because missing-hash "$MNT/open/node"
echo >"$T/enough"
wait

stop_mount
finish
