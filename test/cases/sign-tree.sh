#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# imafs sign and hash on trees in place, and imafs verify on what they wrote.
. "$(dirname "$0")/lib/harness.sh"

need_program openssl getfattr setfattr script
attr=security.ima user=()
if [ "$(id -u)" -ne 0 ]; then
	attr=user.ima user=(--xattr-user)
fi
make_keys

hex_of()
{
	getfattr --absolute-names -n "$attr" -e hex "$1" 2>/dev/null |
		sed -n "s/^$attr=0x//p"
}

says()
{
	case $OUT in
	*"$1"*) ;;
	*) fail "it does not say '$1': $OUT" ;;
	esac
}

says_not()
{
	case $OUT in
	*"$1"*) fail "it says '$1': $OUT" ;;
	esac
}

ec=(--key "$KEYS/ec.pem" "${user[@]}")
trust=(--keys "$KEYS/trusted" "${user[@]}")

mkdir -p "$SRC/a/b/c" "$SRC/empty" "$T/outside"
echo one >"$SRC/one"
: >"$SRC/nothing"
seq 200000 >"$SRC/a/b/c/long"
ln "$SRC/one" "$SRC/a/one-again"
echo outside >"$T/outside/file"
ln -s "$T/outside/file" "$SRC/link-to-file"
ln -s "$T/outside" "$SRC/link-to-directory"
mkfifo "$SRC/fifo"
printf x >"$SRC/$(printf 'line\nbreak')"
printf x >"$SRC/$(printf 'not-utf8-\377')"

it 'a directory without -r is refused'
expect_status 1 "$IMAFS" sign "${ec[@]}" "$SRC"
says 'use -r'

it 'every regular file of a tree is signed, once'
expect_status 0 "$IMAFS" sign "${ec[@]}" -r "$SRC"
says '5 files signed'
for f in one nothing a/one-again a/b/c/long; do
	[ -n "$(hex_of "$SRC/$f")" ] || fail "$f is not signed"
done

it 'symbolic links are not followed'
[ -z "$(hex_of "$T/outside/file")" ] || fail 'a file outside was signed'

it 'what was signed verifies, in the order of the names'
expect_status 0 "$IMAFS" verify "${trust[@]}" --require-signature -r "$SRC"
says '6 passed, 0 failed, 0 undetermined'
[ "$(sed -n "s|^$SRC/\([^:]*\): pass.*|\1|p" <<<"$OUT" | tr '\n' ' ')" = \
	'a/b/c/long a/one-again line\x0abreak not-utf8-\xff nothing one ' ] ||
	fail "$OUT"

it 'with any number of workers'
for j in 1 2 7 32; do
	expect_text "$OUT" "$IMAFS" verify "${trust[@]}" --jobs "$j" \
		--require-signature -r "$SRC"
done

it 'one bad file makes the status 1 and is named with the cause'
before=$(hex_of "$SRC/one")
echo more >>"$SRC/one"
expect_status 1 "$IMAFS" verify "${trust[@]}" --quiet -r "$SRC"
says "$SRC/one: fail: invalid-signature (content or signature was changed"
says "$SRC/a/one-again: fail: invalid-signature"
says_not ': pass'
[ "$(hex_of "$SRC/one")" = "$before" ] || fail 'verify wrote something'

it 'JSON: an object for each file, with bytes that are no text in hex'
expect_status 1 "$IMAFS" verify "${trust[@]}" --json -r "$SRC"
[ "$(wc -l <<<"$OUT")" -eq 6 ] || fail "$OUT"
says '"path": "'"$SRC"'/line\u000abreak", "result": "pass"'
says '"path_hex": "'"$(printf '%s/not-utf8-\377' "$SRC" | od -An -v -tx1 |
	tr -d ' \n')"'"'
says '"cause": "invalid-signature"'
if command -v python3 >/dev/null; then
	python3 -c 'import json, sys
for line in sys.stdin: json.loads(line)' <<<"$OUT"
fi

