#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# imafs-init as a command: --check of a configuration before it is booted with.
. "$(dirname "$0")/lib/harness.sh"
need_root
make_keys

INIT=$TEST_BUILD/init/imafs-init
CONF=$T/init.conf

# config LINE...: what is in order, and these lines
config()
{
	printf '%s\n' '# of the test' "program = $IMAFS" "source = $SRC" \
		"keys = $KEYS/trusted" "trust = $KEYS/rsa.crt" 'tpm = none' \
		"$@" >"$CONF"
	chmod 644 "$CONF"
}

# refused TEXT: with status 1, the file's name and what is wrong
refused()
{
	expect_status 1 "$INIT" --check --config "$CONF"
	[[ $OUT == "imafs-init: "*"$1"* ]] || fail "not explained: $OUT"
}

it 'what is in order: status 0, and what it comes to'
config
expect_status 0 "$INIT" --check --config "$CONF"
for text in "$SRC" "$KEYS/trusted" "$KEYS/rsa.crt" signed_init; do
	grep -qF "$text" <<<"$OUT" || fail "it does not say $text: $OUT"
done

it 'what is wrong: status 1, with file, line and column'
config 'pannic = 1'
refused "$CONF:7:1: there is no setting 'pannic'; imafs-init.conf(5) lists all"
config 'panic = maybe'
refused "$CONF:7:"
config 'no value'
refused "$CONF:7:"
config 'tpm = none'
refused "$CONF:7:"

it 'an imafs that is not there'
config
sed -i "s,^program = .*,program = $T/imafs," "$CONF"
refused "$T/imafs: No such file or directory"

it 'a file that others can write, and none at all'
config
chmod 666 "$CONF"
refused "$CONF can be written by others than root"
rm "$CONF"
refused "cannot read $CONF: No such file or directory"

it 'a command line that makes no sense: status 2; --help: 0'
for words in '' '--check more' --frob --initramfs; do
	# shellcheck disable=SC2086 # words
	expect_status 2 "$INIT" $words
done
expect_status 0 "$INIT" --help
grep -q '^usage: ' <<<"$OUT"
expect_text "$("$IMAFS" --version | sed 's/imafs/imafs-init/')" \
	"$INIT" --version
finish
