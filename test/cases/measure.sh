#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What gets into the log, once, in which words, and when the log says that it
# cannot vouch for a content.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/label.sh"

need_root
need_program setpriv
make_keys

LIST=.ima/ascii_runtime_measurements

entries()
{
	wc -l <"$MNT/$LIST"
}

# entries_of NAME: how many have this name as their path
entries_of()
{
	awk -v name="$MNT/$1" '$5 == name' "$MNT/$LIST" | wc -l
}

last_entry()
{
	tail -n 1 "$MNT/$LIST"
}

sha256_of()
{
	sha256sum <"$1" | cut -d ' ' -f 1
}

ZEROS=0000000000000000000000000000000000000000

# make NAME...: files of a line that nobody else has, at rest
make()
{
	local f

	for f; do
		echo "content of $f, $RANDOM$RANDOM" >"$SRC/$f"
	done
	sleep 0.05
}

start_mount "keys=$KEYS/trusted"

it 'the first entry is boot_aggregate; without a TPM it is zero'
expect_text 1 entries
expect_text "10 $(head -n 1 "$MNT/$LIST" | cut -d ' ' -f 2) ima-ng \
sha256:$ZEROS${ZEROS:0:24} boot_aggregate" head -n 1 "$MNT/$LIST"

it 'without a rule nothing is measured'
make plain
cat "$MNT/plain" >/dev/null
expect_text 1 entries

it 'a file is measured when it is opened, with digest and path'
set_policy 'measure func=FILE_CHECK mask=^MAY_READ'
cat "$MNT/plain" >/dev/null
expect_text 2 entries
log_has "^10 [0-9a-f]{40} ima-ng sha256:$(sha256_of "$SRC/plain") $MNT/plain\$"
expect_text 2 cat "$MNT/.ima/runtime_measurements_count"

it 'opened again it is not measured again'
cat "$MNT/plain" "$MNT/plain" >/dev/null
expect_text 2 entries

it 'the same content under another name is another entry'
cp "$SRC/plain" "$SRC/copy"
cat "$MNT/copy" >/dev/null
expect_text 3 entries

it 'changed content is; content that was there before is a duplicate'
cp "$SRC/plain" "$T/old"
make plain
cat "$MNT/plain" >/dev/null
expect_text 4 entries
cat "$T/old" >"$SRC/plain"
sleep 0.05
expect_text "$(cat "$T/old")" cat "$MNT/plain"
expect_text 4 entries

it 'other times or another owner are no other content'
touch "$SRC/plain"
chown 7 "$SRC/copy"
cat "$MNT/plain" "$MNT/copy" >/dev/null
expect_text 4 entries

it 'blanks in names are underscores, other bytes are as they are'
make 'a b  c'
cat "$MNT/a b  c" >/dev/null
log_has " $MNT/a_b__c\$"

it 'an empty file is measured'
: >"$SRC/empty"
cat "$MNT/empty"
log_has "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 $MNT/empty\$"

it 'the label says by which algorithm'
make by512 signed512
label "$SRC/by512" "$(hash_label sha512 "$SRC/by512")"
"$IMAFS" sign --key "$KEYS/rsa.pem" --hash sha384 "$SRC/signed512" >/dev/null
cat "$MNT/by512" "$MNT/signed512" >/dev/null
log_has "sha512:$(sha512sum <"$SRC/by512" | cut -d ' ' -f 1) $MNT/by512\$"
log_has "sha384:$(sha384sum <"$SRC/signed512" | cut -d ' ' -f 1) \
$MNT/signed512\$"

# Masks and subjects

it 'mask=MAY_READ is equality: a file opened for both is another event'
set_policy 'measure func=FILE_CHECK mask=MAY_READ'
make m1 m2 m3 m4
cat "$MNT/m1" >/dev/null
exec 8<>"$MNT/m2"
exec 8>&-
expect_text 1 entries_of m1
expect_text 0 entries_of m2
it 'mask=^MAY_WRITE means opens that can write'
set_policy 'measure func=FILE_CHECK mask=^MAY_WRITE'
cat "$MNT/m3" >/dev/null
exec 8<>"$MNT/m4"
exec 8>&-
expect_text 0 entries_of m3
expect_text 1 entries_of m4
it 'mask=MAY_APPEND needs more than O_APPEND, ^MAY_APPEND does not'
set_policy 'measure func=FILE_CHECK mask=^MAY_APPEND'
make m5
: >>"$MNT/m5"
expect_text 1 entries_of m5

