#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A TPM that somebody else started, named by its TCTI: how it is extended, that
# it outlives the mount, and what happens to a PCR that is in use.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/../cases/lib/tpm.sh"
need_root
need_program swtpm tpm2_pcrread python3

SOCK=$T/tpm/sock
mkdir "$T/tpm"
swtpm socket --tpm2 --tpmstate "dir=$T/tpm" \
	--server "type=unixio,path=$SOCK" \
	--ctrl "type=unixio,path=$SOCK.ctrl" \
	--flags not-need-init,startup-clear --daemon --pid "file=$T/tpm/pid"
SWTPM=$(process_id "$(cat "$T/tpm/pid")")
at_end end_process "${SWTPM%%:*}"

# extends: how many banks each TPM2_PCR_Extend of the log of commands has
extends()
{
	python3 - "$1" <<'END'
import re, sys
log = open(sys.argv[1], "rb").read()
# TPM_ST_SESSIONS, size, TPM_CC_PCR_Extend, PCR 10, sessions, count
for m in re.finditer(rb"\x80\x02\0\0..\0\0\x01\x82\0\0\0\x0a(....)", log, re.S):
    at = m.end() + int.from_bytes(m[1], "big")
    print(int.from_bytes(log[at:at + 4], "big"))
END
}

echo 'measure func=FILE_CHECK' >"$T/policy"
for i in 1 2 3; do
	echo "$i" >"$SRC/$i"
done

it 'one command for each entry extends all banks'
# this TCTI writes down what is sent, and sends it on
export TCTI_PCAP_FILE=$T/commands
start_mount "tpm=pcap:swtpm:path=$SOCK,policy=$T/policy"
expect_text 1 cat "$MNT/1"
expect_text 2 cat "$MNT/2"
expect_text 1 cat "$MNT/1"
banks=$(sed -n 's/^banks: //p' "$MNT/.ima/tpm" | wc -w)
[ "$banks" -ge 2 ]
expect_text 'private: no' grep private "$MNT/.ima/tpm"
[ "$(wc -l <"$MNT/.ima/ascii_runtime_measurements")" -eq 3 ]
expect_text "$(printf '%s\n' "$banks" "$banks" "$banks")" \
	extends "$T/commands"

it 'the TPM goes on when the mount ends, and so does the list'
stop_mount
! t_gone "$SWTPM" || fail 'it has ended'
unset TCTI_PCAP_FILE
start_mount "tpm=swtpm:path=$SOCK,policy=$T/policy"
expect_text 3 cat "$MNT/3"
[ "$(wc -l <"$MNT/.ima/ascii_runtime_measurements")" -eq 4 ]
expect_status 0 "$IMAFS" log --verify "$MNT"
read_pcrs "swtpm:path=$SOCK"
evmctl_agrees "$MNT/.ima/binary_runtime_measurements"
stop_mount

it 'a PCR that somebody else has used is refused, and another one named'
expect_status 1 "$IMAFS" mount -o \
	"state=$T/state2,tpm=swtpm:path=$SOCK,policy=$T/policy" "$SRC" "$MNT"
[[ $OUT == *'PCR 10'*'pcr='* ]] || fail "$OUT"
! mountpoint -q "$MNT" || fail 'mounted all the same'

it 'and in another one its list begins'
start_mount "state=$T/state3,tpm=swtpm:path=$SOCK,pcr=11,policy=$T/policy"
expect_text 1 cat "$MNT/1"
[ "$(grep -c '^11 ' "$MNT/.ima/ascii_runtime_measurements")" -eq 2 ]
expect_status 0 "$IMAFS" log --verify "$MNT"
stop_mount
finish
