#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What cannot be mounted is refused with the reason, before anything is
# visible; and mount.imafs takes what mount(8) gives it.
. "$(dirname "$0")/lib/harness.sh"
need_root

rmdir "$STATE"
ln -s "$IMAFS" "$T/mount.imafs"
echo content >"$SRC/file"
at_end umount -l "$MNT"

# refused STATUS PART-OF-MESSAGE OPTIONS [SOURCE [MOUNTPOINT]]
refused()
{
	expect_status "$1" "$IMAFS" mount -o "state=$STATE,tpm=none,$3" \
		"${4-$SRC}" "${5-$MNT}"
	case $OUT in
	*"$2"*) ;;
	*) fail "not explained: $OUT" ;;
	esac
	! mountpoint -q "$MNT" || fail 'mounted all the same'
}

it 'unknown words are named'
refused 2 "'frobnicate'" ro,frobnicate,nosuid
refused 2 "'nosymfollow'" nosymfollow

it 'wrong values are named'
refused 2 'pcr=24' pcr=24
refused 2 'hash=md17' hash=md17
refused 2 'template=x' template=x
refused 2 'appraise=maybe' appraise=maybe
refused 2 'lock_budget=much' lock_budget=much
refused 2 'control=loud' control=loud
refused 2 'workers=0' workers=0
refused 2 'auto_unmount' auto_unmount
refused 2 'state directory must be outside' "state=$SRC/state"
refused 2 'state directory must be outside' "state=$MNT"

it 'a command line without source or mount point is explained'
expect_status 2 "$IMAFS" mount
expect_status 2 "$IMAFS" mount "$SRC"
expect_status 2 "$IMAFS" mount "$SRC" "$MNT" "$T"
expect_status 2 "$IMAFS" mount --frob "$SRC" "$MNT"
case $OUT in
"imafs mount: unrecognized option '--frob'"*) ;;
*) fail "not explained: $OUT" ;;
esac
expect_status 0 "$IMAFS" mount --help

it 'a source or mount point that is not there is named'
refused 1 "$T/nothing: No such file" ro "$T/nothing"
refused 1 "$T/nothing: No such file" ro "$SRC" "$T/nothing"
refused 1 'not a directory' ro "$SRC/file"
refused 1 'not a directory' ro "$SRC" "$SRC/file"

it 'policies that cannot be loaded are explained'
refused 1 "$T/no-policy" "policy=$T/no-policy"
refused 1 'signed_init' policy=no_builtin
printf 'measure func=FILE_CHECK\nmeasure func=NONSENSE\n' >"$T/policy"
refused 1 "$T/policy:2:9: " "policy=$T/policy"
refused 1 "$SRC" "policy=$SRC"

it 'keys that cannot be loaded are explained'
refused 1 "keys=$T/no-keys: No such file" "keys=$T/no-keys"
refused 1 "trust=$T/no-keys: No such file" "keys=$T/no-keys,trust=$T/no-keys"
echo 'not a key' >"$T/bad.pem"
refused 1 "$T/bad.pem" "keys=$T/bad.pem"
mkdir "$T/empty"
refused 1 "$T/empty" "keys=$T/empty"

it 'what came to nothing leaves no state directory'
[ ! -e "$STATE" ] || fail "left: $(ls -la "$STATE")"
expect_status 1 "$IMAFS" mount -o "state=$STATE,tpm=swtpm" "$SRC" "$T/nothing"
[ ! -e "$STATE" ] || fail "left: $(ls -la "$STATE")"
expect_status 1 "$IMAFS" mount -o "tpm=none,policy=$T/no-policy" "$SRC" "$MNT"
! compgen -G "/run/imafs/*${T##*.}*" || fail 'left in /run/imafs'

it 'a state directory that others could change is refused'
mkdir -m 777 "$T/open"
chmod 777 "$T/open"
refused 1 "$T/open" "state=$T/open"
refused 1 "$T/open" "state=$T/open/state"
mkdir "$T/theirs"
chown 12345 "$T/theirs"
refused 1 'belongs to user 12345' "state=$T/theirs"
mkdir "$T/real"
ln -s real "$T/link"
refused 1 "$T/link" "state=$T/link"

