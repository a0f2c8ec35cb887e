#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Lists and PCRs of a journal without a mount, judged by evmctl, tpm2_pcrread
# and imafs log.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/../cases/lib/tpm.sh"

need_program evmctl swtpm tpm2_pcrread python3
TOOL=$TEST_BUILD/test/tpm/journal-tool
[ -x "$TOOL" ] || skip 'built without a TPM library'
TCTI=swtpm:path=$STATE/swtpm.sock
at_end "$TOOL" "$STATE" end

# journal FIRST COUNT: measure, and leave the sha1 list in $T/list
journal()
{
	"$TOOL" "$STATE" swtpm "$1" "$2" "$T/list" sha1
}

# lines N: $T/follow has so many lines
# shellcheck disable=SC2317 # for wait_for
lines()
{
	[ "$(wc -l <"$T/follow")" -eq "$1" ]
}

it 'evmctl: the list leads to the PCRs, in both banks'
journal 0 300
read_pcrs "$TCTI"
evmctl_agrees "$T/list"
grep -q '^Matched per TPM bank' "$T/evmctl.out"

it 'evmctl: so it does after another start'
journal 300 50
read_pcrs "$TCTI"
evmctl_agrees "$T/list"

it 'imafs log: so it says of the list, the journal, and every view'
expect_status 0 "$IMAFS" log --verify --tcti "$TCTI" "$T/list"
expect_status 0 "$IMAFS" log --verify --tcti "$TCTI" "$STATE/journal"
for bank in sha1 sha256 sha384 sha512; do
	expect_status 0 "$IMAFS" log --verify --hash-alg "$bank" \
		--tcti "$TCTI" "$STATE/journal"
done

it 'imafs log: values that tpm2_pcrread printed, or in the form of evmctl'
for f in pcrs pcrs.sha1 pcrs.sha256; do
	expect_status 0 "$IMAFS" log --verify --pcrs "$T/$f" "$T/list"
done

it 'imafs log: a journal that is in use is not said to be another'
"$TOOL" "$STATE" swtpm 1000 10000 >"$T/tool" 2>&1 &
tool=$!
at_end end_process "$tool"
n=0
while ! t_gone "$tool"; do
	status=0
	"$IMAFS" log --verify --tcti "$TCTI" "$STATE/journal" >"$T/verified" \
		2>&1 || status=$?
	case $status in
	0) n=$((n + 1)) ;;
	3) grep -q 'faster than they can be compared' "$T/verified" ;;
	*) fail "$(tail -n 3 "$T/verified")" ;;
	esac
done
wait "$tool"
note "$n comparisons"
expect_status 0 "$IMAFS" log --verify --tcti "$TCTI" "$STATE/journal"
journal 350 0

it 'a PCR that somebody else extends is noticed by both'
cp "$T/list" "$T/kept"
tpm2_pcrextend -T "$TCTI" "10:sha256=$(printf '%064d' 1)"
expect_status 1 "$IMAFS" log --verify --tcti "$TCTI" "$T/kept"
read_pcrs "$TCTI"
! evmctl ima_measurement --ignore-violations \
	--verify-bank sha256 --pcrs "sha256,$T/pcrs.sha256" "$T/kept" \
	>"$T/evmctl.out" 2>&1 || fail 'evmctl did not notice'

it 'and the next start refuses, with both values'
expect_status 1 "$TOOL" "$STATE" swtpm 400 1
grep -q 'PCR 10 (sha256) holds .* leads to ' <<<"$OUT"

it 'a changed entry is named'
cp "$T/list" "$T/changed"
printf 'X' | dd of="$T/changed" bs=1 seek=300 conv=notrunc status=none
expect_status 1 "$IMAFS" log --verify --pcrs "$T/pcrs" "$T/changed"
grep -q 'entry 2' <<<"$OUT"

it 'an entry that is left out is noticed'
"$TOOL" "$STATE" end
rm "$STATE/journal"
journal 0 30
read_pcrs "$TCTI"
# the last one: PCR, digest, name, and two fields with their lengths
last=$((4 + 20 + 4 + 6 + 4 + 4 + 40 + 4 + 19))
n=$(stat -c %s "$T/list")
head -c $((n - last)) "$T/list" >"$T/shorter"
expect_status 0 "$IMAFS" log --verify --pcrs "$T/pcrs" "$T/list"
expect_status 1 "$IMAFS" log --verify --pcrs "$T/pcrs" "$T/shorter"
grep -q '^30 entries, 2 violations: the list is NOT' <<<"$OUT"

it 'if all of them are, nothing is vouched for'
: >"$T/empty"
head -c "$(od -An -tu1 -j12 -N1 "$STATE/journal" | tr -d ' ')" \
	"$STATE/journal" >"$T/header"
for f in empty header; do
	expect_status 3 "$IMAFS" log --verify --pcrs "$T/pcrs" "$T/$f"
	[ "$OUT" = "imafs: $T/$f: the list is empty" ]
done

