#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A file that appears below between the kernel's look at a name and its request
# to create it: nobody has checked the caller's permissions on that file.
. "$(dirname "$0")/lib/harness.sh"

TURNS=${RACE_TURNS:-3000}

need_root
start_mount

# private FILE: in a directory of uid 1000's, a file that only root may read
private()
{
	mkdir -p "$SRC/$1"
	chown 1000:1000 "$SRC/$1"
	echo secret >"$SRC/$1/private"
	chmod 600 "$SRC/$1/private"
}

it 'open(O_CREAT) does not open what its caller may not open'
private race
# chmod: the program must be reachable for others
cp "$TEST_BUILD/test/race/create" "$T/create"
OUT=$(as_user 1000 "$T/create" "$SRC/race" "$MNT/race" private "$TURNS")
note "$OUT"
case $OUT in
*' got 0') ;;
*) fail "root's file was opened: $OUT" ;;
esac
case $OUT in
'made 0 '* | *' refused 0 '*) fail 'there was no race' ;;
esac

it 'who may open it gets it'
OUT=$("$T/create" "$SRC/race" "$MNT/race" private 300)
note "$OUT"
case $OUT in
*' got 0') fail "root cannot open its own file: $OUT" ;;
esac

stop_mount
finish
