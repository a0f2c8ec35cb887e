#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Reading directories while they change, and trees of many files with few
# descriptors.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/ops.sh"
need_root

: "${FILES:=100000}"

# a limit that a daemon which kept a descriptor for each file would run into
ulimit -n 256
start_mount control=visible

it 'all names are read, each once, with the right number'
mkdir "$MNT/d"
expect_text 3000 "$DIRS" fill "$MNT/d" 3000
expect_text 3000 "$DIRS" stat "$MNT/d"
expect_text 3000 bash -c "ls '$SRC/d' | wc -l"
[ "$(ls -A "$SRC/d")" = "$(ls -A "$MNT/d")" ]

it 'offsets stay good: telldir, seekdir'
expect_text 3002 "$DIRS" seek "$MNT/d"

it 'rewinddir reads afresh'
expect_text 0 "$DIRS" rewind "$MNT/d"

it 'removing files while they are listed hides none of the others'
expect_text 1500 "$DIRS" thin "$MNT/d"
expect_text 1500 "$DIRS" stat "$MNT/d"

it 'removing every file while they are listed leaves none'
expect_text 1500 "$DIRS" drain "$MNT/d"
expect_text '' ls -A "$MNT/d"
rmdir "$MNT/d"
[ ! -e "$SRC/d" ]

it 'the root has the control directory once, and "." and ".." in their place'
touch "$MNT/a" "$MNT/b"
expect_text $'.\n..\n.ima\na\nb' ls -a "$MNT"
expect_text 5 "$DIRS" seek "$MNT"
expect_text 3 "$DIRS" stat "$MNT"
expect_text "$(find "$MNT/.ima" | wc -l)" bash -c \
	"find '$MNT' -path '$MNT/.ima*' | wc -l"
[ "$(stat -c %i "$MNT/.")" = "$(stat -c %i "$SRC")" ]

it 'the control directory is read like any other'
n=$(find "$MNT/.ima" -mindepth 1 | wc -l)
[ "$n" -gt 5 ]
expect_text $((n + 2)) "$DIRS" seek "$MNT/.ima"
expect_text "$n" "$DIRS" stat "$MNT/.ima"

it "$FILES files in one directory, with ulimit -n 256"
mkdir "$MNT/big"
expect_text "$FILES" "$DIRS" fill "$MNT/big" "$FILES"
expect_text "$FILES" "$DIRS" stat "$MNT/big"
expect_text "$FILES" bash -c "find '$MNT/big' -type f -links 1 | wc -l"
[ "$(status_of inodes)" -ge "$FILES" ] || note 'the kernel has forgotten some'
[ "$(find "/proc/$DAEMON/fd" -mindepth 1 | wc -l)" -lt 100 ] ||
	fail "$(ls -l "/proc/$DAEMON/fd")"

it 'files of it are opened, moved and removed at random'
find "$MNT/big" -type f | shuf -n 2000 --random-source=/dev/zero >"$T/some"
xargs cat <"$T/some"
xargs chmod 600 <"$T/some"
expect_text 2000 bash -c "find '$SRC/big' -perm 600 | wc -l"
mv "$MNT/big" "$MNT/moved"
sed -i 's:/big/:/moved/:' "$T/some"
xargs rm <"$T/some"
expect_text $((FILES - 2000)) "$DIRS" stat "$MNT/moved"

it 'and the tree goes'
rm -r "$MNT/moved"
[ ! -e "$SRC/moved" ]

it 'a deep tree'
deep=$MNT
for ((i = 0; i < 200; i++)); do
	deep=$deep/d
done
mkdir -p "$deep"
echo bottom >"$deep/f"
expect_text bottom cat "$deep/f"
mv "$MNT/d/d" "$MNT/e"
expect_text 201 bash -c "find '$MNT/e' '$MNT/d' | wc -l"
rm -r "$MNT/e" "$MNT/d"

if [ -w /proc/sys/vm/drop_caches ]; then
	it 'inodes that nobody uses any more are forgotten'
	few_inodes()
	{
		echo 2 >/proc/sys/vm/drop_caches
		[ "$(status_of inodes)" -lt 1000 ]
	}
	wait_for 20 few_inodes || fail "still $(status_of inodes)"
fi

stop_mount
finish