it 'uid=, fowner= and their relations'
set_policy 'measure func=FILE_CHECK uid=1000
measure func=FILE_CHECK fowner>2000'
make u1 u2 u3
chown 2001 "$SRC/u2"
cat "$MNT/u1" "$MNT/u2" "$MNT/u3" >/dev/null
expect_text 0 entries_of u1
expect_text 1 entries_of u2
as_user 1000 cat "$MNT/u1" >/dev/null
expect_text 1 entries_of u1

it 'the first rule that matches decides: dont_measure before measure'
set_policy 'dont_measure func=FILE_CHECK fowner=5
measure func=FILE_CHECK'
make d1 d2
chown 5 "$SRC/d1"
cat "$MNT/d1" "$MNT/d2" >/dev/null
expect_text 0 entries_of d1
expect_text 1 entries_of d2

it 'BPRM_CHECK: executed, not read'
set_policy 'measure func=BPRM_CHECK'
cp /bin/true "$SRC/true"
cp /bin/true "$SRC/true2"
cat "$MNT/true" >/dev/null
expect_text 0 entries_of true
"$MNT/true"
expect_text 1 entries_of true
it 'FILE_CHECK mask=MAY_EXEC: executed, too'
set_policy 'measure func=FILE_CHECK mask=MAY_EXEC'
cat "$MNT/true2" >/dev/null
expect_text 0 entries_of true2
"$MNT/true2"
expect_text 1 entries_of true2
it 'a script and its interpreter are both measured'
set_policy 'measure func=BPRM_CHECK'
cp /bin/dash "$SRC/dash"
printf '#!%s/dash\necho hello\n' "$MNT" >"$SRC/script"
chmod 755 "$SRC/script"
expect_text hello "$MNT/script"
expect_text 1 entries_of script
expect_text 1 entries_of dash

# Rules with a PCR or a template of their own

it 'pcr= of a rule; the same file counts for each PCR'
set_policy 'measure func=FILE_CHECK pcr=12'
make p1
cat "$MNT/p1" >/dev/null
log_has "^12 [0-9a-f]{40} ima-ng sha256:$(sha256_of "$SRC/p1") $MNT/p1\$"
set_policy 'measure func=FILE_CHECK'
cat "$MNT/p1" >/dev/null
expect_text 2 entries_of p1

it 'template=ima-sig has the signature'
set_policy 'measure func=FILE_CHECK template=ima-sig'
make s1 s2
sign ec "$SRC/s1"
cat "$MNT/s1" "$MNT/s2" >/dev/null
log_has " ima-sig sha256:$(sha256_of "$SRC/s1") $MNT/s1 $(label_of "$SRC/s1")\$"
log_has " ima-sig sha256:$(sha256_of "$SRC/s2") $MNT/s2 \$"

it 'template=ima has SHA-1, ima-ngv2 the type of digest'
set_policy 'measure func=FILE_CHECK template=ima'
make t1 t2
cat "$MNT/t1" >/dev/null
log_has " ima $(sha1sum <"$SRC/t1" | cut -d ' ' -f 1) $MNT/t1\$"
set_policy 'measure func=FILE_CHECK template=ima-ngv2'
cat "$MNT/t2" >/dev/null
log_has " ima-ngv2 ima:sha256:$(sha256_of "$SRC/t2") $MNT/t2\$"

it 'evm-sig has owner, group, mode and attributes'
set_policy 'measure func=FILE_CHECK template=evm-sig'
make e1
chown 3:4 "$SRC/e1"
chmod 640 "$SRC/e1"
label "$SRC/e1" "$(hash_label sha256 "$SRC/e1")"
cat "$MNT/e1" >/dev/null
log_has " evm-sig sha256:$(sha256_of "$SRC/e1") $MNT/e1  security.ima \
22000000 $(label_of "$SRC/e1") 3 4 33184\$"

