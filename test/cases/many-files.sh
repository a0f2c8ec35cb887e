#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# More files than descriptors, by far: no known file holds one. What a known
# file costs in memory, and that memory comes back when the kernel forgets.
#
# MANY_FILES=1000000 MANY_DESCRIPTORS=1024 is the size that imafs is made for;
# it takes minutes, most of them for the file system below.
. "$(dirname "$0")/lib/harness.sh"

FILES=${MANY_FILES:-100000}
FEW=${MANY_DESCRIPTORS:-256}

need_root
need_program prlimit
free=$(df --output=iavail "$T" | tail -n 1)
case $free in
*[!0-9\ ]* | *' 0') ;; # a file system that does not count them
*) [ "$free" -gt $((FILES + 1000)) ] || skip "$T has $free inodes left" ;;
esac

descriptors()
{
	find "/proc/$DAEMON/fd" -mindepth 1 | wc -l
}

few_descriptors()
{
	[ "$(descriptors)" -lt $((FEW / 2)) ] ||
		fail "has $(descriptors) descriptors open"
}

# Of the daemon, in bytes; not what is mapped from files.
memory()
{
	awk '$1 == "RssAnon:" { print $2 * 1024 }' \
		"/proc/$DAEMON/status"
}

seconds_since()
{
	awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'
}

it "$FILES files are listed with $FEW descriptors"
start=$EPOCHREALTIME
mkdir "$SRC"/many-{0..9}
for d in "$SRC"/many-*; do
	(cd "$d" && seq -f "${d##*-}%06g" $((FILES / 10)) | xargs touch)
done
note "made below in $(seconds_since "$start") s"
start_mount
prlimit --pid "$DAEMON" --nofile="$FEW:$FEW"
set_policy 'measure func=FILE_CHECK fowner=1000'
empty=$(memory)
start=$EPOCHREALTIME
find "$MNT" -mindepth 2 -printf '%i %p\n' >"$T/listed"
note "listed in $(seconds_since "$start") s"
expect_text "$FILES" sh -c "wc -l <'$T/listed'"
expect_text "$FILES" sh -c "cut -d ' ' -f 1 '$T/listed' | sort -u | wc -l"

it 'and looked at, each one of them'
start=$EPOCHREALTIME
expect_text "$FILES 0 regular empty file" sh -c \
	"find '$MNT' -mindepth 2 -print0 | xargs -0 stat -c '%s %F' |
	sort | uniq -c | sed 's/^ *//'"
note "looked at in $(seconds_since "$start") s"
[ "$(status_of inodes)" -gt $((FILES * 9 / 10)) ] ||
	note "the kernel keeps $(status_of inodes) only"
few_descriptors

it 'a file that is known takes less than 600 bytes of the daemon'
known=$(status_of inodes)
full=$(memory)
each=$(((full - empty) / known))
note "$known known: $each bytes each"
# few of many say little, and a sanitizer has its own idea of memory
judge=
[ "$known" -lt $((FILES / 2)) ] || grep -q libasan "/proc/$DAEMON/maps" ||
	judge=yes
[ -z "$judge" ] || [ "$each" -lt 600 ] ||
	fail "$each bytes for each known file"

it 'they can all be opened, one after the other'
find "$MNT/many-1" "$MNT/many-2" -type f -print0 | xargs -0 cat >"$T/none"
[ ! -s "$T/none" ]
few_descriptors

it 'and be changed: a rename below a renamed directory'
mv "$MNT/many-3" "$MNT/moved"
echo text >"$MNT/moved/3000001"
expect_text text cat "$SRC/moved/3000001"
mv "$MNT/moved/3000001" "$MNT/many-4/here"
expect_text text cat "$MNT/many-4/here"

it 'a reader who opens more than the daemon can hold gets an error, not a hang'
set -- "$MNT"/many-5/*
count=$("$TEST_BUILD/test/race/hold" $((FEW + 44)) "${@:1:FEW + 44}" \
	2>"$T/said")
note "$count files were held open at once"
[ "$count" -ge 100 ] || fail "only $count files can be open at once"
cat "$MNT/many-4/here" >/dev/null

it 'when the kernel forgets them, memory comes back'
forgotten()
{
	[ "$(status_of inodes)" -lt 100 ]
}
mount -i -o remount "$MNT" # drops what nobody uses, of this mount alone
wait_for 30 forgotten || fail "still knows $(status_of inodes)"
left=$(memory)
note "$((full / 1024)) KiB, then $((left / 1024)) KiB"
[ -z "$judge" ] || [ $((left - empty)) -lt $(((full - empty) / 4)) ] ||
	fail "had $full bytes of memory, has $left"
expect_text text cat "$MNT/many-4/here"

stop_mount
finish
