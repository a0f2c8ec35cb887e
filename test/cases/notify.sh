#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In the foreground, NOTIFY_SOCKET is told when the mount answers.
. "$(dirname "$0")/lib/harness.sh"
need_root
need_program python3

it 'who waits for READY=1 finds the mount'
cat >"$T/wait.py" <<'END'
import socket, subprocess, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(30)
env = {'NOTIFY_SOCKET': sys.argv[1].replace('\0', '@')}
p = subprocess.Popen(sys.argv[2:], env=env)
print(s.recv(100).decode())
print(open(sys.argv[-1] + '/file').read())
subprocess.run(['/bin/umount', sys.argv[-1]], check=True)
sys.exit(p.wait())
END
echo content >"$SRC/file"
OUT=$(python3 "$T/wait.py" "$T/socket" "$IMAFS" mount -f \
	-o "state=$STATE,tpm=none" "$SRC" "$MNT" 2>"$T/daemon.log")
[ "$OUT" = $'READY=1\ncontent' ] || fail "$OUT"
check_daemon_log

finish