it 'hash leaves signatures alone'
before=$(hex_of "$SRC/nothing")
expect_status 0 "$IMAFS" hash "${user[@]}" -r "$SRC"
says '0 files labelled'
says '5 signed files left alone'
[ "$(hex_of "$SRC/nothing")" = "$before" ] || fail 'a signature is gone'

it 'unless it is forced'
expect_status 0 "$IMAFS" hash "${user[@]}" --force --hash sha512 -r "$SRC"
says '5 files labelled'
expect_status 0 "$IMAFS" verify "${user[@]}" -r "$SRC"
says "$SRC/one: pass (hash, sha512)"
[ "$(hex_of "$SRC/nothing")" = \
	"0406$(openssl dgst -sha512 -r /dev/null | cut -d ' ' -f 1)" ] ||
	fail "$(hex_of "$SRC/nothing")"

it 'a dry run prints and writes nothing'
rm -f "$T/new"
echo new >"$T/new"
expect_status 0 "$IMAFS" sign "${ec[@]}" --dry-run "$T/new"
case $OUT in
030204*"  $T/new") ;;
*) fail "$OUT" ;;
esac
[ -z "$(hex_of "$T/new")" ] || fail 'it wrote'

it 'what cannot be done is said for each file, and the rest is done'
expect_status 1 "$IMAFS" sign "${ec[@]}" "$T/missing" "$T/new" "$SRC/fifo"
says "$T/missing: No such file or directory"
says "$SRC/fifo: not a regular file"
says '1 file signed'
says '2 failed'
[ -n "$(hex_of "$T/new")" ] || fail 'the good one was not signed'

it 'a file that cannot be read is undetermined: status 3'
expect_status 3 "$IMAFS" verify "${trust[@]}" "$T/missing" "$T/new"
says 'No such file or directory'
says '1 passed, 0 failed, 1 undetermined'

it 'a bad verdict is worse than none: status 1'
expect_status 1 "$IMAFS" verify "${trust[@]}" "$T/missing" "$T/outside/file"

it 'the command line is checked before anything is touched'
expect_status 2 "$IMAFS" sign "$T/new"
expect_status 2 "$IMAFS" sign "${ec[@]}"
expect_status 2 "$IMAFS" sign "${ec[@]}" --hash crc32 "$T/new"
expect_status 2 "$IMAFS" sign "${ec[@]}" --jobs 0 "$T/new"
expect_status 2 "$IMAFS" sign "${ec[@]}" --dry-run --to "$T/x" "$T/new"
expect_status 2 "$IMAFS" hash
expect_status 2 "$IMAFS" verify
expect_status 2 "$IMAFS" verify --frobnicate "$T/new"
expect_status 1 "$IMAFS" sign "${ec[@]}" --hash md5 "$T/new"
says 'cannot sign md5'
expect_status 1 "$IMAFS" sign --key "$KEYS/ec.der" "$T/new"
says 'not a private key'
expect_status 3 "$IMAFS" verify --keys "$KEYS/ec.pem" "$T/new"
says 'private key'
for c in sign hash verify; do
	expect_status 0 "$IMAFS" "$c" --help
	says "usage: imafs $c"
done

it 'passwords: from a file, from the environment, and none'
openssl pkcs8 -topk8 -in "$KEYS/ec.pem" -out "$KEYS/locked.pem" \
	-v2 aes-256-cbc -passout pass:secret
printf 'secret\n' >"$T/password"
expect_status 1 "$IMAFS" sign "${user[@]}" --key "$KEYS/locked.pem" "$T/new"
says 'no password was given'
expect_status 0 "$IMAFS" sign "${user[@]}" --key "$KEYS/locked.pem" \
	--pass-file "$T/password" "$T/new"
IMAFS_KEY_PASSWORD=secret expect_status 0 "$IMAFS" sign "${user[@]}" \
	--key "$KEYS/locked.pem" "$T/new"
IMAFS_KEY_PASSWORD=wrong expect_status 1 "$IMAFS" sign "${user[@]}" \
	--key "$KEYS/locked.pem" "$T/new"
says 'wrong password'

