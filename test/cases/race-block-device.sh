#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Somebody writes to the block device below, after the check: no reader ever
# sees it, and when the content has to be read again, it is checked again.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"

need_root
need_program debugfs filefrag losetup

# A file system of our own, so that its blocks can be written.
ext4_at "$SRC" 128
DEVICE=$LOOP

# first_block FILE: byte offset of its first block on $DEVICE
first_block()
{
	local ino block size

	ino=$(stat -c %i "$1")
	block=$(debugfs -R "bmap <$ino> 0" "$DEVICE" 2>/dev/null)
	size=$(stat -f -c %S "$1")
	[ "${block:-0}" -gt 0 ] || fail "no block for $1: '$block'"
	echo $((block * size))
}

# overwrite FILE: as an attacker with access to the disk, past the file system
overwrite()
{
	local at

	at=$(first_block "$1")
	head -c 4096 /dev/zero | tr '\0' 'X' >"$T/evil"
	dd if="$T/evil" of="$DEVICE" bs=4096 seek=$((at / 4096)) conv=notrunc \
		oflag=direct status=none
}

# What a read through the file system gets once nothing of it is cached.
below()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	head -c 4 "$1"
}

# make FILE: 64 KiB of one letter, on the disk
make()
{
	head -c 65536 /dev/zero | tr '\0' 'g' >"$1"
	sync
	sleep 0.1 # settled: the file's times are in the past
}

start_mount lock_budget=16M
set_policy 'measure func=FILE_CHECK'

it 'the handle that was open before has the old content'
make "$SRC/a"
good=$(sha256sum <"$SRC/a")
exec 8<"$MNT/a"
overwrite "$SRC/a"
expect_text XXXX below "$SRC/a"
expect_text "$good" sh -c 'sha256sum <&8'

it 'so has a new one, while the page cache is empty'
expect_text "$good" sh -c "sha256sum <'$MNT/a'"

it 'and so has one after the caches were dropped again'
echo 3 >/proc/sys/vm/drop_caches
expect_text "$good" sh -c "sha256sum <'$MNT/a'"

it 'with nothing open the file may be forgotten: then it is checked again'
exec 8<&-
echo 3 >/proc/sys/vm/drop_caches
now=$(sha256sum <"$MNT/a")
log_has "sha256:${now%% *} $MNT/a"

it 'a mapping that was made before does not change'
make "$SRC/b"
good=$(sha256sum <"$SRC/b")
exec 8<"$MNT/b"
"$TEST_BUILD/test/race/race" read -m "$MNT/b" 1 >"$T/b.before" 2>/dev/null
overwrite "$SRC/b"
expect_text XXXX below "$SRC/b"
"$TEST_BUILD/test/race/race" read -m "$MNT/b" 1 >"$T/b.after" 2>/dev/null
cmp "$T/b.before" "$T/b.after"
expect_text "${good%% *}" cat "$T/b.after"
exec 8<&-

it 'content that was evicted is measured again, with what is there now'
bad=$(sha256sum <"$SRC/b")
log_lacks "${bad%% *} $MNT/b"
for n in 1 2 3 4 5; do
	head -c 6M /dev/urandom >"$SRC/fill$n"
done
sleep 0.1
cat "$MNT"/fill[1-5] >/dev/null
[ "$(status_of objects_evicted)" -gt 0 ] || fail 'nothing was evicted'
expect_text "$bad" sh -c "sha256sum <'$MNT/b'"
log_has "sha256:${bad%% *} $MNT/b"

it 'and denied, where it was signed'
make_keys
make "$SRC/c"
sign rsa "$SRC/c"
sync
stop_mount
start_mount "lock_budget=16M,keys=$KEYS/trusted"
set_policy 'appraise func=FILE_CHECK appraise_type=imasig'
exec 8<"$MNT/c"
overwrite "$SRC/c"
expect_text XXXX below "$SRC/c"
expect_text gggg head -c 4 "$MNT/c"
set_policy 'measure func=FILE_CHECK fowner=0'
exec 8<&-
cat "$MNT"/fill[1-5] >/dev/null
set_policy 'appraise func=FILE_CHECK appraise_type=imasig'
expect_fail EACCES cat "$MNT/c"
denied_because invalid-signature "$MNT/c"

stop_mount
finish
