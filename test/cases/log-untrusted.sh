#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# imafs log on what others have made: a directory that looks like a mount, and
# a TPM that answers with what nobody asked for.
. "$(dirname "$0")/lib/harness.sh"
need_root
need_program python3

start_mount
mkdir -p "$T/evil/.ima"
for f in version binary_runtime_measurements_sha1; do
	cp "$MNT/.ima/$f" "$T/evil/.ima/$f"
done
stop_mount
printf 'precious' >"$T/victim"

# harmless TCTI: that the directory says so does nothing
harmless()
{
	echo "tcti: $1" >"$T/evil/.ima/tpm"
	expect_status 3 timeout 20 "$IMAFS" log --verify "$T/evil"
	[ ! -e "$T/ran" ] || fail "a command was run for $1"
	[ "$(cat "$T/victim")" = precious ] || fail "$1 wrote to a file"
}

it 'a mount does not name a command that is run'
harmless "cmd:touch $T/ran"
harmless "pcap:cmd:touch $T/ran"

it 'nor a file that is written to'
harmless "device:$T/victim"
harmless "device:/dev/tpm/../..$T/victim"

it 'nor a library that is loaded'
if command -v cc >/dev/null; then
	cat >"$T/evil.c" <<END
#include <fcntl.h>
__attribute__((constructor)) static void begin(void)
{
	(void)creat("$T/ran", 0600);
}
END
	cc -shared -fPIC -o "$T/evil.so" "$T/evil.c"
fi
harmless "$T/evil.so"
harmless "$T/evil.so:x"

it 'what it may name is asked'
harmless "swtpm:path=$T/none"
[[ $OUT == *"swtpm:path=$T/none"* ]] || fail "$OUT"
harmless none
[[ $OUT == *'there is no TPM'* ]] || fail "$OUT"

it 'a TPM that does not answer what it was asked is an error, not for ever'
cat >"$T/tpm.py" <<'END'
import struct, sys
i, o = sys.stdin.buffer, sys.stdout.buffer
sha1 = struct.pack(">HB3s", 4, 3, b"\0\4\0")
sha256 = struct.pack(">HB3s", 11, 3, b"\0\4\0")
while True:
    head = i.read(10)
    if len(head) < 10:
        break
    _, size, code = struct.unpack(">HII", head)
    i.read(size - 10)
    if code == 0x17a:  # TPM2_GetCapability
        body = struct.pack(">BII", 0, 5, 2) + sha1 + sha256
    else:  # TPM2_PCR_Read: always SHA-1 alone
        body = struct.pack(">II", 1, 1) + sha1
        body += struct.pack(">IH", 1, 20) + bytes(20)
    o.write(struct.pack(">HII", 0x8001, 10 + len(body), 0) + body)
    o.flush()
END
expect_status 3 timeout 20 "$IMAFS" log --verify \
	--tcti "cmd:exec python3 $T/tpm.py" "$T/evil"
[[ $OUT == *'cannot read PCR 10'* ]] || fail "$OUT"
finish