# Violations

violations()
{
	cat "$MNT/.ima/violations"
}

# violations_of NAME
violations_of()
{
	grep -c "^10 $ZEROS ima-ng sha256:$ZEROS${ZEROS:0:24} $MNT/$1\$" \
		"$MNT/$LIST" || true
}

it 'open_writers: a measured file is read while somebody writes it'
set_policy 'measure func=FILE_CHECK mask=MAY_READ pcr=11 template=ima-sig'
expect_text 0 violations
make v1 v2 v3
exec 8>>"$MNT/v1"
cat "$MNT/v1" >/dev/null
expect_text 1 violations
it 'its entry has zeros, the default template, the default PCR'
expect_text 1 violations_of v1
it 'it is followed by the measurement'
expect_text "11 ima-sig $MNT/v1" sh -c \
	"tail -n 1 '$MNT/$LIST' | cut -d ' ' -f 1,3,5"
it 'once for this writer'
cat "$MNT/v1" "$MNT/v1" >/dev/null
expect_text 1 violations
it 'and once more for the next one'
exec 8>&-
exec 8>>"$MNT/v1"
cat "$MNT/v1" >/dev/null
expect_text 2 violations
exec 8>&-

it 'ToMToU: somebody writes a measured file that is being read'
exec 7<"$MNT/v2"
expect_text 2 violations
exec 8>>"$MNT/v2"
expect_text 3 violations
expect_text 1 violations_of v2
it 'once, until it is measured again'
exec 9>>"$MNT/v2"
expect_text 3 violations
exec 8>&- 9>&-
exec 8>>"$MNT/v2"
expect_text 3 violations
exec 8>&- 7<&-

it 'who opens a file to empty it and read it sees what is in the log'
# it is a reader, so a writer who comes later is a violation
cat >"$T/empty.pl" <<'END'
use Fcntl;
sysopen(F, $ARGV[0], O_RDONLY | O_TRUNC) or die $!;
for my $name (@ARGV) {
	open(W, '>>', $name) && print(W "not in the log\n") && close(W) or die $!;
}
print while <F>;
END
set_policy 'measure func=FILE_CHECK'
echo old >"$SRC/emptied"
sleep 0.1
expect_text '' perl "$T/empty.pl" "$MNT/emptied" "$SRC/emptied"
expect_text 2 grep -c 'not in' "$MNT/emptied"
expect_text 4 violations
expect_text 1 violations_of emptied

it 'a reader of what is not measured does not count'
set_policy 'measure func=FILE_CHECK mask=MAY_READ uid=12345'
exec 7<"$MNT/v3"
exec 8>>"$MNT/v3"
exec 7<&- 8>&-
exec 8>>"$MNT/v3"
cat "$MNT/v3" >/dev/null
exec 8>&-
expect_text 4 violations
expect_text 0 violations_of v3

it 'ToMToU: somebody writes a measured file that is only mapped any more'
set_policy 'measure func=FILE_CHECK'
for size in 1000 3000000; do # by way of the page cache, and passed through
	head -c $size /dev/urandom >"$SRC/mapped"
	mkfifo "$T/end" "$T/said"
	"$TEST_BUILD/test/race/keep-mapped" "$MNT/mapped" \
		<"$T/end" >"$T/said" &
	exec 7>"$T/end" 8<"$T/said"
	read -r word <&8
	[ "$word" = mapped ]
	before=$(cat "$MNT/.ima/violations")
	echo more >>"$MNT/mapped"
	expect_text $((before + 1)) violations
	exec 7>&- 8<&-
	wait $!
	cat "$MNT/mapped" >"$T/now"
	echo more >>"$MNT/mapped"
	expect_text $((before + 1)) violations
	rm "$T/end" "$T/said"
done