it 'imafs log prints what the list holds, and JSON'
"$IMAFS" log "$T/list" >"$T/text"
[ "$(wc -l <"$T/text")" -eq 31 ]
grep -q ' ima-ng sha256:[0-9a-f]* /usr/share/file_3$' "$T/text"
[ "$("$IMAFS" log --json "$T/list" | grep -c '"violation": true')" -eq 3 ]

it 'JSON is JSON, an object a line, also the result of a comparison'
"$IMAFS" log --json "$T/list" >"$T/json"
"$IMAFS" log --json --verify --pcrs "$T/pcrs" "$T/list" >"$T/verified"
"$IMAFS" log --json --verify --pcrs "$T/pcrs" "$T/shorter" >"$T/differs" ||
	[ $? -eq 1 ]
python3 - "$T/text" "$T/json" "$T/verified" "$T/differs" <<'END'
import json, sys
lines, entries, same, other = (open(f).read().splitlines() for f in sys.argv[1:])
for number, (line, entry) in enumerate(zip(lines, entries, strict=True)):
    e = json.loads(entry)
    assert e["number"] == number, e
    assert "%2u %s %s %s" % (e["pcr"], e["sha1"], e["template"],
                             e["fields"]) == line, (e, line)
    assert e["violation"] == (e["sha1"] == "0" * 40), e
same, other = json.loads(same[0]), json.loads(other[0])
assert (same["entries"], same["violations"]) == (31, 3), same
assert same["compared"] > 1 and same["different"] == 0, same
assert other["entries"] == 30 and other["different"] == other["compared"], other
END

it 'a view of another bank is asked after'
expect_status 0 "$IMAFS" log --verify --pcrs "$T/pcrs" "$STATE/journal"
"$TOOL" "$STATE" swtpm 30 0 "$T/view" sha256
expect_status 0 "$IMAFS" log --bank sha256 --verify --pcrs "$T/pcrs" "$T/view"
for words in '' "--verify --pcrs $T/pcrs"; do
	# shellcheck disable=SC2086 # words
	expect_status 1 "$IMAFS" log $words "$T/view"
	grep -q "^imafs: $T/view: .*(--bank)" <<<"$OUT"
done

it 'a damaged journal is status 1, and what was whole is printed'
cp "$STATE/journal" "$T/damaged"
printf 'X' | dd of="$T/damaged" bs=1 seek=600 conv=notrunc status=none
expect_status 1 "$IMAFS" log --verify --pcrs "$T/pcrs" "$T/damaged"
grep -Eq "^imafs: $T/damaged: damaged at byte [0-9]+$" <<<"$OUT"
expect_status 1 "$IMAFS" log "$T/damaged"
grep -q ' boot_aggregate$' <<<"$OUT"
printf 'X' | dd of="$T/damaged" bs=1 seek=20 conv=notrunc status=none
expect_status 1 "$IMAFS" log --json "$T/damaged"
[ "$OUT" = "imafs: $T/damaged: not a journal, or its header is damaged" ]

it 'what the values are to be compared with is named if it cannot be read'
expect_status 3 "$IMAFS" log --verify --pcrs "$T/none" "$T/list"
[ "$OUT" = "imafs: $T/none: No such file or directory" ]
expect_status 3 "$IMAFS" log --verify --pcrs /dev/null "$T/list"
[ "$OUT" = 'imafs: /dev/null: no PCR value is in it' ]
expect_status 3 "$IMAFS" log --verify --pcrs "$T/text" "$T/list"
grep -q "^imafs: $T/text:1: not a PCR value; " <<<"$OUT"

it 'without a TPM nothing can be said'
expect_status 3 "$IMAFS" log --verify "$T/list"
expect_status 3 "$IMAFS" log --verify --tcti swtpm:path="$T/none" "$T/list"
expect_status 3 "$IMAFS" log "$T/none"
expect_status 2 "$IMAFS" log --verify --follow "$T/list"

it 'imafs log --follow prints what is added to a journal'
"$IMAFS" log --follow "$STATE/journal" >"$T/follow" 2>&1 &
follower=$!
at_end end_process "$follower"
wait_for 10 lines 31
journal 30 20
wait_for 10 lines 51
end_process "$follower"

it 'and to a list, an entry when all of it is there'
head -c 500 "$T/list" >"$T/grows"
"$IMAFS" log --follow "$T/grows" >"$T/follow" 2>&1 &
follower=$!
at_end end_process "$follower"
wait_for 10 test -s "$T/follow"
tail -c +501 "$T/list" >>"$T/grows"
wait_for 10 lines 51
end_process "$follower"
"$IMAFS" log "$T/list" | cmp - "$T/follow"

it 'what is in another journal that took its place is not more of the same'
"$IMAFS" log --follow "$STATE/journal" >"$T/follow" 2>&1 &
follower=$!
wait_for 10 lines 51
"$TOOL" "$STATE" end
journal 0 40 # the old one is journal.N now
status=0
wait "$follower" || status=$?
[ "$status" -eq 3 ] || fail "ended with $status: $(tail -n 1 "$T/follow")"
grep -q "^imafs: $STATE/journal: .*another journal$" "$T/follow"
[ "$(wc -l <"$T/follow")" -eq 52 ]

finish
