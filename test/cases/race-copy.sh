#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# imafs sign --to on a tree that somebody changes meanwhile: a file may fail,
# but nothing outside of the tree is read or labelled, and nothing is overrun.
. "$(dirname "$0")/lib/harness.sh"

need_root
need_program openssl python3 getfattr setfattr
make_keys
mkdir "$SRC/dir" "$SRC/z" "$T/outside"
for i in $(seq 30); do
	echo inside >"$SRC/dir/$i"
	echo outside >"$T/outside/$i"
done
ln -s "$T/outside" "$SRC/z/dir"
ln -s "$T/outside/1" "$SRC/z/file"
echo inside >"$SRC/z/link"
for i in $(seq 10); do
	mkfifo "$SRC/z/fifo$i"
	echo inside >"$SRC/z/regular$i"
	setfattr -n "user.$(printf '%0200d' 0)" -v x "$SRC/z/regular$i"
done

# Exchanges directory and link, file and link, FIFOs and files with attributes,
# until it is ended.
python3 - "$SRC" <<'END' &
import ctypes, os, sys
swap = ctypes.CDLL(None).renameat2
os.chdir(sys.argv[1])
pairs = [(b"dir", b"z/dir"), (b"z/file", b"z/link")]
pairs += [(b"z/fifo%d" % i, b"z/regular%d" % i) for i in range(1, 11)]
while True:
    for a, b in pairs:
        swap(-100, a, -100, b, 2)  # RENAME_EXCHANGE
END
at_end end_process $!

it 'a copy ends by itself, and has no file of elsewhere'
n=0
for _ in $(seq 100); do
	rm -rf "$T/copy"
	status=0
	timeout 60 "$IMAFS" sign --key "$KEYS/ec.pem" -q -r --to "$T/copy" \
		"$SRC" >"$T/out" 2>&1 || status=$?
	[ "$status" -le 1 ] || fail "status $status: $(tail -n 1 "$T/out")"
	! grep -rq outside "$T/copy" || fail 'a file of elsewhere is there'
	[ -z "$(find "$T/copy" -name '.imafs-*')" ] || fail 'a temporary file'
	n=$((n + 1 - status))
done
note "$n of 100 copies were complete"

it 'nor is one of elsewhere labelled'
for _ in $(seq 20); do
	status=0
	timeout 60 "$IMAFS" hash --force -q -r "$SRC" >"$T/out" 2>&1 ||
		status=$?
	[ "$status" -le 1 ] || fail "status $status: $(tail -n 1 "$T/out")"
done
[ -z "$(getfattr -d -m security.ima -R "$T/outside" 2>/dev/null)" ] ||
	fail 'it is'
finish