it 'a state directory is made for its owner alone'
"$IMAFS" mount -o "state=$STATE,tpm=none" "$SRC" "$MNT"
expect_text '700 0' stat -c '%a %u' "$STATE"
umount "$MNT"
wait_for 10 flock -n "$STATE/mount.lock" true

it 'mount -f checks everything and mounts nothing'
expect_status 0 "$T/mount.imafs" "$SRC" "$MNT" -f -o "state=$STATE,tpm=none"
! mountpoint -q "$MNT" || fail 'mounted'
expect_status 2 "$T/mount.imafs" "$SRC" "$MNT" -f -o frobnicate
expect_status 1 "$T/mount.imafs" "$SRC" "$T/nothing" -f

it 'mount -s ignores what it does not know, and nothing else'
expect_status 0 "$T/mount.imafs" "$SRC" "$MNT" -f -s -o frobnicate
expect_status 2 "$T/mount.imafs" "$SRC" "$MNT" -f -s -o pcr=99

it 'mount.imafs takes what mount(8) passes on from fstab'
"$T/mount.imafs" "$SRC" "$MNT" -n -o "rw,nosuid,nodev,noexec,relatime,nofail,\
_netdev,x-systemd.automount,comment=a b,user=joe,uhelper=x,state=$STATE,\
tpm=none"
expect_text "$SRC fuse.imafs" findmnt -n -o SOURCE,FSTYPE --raw "$MNT"
case $(findmnt -n -o OPTIONS "$MNT") in
*nosuid,nodev,noexec*) ;;
*) fail "$(findmnt -n -o OPTIONS "$MNT")" ;;
esac
program "$SRC/program" hello
expect_fail EACCES "$MNT/program"
umount "$MNT"
wait_for 10 flock -n "$STATE/mount.lock" true

it 'mount(8) mounts it from an fstab'
mkdir "$T/sbin"
cp "$IMAFS" "$T/sbin/mount.imafs"
printf '%s %s imafs nofail,noatime,tpm=none,policy=tcb,state=%s 0 0\n' \
	"$SRC" "$MNT" "$STATE" >"$T/fstab"
cat >"$T/inside" <<'END'
set -eu
mount --make-rprivate /
# mount(8) knows one place for its helpers
mount --bind "$1/sbin" "$(readlink -f /sbin)"
mount --fstab "$1/fstab" "$1/mnt"
cat "$1/mnt/file"
umount "$1/mnt"
flock -w 10 "$1/state/mount.lock" true
END
expect_status 0 unshare -m sh "$T/inside" "$T"
case $OUT in
*content*) ;;
*) fail "$OUT" ;;
esac

it 'ro is read-only, and root may use devices and setuid unless told not to'
"$IMAFS" mount -o "ro,state=$STATE,tpm=none" "$SRC" "$MNT"
expect_fail EROFS touch "$MNT/new"
case $(findmnt -n -o OPTIONS "$MNT") in
*nosuid* | *nodev*) fail "$(findmnt -n -o OPTIONS "$MNT")" ;;
esac
umount "$MNT"
wait_for 10 flock -n "$STATE/mount.lock" true

it 'names with commas, blanks and backslashes are possible'
odd=$T/'a,b c\d'
mkdir "$odd" "$odd/src" "$odd/mnt"
echo odd >"$odd/src/file"
printf 'measure func=FILE_CHECK\n' >"$odd/policy"
at_end umount -l "$odd/mnt"
"$IMAFS" mount -o "policy=$T/a\\,b c\\\\d/policy,state=$STATE,tpm=none" \
	"$odd/src" "$odd/mnt"
expect_text odd cat "$odd/mnt/file"
umount "$odd/mnt"
wait_for 10 flock -n "$STATE/mount.lock" true

it 'a policy is locked by policy_once, from the first on'
"$IMAFS" mount -o "policy=tcb,policy_once,state=$STATE,tpm=none" "$SRC" "$MNT"
expect_fail EPERM sh -c "echo 'measure func=FILE_CHECK' >'$MNT/.ima/policy'"
umount "$MNT"
wait_for 10 flock -n "$STATE/mount.lock" true
"$IMAFS" mount -o "policy_once,state=$STATE,tpm=none" "$SRC" "$MNT"
echo 'measure func=FILE_CHECK' >"$MNT/.ima/policy"
expect_fail EPERM sh -c "echo 'measure func=FILE_CHECK' >'$MNT/.ima/policy'"
umount "$MNT"

finish
