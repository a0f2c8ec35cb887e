#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An ordinary user mounts: as root of a user namespace of her own, and through
# fusermount3. Measuring, appraising and locked content are the same; there is
# no passthrough.
. "$(dirname "$0")/lib/harness.sh"

need_root
need_program setpriv unshare fusermount3

USER_ID=$(id -u nobody) # fusermount3 wants a name

# ordinary COMMAND...: without capabilities, but able to run setuid programs
ordinary()
{
	setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups "$@"
}

ordinary test -w /dev/fuse || skip 'needs a /dev/fuse that users can open'
ordinary unshare -Urm true 2>/dev/null ||
	skip 'needs user namespaces for ordinary users'

make_keys
chmod -R a+rX "$KEYS"
echo text >"$SRC/plain"
program "$SRC/signed" signed
sign rsa "$SRC/signed"
program "$SRC/unsigned" unsigned
printf '%s\n' 'measure func=FILE_CHECK' \
	'appraise func=BPRM_CHECK appraise_type=imasig' >"$T/policy"
chown -R "$USER_ID:$USER_ID" "$SRC" "$MNT" "$STATE"
chmod 700 "$STATE"
# the program may be where only its builder can go
cp "$IMAFS" "$T/imafs"
ordinary "$T/imafs" --version >/dev/null ||
	skip 'the program needs files that users cannot read'
options=tpm=none,policy=$T/policy,keys=$KEYS/trusted,lock_budget=4M

# Everything that both kinds of mount must do; run by the user, with the mount
# at $MNT. Says what went wrong.
cat >"$T/session" <<'END'
set -eu
bad()
{
	echo "$*"
	exit 1
}
value_of()
{
	sed -n "s/^$1: //p" "$MNT/.ima/status"
}
[ "$(cat "$MNT/plain")" = text ] || bad 'cannot read'
digest=$(sha256sum <"$SRC/plain" | cut -d ' ' -f 1)
grep -q "sha256:$digest $MNT/plain\$" "$MNT/.ima/ascii_runtime_measurements" ||
	bad 'not measured'
[ "$("$MNT/signed")" = signed ] || bad 'a signed program does not run'
if "$MNT/unsigned" 2>/dev/null; then
	bad 'an unsigned program runs'
fi
grep -q 'cause=IMA-signature-required .*/unsigned"' "$MNT/.ima/denials" ||
	bad "no reason: $(cat "$MNT/.ima/denials")"
exec 7<"$MNT/plain"
echo changed >"$SRC/plain"
[ "$(cat <&7)" = text ] || bad 'the old handle sees the new content'
[ "$(cat "$MNT/plain")" = changed ] || bad 'a new one does not'
exec 7<&-
echo new >"$MNT/new"
[ "$(stat -c %u "$MNT/new")" = "$(id -u)" ] || bad 'a new file is not mine'
mkdir "$MNT/dir"
mv "$MNT/new" "$MNT/dir/new"
[ "$(cat "$SRC/dir/new")" = new ] || bad 'written elsewhere'
rm -r "$MNT/dir"
[ "$(value_of passthrough)" = no ] || bad 'passthrough?'
[ "$(value_of policy_rules)" = 2 ] || bad 'no policy'
echo 'dont_measure' >"$MNT/.ima/policy" || bad 'cannot write the policy'
[ "$(cat "$MNT/.ima/policy")" = 'dont_measure ' ] || bad 'another policy'
END

cat >"$T/in-namespace" <<'END'
set -eu
"$T/imafs" mount -f -o "$OPTIONS,state=$STATE" "$SRC" "$MNT" \
	>"$STATE/daemon.log" 2>&1 &
daemon=$!
trap 'kill $daemon 2>/dev/null || true' EXIT
for _ in $(seq 200); do
	mountpoint -q "$MNT" && break
	kill -0 "$daemon" 2>/dev/null || {
		cat "$STATE/daemon.log"
		exit 1
	}
	sleep 0.05
done
sh "$T/session"
umount "$MNT"
wait "$daemon" || {
	echo "the daemon ended with $?"
	exit 1
}
END
export T SRC MNT STATE OPTIONS=$options

it 'mounts as root of a user namespace, measures, appraises and locks'
expect_status 0 ordinary unshare -Urm bash "$T/in-namespace"
it 'and says that there is no passthrough'
grep -qi passthrough "$STATE/daemon.log"
it 'nothing of it is left outside'
! mountpoint -q "$MNT" || fail "$MNT is still mounted"

it 'mounts through fusermount3, as the user that she is'
rm -rf "${STATE:?}"/*
echo text >"$SRC/plain"
# shellcheck disable=SC2024 # the log is ours
ordinary "$T/imafs" mount -f -o "$options,state=$STATE" "$SRC" "$MNT" \
	>"$T/daemon.log" 2>&1 &
DAEMON=$!
disown "$DAEMON"
at_end end_process "$DAEMON"
at_end umount -l "$MNT"
# root cannot look into it
# shellcheck disable=SC2317 # called by name
user_mounted()
{
	grep -qF " $MNT " /proc/self/mountinfo || ! kill -0 "$DAEMON"
}
wait_for 20 user_mounted
grep -qF " $MNT " /proc/self/mountinfo ||
	fail "no mount: $(cat "$T/daemon.log")"
expect_status 0 ordinary sh "$T/session"

it 'nobody else can enter it, not even root'
expect_fail EACCES cat "$MNT/plain"

it 'fusermount3 -u ends it'
ordinary fusermount3 -u "$MNT"
wait_for 20 t_gone "$DAEMON"
check_daemon_log
finish
