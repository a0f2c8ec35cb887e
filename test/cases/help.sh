#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every command explains itself; manual.sh compares that with its man page.
. "$(dirname "$0")/lib/harness.sh"

COMMANDS='mount sign hash verify log policy'

it '--help, -h and help go to standard output, and the status is 0'
for words in --help -h help; do
	expect_status 0 "$IMAFS" "$words"
	"$IMAFS" "$words" 2>"$T/err" >"$T/out"
	grep -q '^usage: imafs COMMAND' "$T/out"
	[ ! -s "$T/err" ]
	for c in $COMMANDS; do
		grep -q "^  $c  *[a-z]" "$T/out"
	done
done
for c in $COMMANDS; do
	expect_status 0 "$IMAFS" "$c" --help
	"$IMAFS" "$c" --help 2>"$T/err" >"$T/out"
	grep -q "^usage: imafs $c" "$T/out"
	[ ! -s "$T/err" ]
	"$IMAFS" help "$c" | cmp - "$T/out"
	"$IMAFS" "$c" -h | cmp - "$T/out"
done

it 'no command, or one that does not exist: status 2'
expect_status 2 "$IMAFS"
"$IMAFS" >"$T/out" 2>"$T/err" || true
[ ! -s "$T/out" ]
for words in frob 'help frob' --frob; do
	# shellcheck disable=SC2086 # words
	expect_status 2 "$IMAFS" $words
	grep -qE "'(--)?frob'.*try 'imafs --help'" <<<"$OUT"
done

it 'no arguments: status 2, what is missing, and where to read on'
for c in $COMMANDS; do
	expect_status 2 "$IMAFS" "$c"
	[ "$(wc -l <<<"$OUT")" -eq 2 ]
	grep -q "^imafs $c: " <<<"$OUT"
	grep -qx "Try 'imafs $c --help'." <<<"$OUT"
done

it 'imafs --version names the version'
expect_status 0 "$IMAFS" --version
[[ $OUT =~ ^imafs\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
expect_text "$OUT" "$IMAFS" -V
expect_text "$OUT" "$IMAFS" mount --version
finish
