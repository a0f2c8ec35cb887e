#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Lists and PCRs of a journal without a mount, judged by evmctl, tpm2_pcrread
# and imafs log.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/../cases/lib/tpm.sh"

need_program evmctl swtpm tpm2_pcrread
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

it 'imafs log prints what the list holds, and JSON'
"$IMAFS" log "$T/list" >"$T/text"
[ "$(wc -l <"$T/text")" -eq 31 ]
grep -q ' ima-ng sha256:[0-9a-f]* /usr/share/file_3$' "$T/text"
[ "$("$IMAFS" log --json "$T/list" | grep -c '"violation": true')" -eq 3 ]

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

finish
