#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A file system whose times are whole seconds: within one, a file can change and
# its times stay the same. What was read before must not be taken for it.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/label.sh"
need_root
need_program mkfs.ext4

ext4_at "$SRC" 32 -I 128
start_mount

# The first half of a second, so that what follows is within the same.
begin_of_second()
{
	local ns

	while
		ns=$(date +%N)
		((10#$ns > 200000000))
	do
		sleep 0.05
	done
}

# changes DIRECTORY: old content is read, and then the file changes there
changes()
{
	begin_of_second
	echo old >"$1/f"
	sleep 0.1
	expect_text old cat "$MNT/f"
	sleep 0.1
	echo new >"$1/f"
	sleep 0.1
	expect_text new cat "$MNT/f"
	sleep 0.1
	expect_text new cat "$MNT/f"
}

it 'times are whole seconds here'
echo x >"$SRC/f"
expect_text 000000000 date -r "$SRC/f" +%N

it 'a file that changes twice in a second is seen as it is'
set_policy 'measure func=FILE_CHECK fowner=0'
for _ in 1 2 3; do
	changes "$SRC"
done

it 'so it is when it changes through the mount'
for _ in 1 2 3; do
	changes "$MNT"
done

it 'each content is in the log'
for word in old new; do
	sum=$(echo $word | sha256sum)
	grep -q "sha256:${sum%% *} " "$MNT/.ima/ascii_runtime_measurements"
done

it 'a label is made for what was written last'
set_policy 'appraise func=FILE_CHECK fowner=0'
for _ in 1 2 3; do
	begin_of_second
	rm -f "$MNT/g"
	echo old >"$MNT/g"
	expect_text old cat "$MNT/g"
	sleep 0.1
	expect_text old cat "$MNT/g"
	echo new >"$MNT/g"
	expect_text new cat "$MNT/g"
	expect_text "$(hash_label sha256 "$SRC/g")" label_of "$SRC/g"
done

it 'what has not changed for a while is kept'
before=$(status_of objects)
sleep 2.2
expect_text new cat "$MNT/g"
expect_text $((before + 1)) status_of objects

stop_mount
finish
