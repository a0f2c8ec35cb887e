#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Files that are checked while somebody can change them.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"

MAP=$TEST_BUILD/test/race/map

need_root
need_program setpriv /usr/bin/python3
make_keys
for f in rw trunc; do
	cp "$(type -P true)" "$SRC/$f.so"
	sign ec "$SRC/$f.so"
done
mkdir "$SRC/open"
chmod 777 "$SRC/open"
start_mount "keys=$KEYS/trusted"

set_policy 'appraise func=MMAP_CHECK appraise_type=imasig'
for way in rw trunc; do
	it "a signed file is not opened to be written and mapped ($way)"
	expect_fail EACCES "$MAP" "$way" "$MNT/$way.so" evil
	denied_because writable-mapping "$MNT/$way.so"
	cmp "$SRC/$way.so" "$(type -P true)"
done
it 'a new file is not mapped before it is signed'
expect_fail EACCES "$MAP" new "$MNT/open/new.so" evil
it 'a signed file is still read'
cmp "$MNT/rw.so" "$(type -P true)"
it 'a file can still be made'
cp "$(type -P true)" "$MNT/open/made.so"
sign rsa "$SRC/open/made.so"
cmp "$MNT/open/made.so" "$(type -P true)"

set_policy 'appraise func=BPRM_CHECK'
it 'a program in the making is not run'
"$TEST_BUILD/test/ops/fsop" mknod 100755 "$MNT/open/making" >"$T/out"
exec 8>"$MNT/open/making"
cat "$(type -P true)" >&8
expect_fail EACCES "$MNT/open/making"
denied_because missing-hash "$MNT/open/making"
exec 8>&-

it 'a measured program that has a writer under another node is not run'
set_policy 'measure func=BPRM_CHECK
memlock func=FILE_CHECK uid=1000'
cp "$(type -P true)" "$SRC/open/node"
sleep 0.1
setpriv --reuid 1000 --regid 1000 --clear-groups tail -n +1 -f \
	"$MNT/open/node" >"$T/read" &
reader=$!
at_end end_process $reader
wait_for 5 cmp "$T/read" "$SRC/open/node"
exec 8>>"$MNT/open/node"
expect_fail ETXTBSY "$MNT/open/node"
exec 8>&-
end_process $reader

set_policy 'appraise func=FILE_CHECK'
for when in before between; do
	it "two writers see each other, with a reader who came $when them"
	head -c 4096 /dev/zero >"$MNT/open/shared"
	sleep 0.1
	expect_text '' "$TEST_BUILD/test/race/two-writers" \
		"$MNT/open/shared" $when
done

set_policy 'measure func=FILE_CHECK'
it 'a file that is cut off by its name is shown so, whoever reads it'
head -c 1000 /dev/zero >"$MNT/open/cut"
sleep 0.1
exec 8<"$MNT/open/cut"
/usr/bin/python3 -c 'import os, sys; os.truncate(sys.argv[1], 10)' \
	"$MNT/open/cut"
is_cut()
{
	[ "$(stat -c %s "$MNT/open/cut")" = 10 ]
}
wait_for 5 is_cut || fail "$(stat -c %s "$MNT/open/cut") bytes"
expect_text 1000 sh -c 'wc -c <&8'
exec 8<&-

it 'memlock holds for O_DIRECT, too'
head -c 8192 /dev/zero | tr '\0' A >"$SRC/direct"
sleep 0.1
set_policy 'memlock func=FILE_CHECK'
mkfifo "$T/out.fifo"
dd if="$MNT/direct" of="$T/out.fifo" bs=4096 iflag=direct status=none &
reader=$!
has_opened()
{
	[ "$(readlink "/proc/$reader/fd/0")" = "$MNT/direct" ]
}
wait_for 5 has_opened # now it waits for a reader of the fifo
printf BBBB | dd of="$SRC/direct" conv=notrunc status=none
cat "$T/out.fifo" >"$T/direct.out"
wait "$reader"
expect_text AAAA head -c 4 "$T/direct.out"

it 'an open that was refused in the end labels nothing that others write'
# who may write is checked, and is then refused the mapping; who is not checked
# writes, and must not get a label for it
set_policy 'appraise func=FILE_CHECK mask=^MAY_WRITE uid=1000
appraise func=MMAP_CHECK uid=1000 appraise_type=imasig'
for way in '<>' '>'; do
	echo text >"$SRC/open/label$way"
	chmod 666 "$SRC/open/label$way"
	"$IMAFS" hash "$SRC/open/label$way"