# large but without blocks, so that signing takes a moment
mkdir "$T/slow"
for i in 1 2 3; do
	truncate -s 600M "$T/slow/$i"
done

it 'on a terminal it shows how far it is, of a tree and of files'
for paths in "-r $T/slow" "$T/slow/1 $T/slow/2 $T/slow/3"; do
	# shellcheck disable=SC2086 # words without blanks
	TERM=xterm script -qec "'$IMAFS' sign ${ec[*]} $paths" /dev/null \
		</dev/null | tr '\r' '\n' >"$T/screen"
	grep -Eq '[1-9][0-9]?% \[#+\.*\] [0-3]/3 files, .*B, .*B/s' "$T/screen" ||
		fail "$(cat -v "$T/screen")"
	grep -q '^[^%]*imafs: 3 files signed' "$T/screen"
done
TERM=xterm script -qec "'$IMAFS' sign ${ec[*]} -q -r $T/slow" /dev/null \
	</dev/null >"$T/screen"
[ ! -s "$T/screen" ] || fail "-q: $(cat -v "$T/screen")"

# most_open OPTION...: the most files that one run had open at once
most_open()
{
	local n most=0 pid

	"$IMAFS" sign "${ec[@]}" -q -r "$@" "$T/slow" &
	pid=$!
	while ! t_gone "$pid"; do
		n=$(find "/proc/$pid/fd" -lname "$T/slow/[0-9]" 2>/dev/null |
			wc -l)
		[ "$n" -le "$most" ] || most=$n
	done
	wait "$pid"
	echo "$most"
}

it 'files are signed at the same time, as many as --jobs says'
expect_text 1 most_open -j 1
expect_text 3 most_open -j 3
rm -r "$T/slow"

if [ "$(id -u)" -eq 0 ]; then
	it 'a key that cannot be read is not said to want a password'
	chmod 600 "$KEYS/ec.pem"
	chmod 755 "$KEYS"
	expect_status 1 as_user 65534 "$IMAFS" sign "${ec[@]}" "$T/new"
	[ "$OUT" = "imafs: $KEYS/ec.pem: Permission denied" ] || fail "$OUT"

	it 'without privileges: the file, the cause and the remedy'
	chmod 644 "$KEYS/ec.pem"
	chmod 666 "$T/new"
	expect_status 1 as_user 65534 "$IMAFS" sign --key "$KEYS/ec.pem" \
		"$T/new"
	says "$T/new: cannot set security.ima: Operation not permitted"
	says CAP_SYS_ADMIN

	it 'and user.ima works without'
	expect_status 0 as_user 65534 "$IMAFS" sign --xattr-user \
		--key "$KEYS/ec.pem" "$T/new"
	expect_status 0 as_user 65534 "$IMAFS" verify --xattr-user \
		--keys "$KEYS/ec.der" "$T/new"
fi

it 'a file that changes meanwhile is not signed'
head -c 200M /dev/zero >"$T/busy"
: >"$T/go" # taken away with $T, too
(
	while [ -e "$T/go" ]; do
		printf x
		sleep 0.01
	done >>"$T/busy"
) &
writer=$!
sleep 0.05
expect_status 1 "$IMAFS" sign "${ec[@]}" "$T/busy"
says 'changed while it was read'
[ -z "$(hex_of "$T/busy")" ] || fail 'it was signed'
expect_status 3 "$IMAFS" verify "${trust[@]}" "$T/busy"
rm "$T/go"
wait "$writer"
expect_status 0 "$IMAFS" sign "${ec[@]}" "$T/busy"

it 'a tree deeper than a path may be long'
deep=$T/deep
mkdir "$deep"
(
	cd "$deep"
	for ((i = 0; i < 300; i++)); do
		mkdir 'directory-with-a-name'
		cd 'directory-with-a-name'
	done
	echo bottom >file
)
expect_status 0 "$IMAFS" sign "${ec[@]}" -r "$deep"
says '1 file signed'
expect_status 0 "$IMAFS" verify "${trust[@]}" -q -r "$deep"
finish
