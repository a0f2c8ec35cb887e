#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What --help says and what the manual says: the same options.
. "$(dirname "$0")/lib/harness.sh"

MAN=$TEST_SOURCE/doc/man

# page COMMAND
page()
{
	case $1 in
	mount) echo "$MAN/imafs-mount.8" ;;
	policy) echo "$MAN/imafs-policy.5" ;;
	*) echo "$MAN/imafs-$1.1" ;;
	esac
}

# in_help COMMAND: long options; --help itself need not say that it is there
in_help()
{
	"$IMAFS" "$1" --help | grep -oE -- '--[a-z][a-z-]*' |
		grep -vxE -- '--(help|version)' | sort -u
}

# in_manual COMMAND: those that have a paragraph
in_manual()
{
	grep -A 1 '^\.TP' "$(page "$1")" | sed 's/\\-/-/g' |
		grep -oE -- '--[a-z][a-z-]*' |
		grep -vxE -- '--(help|version)' | sort -u
}

for c in mount sign hash verify log policy; do
	it "imafs $c: the options of --help are those of the manual"
	in_help "$c" >"$T/help"
	in_manual "$c" >"$T/manual"
	[ -s "$T/help" ]
	diff "$T/help" "$T/manual" >"$T/diff" || fail "$(cat "$T/diff")"
done

it 'imafs mount: so are the words of -o, but for those of all file systems'
"$IMAFS" mount --help | sed -nE 's/^     ([a-z_]+)[= ].*/\1/p' |
	grep -vx ro | sort -u >"$T/help"
sed -n '/^\.SS Policy/,/^\.SS General/p' "$(page mount)" | grep -A 1 '^\.TP' |
	sed -nE 's/^\.B[IR]? ([a-z_]+)=?( .*)?$/\1/p' | sort -u >"$T/manual"
diff "$T/help" "$T/manual" >"$T/diff" || fail "$(cat "$T/diff")"
finish
