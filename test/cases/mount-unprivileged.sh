#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A user without privileges: in a user namespace, and with fusermount3.
. "$(dirname "$0")/lib/harness.sh"
need_root
need_program setpriv unshare fusermount3 /usr/bin/python3

# fusermount3 wants a user with a name
USER_ID=$(id -u daemon)
chown "$USER_ID:$USER_ID" "$SRC" "$MNT" "$STATE"
chmod 700 "$STATE"
echo one >"$SRC/file"
chown "$USER_ID:$USER_ID" "$SRC/file"
# the build directory may be closed to others
cp "$IMAFS" "$T/imafs"
export T SRC MNT STATE

AS=(setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups)
as()
{
	"${AS[@]}" "$@"
}

as unshare -Urm true 2>/dev/null || skip 'needs user namespaces'

it 'mounts in a user namespace, as its root'
cat >"$T/inside" <<'END'
set -eu
echo "$(id -u) $(cat "$SRC/file")"
"$T/imafs" mount -o "policy=tcb,tpm=none,state=$STATE" "$SRC" "$MNT"
trap 'umount -l "$MNT"' EXIT
cat "$MNT/file"
echo new >"$MNT/new"
chmod 600 "$MNT/new"
mkdir "$MNT/dir"
ls "$MNT"
grep -c ' .*file$' "$MNT/.ima/ascii_runtime_measurements" || true
cp /bin/true "$MNT/true"
"$MNT/true"
umount "$MNT"
trap - EXIT
flock -w 10 "$STATE/mount.lock" true
END
expect_status 0 as unshare -Urm bash "$T/inside"
expect_text one cat "$SRC/file"
expect_text "$USER_ID 600" stat -c '%u %a' "$SRC/new"
expect_text "$USER_ID" stat -c %u "$SRC/dir"

it 'says what it cannot have there'
case $OUT in
*CAP_SYS_ADMIN*RLIMIT_MEMLOCK* | *RLIMIT_MEMLOCK*CAP_SYS_ADMIN*) ;;
*) fail "$OUT" ;;
esac

it 'asks for a state directory when there is no place for one'
expect_status 1 as env -u XDG_RUNTIME_DIR unshare -Urm \
	"$T/imafs" mount -o tpm=none "$SRC" "$MNT"
case $OUT in
*state=DIR*) ;;
*) fail "$OUT" ;;
esac

it 'uses the XDG_RUNTIME_DIR of the user'
mkdir "$T/run"
chown "$USER_ID" "$T/run"
chmod 700 "$T/run"
expect_status 0 as env XDG_RUNTIME_DIR="$T/run" unshare -Urm \
	sh -c '"$T/imafs" mount -o tpm=none "$SRC" "$MNT" && umount "$MNT"'
[ -d "$T/run/imafs" ]

it 'takes a state directory in one that can only be entered'
mkdir -m 711 "$T/entered"
mkdir -m 700 "$T/entered/state"
chown "$USER_ID" "$T/entered/state"
expect_status 0 as unshare -Urm sh -c '"$T/imafs" mount \
	-o tpm=none,state="$T/entered/state" "$SRC" "$MNT" && umount "$MNT"'

it 'mounts with fusermount3, for that user alone'
at_end umount -l "$MNT"
expect_status 0 as "$T/imafs" mount -o "policy=tcb,tpm=none,state=$STATE" \
	"$SRC" "$MNT"
expect_text one as cat "$MNT/file"
expect_fail EACCES cat "$MNT/file"
case $(findmnt -n -o OPTIONS "$MNT") in
*nosuid*nodev*) ;;
*) fail "$(findmnt -n -o OPTIONS "$MNT")" ;;
esac

it 'files can be made that nobody may open again'
for mode in 444 400 200 0; do
	mask=$(printf '%o' $((0777 - 0$mode)))
	as sh -c "umask $mask; echo made >'$MNT/made-$mode'"
	expect_text "$mode 5" stat -c '%a %s' "$SRC/made-$mode"
	expect_text made cat "$SRC/made-$mode"
done

it 'and unmounts with it'
as fusermount3 -u "$MNT"
wait_for 10 flock -n "$STATE/mount.lock" true || fail 'the daemon still runs'

it 'SIGTERM unmounts, and what a mapping has changed is not lost'
printf '%4096s' '' >"$SRC/mapped"
chown "$USER_ID" "$SRC/mapped"
# not as(): $! is to be the daemon, not a subshell
"${AS[@]}" "$T/imafs" mount -f -o "tpm=none,state=$STATE" "$SRC" "$MNT" \
	2>>"$T/daemon.log" &
DAEMON=$!
at_end end_process "$DAEMON"
wait_for 10 as mountpoint -q "$MNT"
mkfifo "$T/go" "$T/done"
chown "$USER_ID" "$T/go" "$T/done"
# one that every user can run
"${AS[@]}" /usr/bin/python3 - "$MNT/mapped" "$T/go" "$T/done" \
	2>/dev/null <<'END' &
import mmap, sys
with open(sys.argv[1], "r+b") as f:
    m = mmap.mmap(f.fileno(), 4096)
    m[0:7] = b"changed"
    open(sys.argv[3], "w").write("x")
    open(sys.argv[2]).read()
END
at_end end_process "$!"
cat "$T/done" >/dev/null
kill -TERM "$DAEMON"
wait "$DAEMON" || fail "status $?"
expect_text changed head -c 7 "$SRC/mapped"
echo >"$T/go"
! as mountpoint -q "$MNT" || fail 'still mounted'
check_daemon_log

finish