done
label_of()
{
	getfattr --absolute-names -n security.ima -e hex --only-values "$1"
}
before=$(label_of "$SRC/open/label<>")
expect_fail EACCES as_user 1000 sh -c "exec 5<>'$MNT/open/label<>'"
echo evil >>"$MNT/open/label<>"
expect_text "$before" label_of "$SRC/open/label<>"
expect_fail EACCES as_user 1000 sh -c "echo x >>'$MNT/open/label<>'"

it 'nor does one that only cut the file off'
set_policy 'appraise func=FILE_CHECK mask=^MAY_WRITE uid=1000'
before=$(label_of "$SRC/open/label>")
as_user 1000 perl -e 'use Fcntl; sysopen(F, $ARGV[0], O_RDONLY|O_TRUNC) or
	die $!' "$MNT/open/label>"
echo evil >>"$MNT/open/label>"
expect_text "$before" label_of "$SRC/open/label>"

it 'while one that was let in does'
"$IMAFS" hash "$SRC/open/label>"
sleep 0.1
before=$(label_of "$SRC/open/label>")
as_user 1000 sh -c "echo more >>'$MNT/open/label>'"
[ "$before" != "$(label_of "$MNT/open/label>")" ] || fail 'not labelled'
as_user 1000 sh -c "echo more >>'$MNT/open/label>'"

it 'what one who was let in writes others read and add to, but do not execute'
printf '#!/bin/sh\necho one\n' >"$SRC/shared"
chmod 755 "$SRC/shared"
"$IMAFS" hash "$SRC/shared"
sleep 0.1
set_policy 'appraise'
exec 5>>"$MNT/shared"
echo 'echo two' >&5
expect_text 'echo two' tail -n 1 "$MNT/shared"
echo 'echo three' >>"$MNT/shared"
! "$MNT/shared" 2>/dev/null || fail 'it was executed'
exec 5>&-
expect_text "$(printf 'one\ntwo\nthree')" "$MNT/shared"

it 'unless somebody sets another label meanwhile'
exec 5>>"$MNT/shared"
echo 'echo four' >&5
setfattr -n security.ima -v "0x0404$(printf '0%.0s' {1..64})" "$MNT/shared"
expect_fail EACCES cat "$MNT/shared"
denied_because invalid-hash "$MNT/shared"
exec 5>&-

it 'or the policy is another one: its rules let nobody in'
"$IMAFS" hash "$SRC/shared"
sleep 0.1
exec 5>>"$MNT/shared"
echo 'echo five' >&5
expect_text 'echo five' tail -n 1 "$MNT/shared"
set_policy 'appraise'
expect_fail EACCES cat "$MNT/shared"
denied_because invalid-hash "$MNT/shared"
exec 5>&-

it 'a writer who is let in while another one closes labels the file, too'
head -c 30M /dev/zero >"$SRC/handover"
"$IMAFS" hash "$SRC/handover"
sleep 0.1
set_policy 'appraise func=FILE_CHECK'
"$TEST_BUILD/test/race/handover" "$MNT/handover" 40

# late_writer PATH: as uid 1001, opens it, and writes to it when told so
late_writer()
{
	as_user 1001 bash -c 'exec 5>>"$1"; echo open; read -r; echo x >&5
		echo written' _ "$1"
}

for rule in 'appraise func=FILE_CHECK uid=0' 'appraise func=FILE_CHECK'; do
	it "who writes takes a setuid bit that came since he opened it ($rule)"
	cp "$(type -P true)" "$SRC/bits"
	chown 1000 "$SRC/bits"
	chmod 777 "$SRC/bits"
	"$IMAFS" hash "$SRC/bits"
	sleep 0.1
	set_policy "$rule"
	coproc late_writer "$MNT/bits"
	read -r line <&"${COPROC[0]}"
	# who reads what is locked has a node of the file that the writer's has
	# nothing to do with, and so has who comes after
	cmp "$MNT/bits" "$(type -P true)"
	as_user 1000 chmod 4777 "$MNT/bits"
	expect_text 4777 stat -c %a "$SRC/bits"
	echo >&"${COPROC[1]}"
	read -r line <&"${COPROC[0]}"
	[ "$line" = written ]
	wait "$COPROC_PID"
	expect_text 777 stat -c %a "$SRC/bits"
done

stop_mount
finish
