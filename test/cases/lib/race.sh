# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the race cases have in common: writers, readers, and the question
# whether the log has what the readers got. Sourced after harness.sh.

READERS=3

race=$TEST_BUILD/test/race/race
writers=()

# write_on FILE MODE...: a writer per mode, until stop_writers
write_on()
{
	local file=$1 mode

	shift
	for mode; do
		"$race" write "$mode" "$file" >"$T/writer.$mode" 2>&1 &
		writers+=($!)
		at_end end_process $!
	done
}

stop_writers()
{
	local w

	for w in "${writers[@]}"; do
		kill -TERM "$w" 2>/dev/null || true # it may have failed
		wait "$w" || fail "a writer failed: $(cat "$T"/writer.*)"
	done
	writers=()
}

# read_by OPTIONS FILE COUNT: several readers; what they saw goes to $T/seen.
# A race in which nothing happened proves nothing: they go on until they have
# seen some contents.
read_by()
{
	local again

	: >"$T/seen"
	for again in {1..20}; do
		read_round "$@"
		[ "$(wc -l <"$T/seen")" -lt 20 ] || break
	done
	note "$(wc -l <"$T/seen") contents in $((again * $3)) opens"
	[ "$(wc -l <"$T/seen")" -ge 20 ] || fail 'too few contents were seen'
}

read_round()
{
	local i pids=()

	for ((i = 0; i < READERS; i++)); do
		# shellcheck disable=SC2086 # options are words
		"$race" read $1 "$2" $(($3 / READERS)) >"$T/seen.$i" \
			2>"$T/reader.$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || fail "a reader failed:" "$(sort "$T"/reader.* |
			uniq -c | sort -rn | head -n 5)"
	done
	sort -u "$T"/seen.[0-9]* "$T/seen" >"$T/seen.all"
	mv "$T/seen.all" "$T/seen"
}

# Contents that were seen and that the log does not have. A file that was
# renamed over while it was being opened is "(deleted)".
unlogged()
{
	awk -v name="$1" '
	$5 == name || $5 == name "_(deleted)" {
		sub("sha256:", "", $4)
		print $4
	}' \
		"$MNT/.ima/ascii_runtime_measurements" | sort -u >"$T/logged"
	comm -23 "$T/seen" "$T/logged"
}

all_logged()
{
	local missing

	[ -s "$T/seen" ] || fail 'nothing was read'
	missing=$(unlogged "$1" | wc -l)
	[ "$missing" -eq 0 ] ||
		fail "$missing of $(wc -l <"$T/seen") contents are not logged"
}