it 'O_DIRECT is measured as zeros, and denied where it is appraised'
set_policy 'measure func=FILE_CHECK'
head -c 8192 /dev/urandom >"$SRC/direct"
sleep 0.05
if dd if="$SRC/direct" of=/dev/null bs=4096 iflag=direct status=none; then
	dd if="$MNT/direct" of=/dev/null bs=4096 iflag=direct status=none
	log_has "sha256:$ZEROS${ZEROS:0:24} $MNT/direct\$"
	label "$SRC/direct" "$(hash_label sha256 "$SRC/direct")"
	set_policy 'appraise func=FILE_CHECK'
	expect_fail EACCES dd if="$MNT/direct" of=/dev/null bs=4096 \
		iflag=direct status=none
	set_policy 'appraise func=FILE_CHECK permit_directio'
	dd if="$MNT/direct" of=/dev/null bs=4096 iflag=direct status=none
fi

# The list as a file that grows

it 'offsets are stable: a descriptor that read to the end goes on there'
set_policy 'measure func=FILE_CHECK'
make g1 g2 g3
exec 7<"$MNT/$LIST" 8<"$MNT/.ima/binary_runtime_measurements"
cat <&7 >"$T/ascii"
cat <&8 >"$T/binary"
cmp "$T/ascii" "$MNT/$LIST"
for f in g1 g2 g3; do
	cat "$MNT/$f" >/dev/null
	cat <&7 >"$T/more"
	expect_text 1 sh -c "wc -l <'$T/more'"
	grep -q " $MNT/$f\$" "$T/more"
	cat "$T/more" >>"$T/ascii"
	cat <&8 >>"$T/binary"
	cmp "$T/ascii" "$MNT/$LIST"
	cmp "$T/binary" "$MNT/.ima/binary_runtime_measurements"
done
exec 7<&- 8<&-

it 'from the middle of an entry, in pieces of any size'
dd if="$MNT/$LIST" bs=7 status=none | cmp - "$T/ascii"
tail -c +1001 "$MNT/.ima/binary_runtime_measurements" >"$T/tail"
cmp "$T/tail" <(tail -c +1001 "$T/binary")

it 'tail -f sees what comes'
tail -n 0 -f -s 0.1 "$MNT/$LIST" >"$T/followed" 2>&1 &
follower=$!
at_end end_process $follower
sleep 0.3
make f1 f2
cat "$MNT/f1" "$MNT/f2" >/dev/null
followed()
{
	grep -q " $MNT/f1\$" "$T/followed" &&
		grep -q " $MNT/f2\$" "$T/followed"
}
wait_for 10 followed
kill $follower
wait $follower 2>/dev/null || true

it 'the lists cannot be written, and only root reads them'
expect_fail EACCES sh -c "echo x >'$MNT/$LIST'"
expect_fail EACCES as_user 1000 cat "$MNT/$LIST"

it 'imafs log: a name cannot speak to the terminal, and is itself in a pipe'
printf -v name 'f\e[31mred\302\233\nline'
echo name >"$SRC/$name"
cat "$MNT/$name" >/dev/null
"$IMAFS" log "$MNT" >"$T/text"
grep -qF "$MNT/${name%$'\n'*}" "$T/text"
script -qec "'$IMAFS' log '$MNT'" /dev/null </dev/null >"$T/terminal"
grep -qF "$MNT"'/f\x1b[31mred\xc2\x9b\x0aline' "$T/terminal"
! grep -q $'\e' "$T/terminal" || fail 'an escape reaches the terminal'

it 'imafs log: a directory that is no mount is not asked about banks'
mkdir "$T/none"
expect_status 3 "$IMAFS" log "$T/none"
grep -q "$T/none: no imafs is mounted there" <<<"$OUT"
expect_status 3 "$IMAFS" log --bank sha512 "$MNT"
grep -q 'no list for this bank' <<<"$OUT"

it 'the journal can be read when the mount is gone'
cp "$MNT/$LIST" "$T/ascii"
stop_mount
"$IMAFS" log "$STATE/journal" >"$T/offline"
cut -d ' ' -f 5 "$T/ascii" | grep . | while read -r name; do
	grep -qF "$name" "$T/offline" || fail "not in the journal: $name"
done
finish
