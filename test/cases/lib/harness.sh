# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What every shell test has: a place of its own, a mount, checks, and the
# promise that nothing is left behind.
#
#     #!/bin/bash
#     . "$(dirname "$0")/lib/harness.sh"      (../cases/lib/ from elsewhere)
#     need_root
#     make_keys
#     it 'a signed program runs'
#     ...commands; the first that fails ends the test, as set -e does
#     it 'an unsigned one does not'
#     expect_fail EACCES "$MNT/unsigned"
#     finish
#
# Output is TAP: one line for each "it". What a test may use:
#
#     $IMAFS        the program under test
#     $T            a new directory on a file system with extended attributes
#     $SRC $MNT     source and mountpoint below it, empty
#     $STATE        the mount's state directory
#     $KEYS         where make_keys put keys
#
# Knobs: TEST_TMP (where $T is made, default $TMPDIR or /var/tmp), TEST_KEEP=1
# (keep $T), TEST_MUST_RUN=1 (a skip is a failure).
set -eu -o pipefail
export LC_ALL=C
umask 022

: "${TEST_SOURCE:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}"
: "${TEST_BUILD:=$TEST_SOURCE/build-gcc}"
: "${IMAFS:=$TEST_BUILD/cli/imafs}"
export IMAFS TEST_SOURCE TEST_BUILD PATH="$PATH:/usr/sbin:/sbin"

t_number=0
t_name=
t_undo=() # commands, undone last first
t_done=

# Output

note()
{
	printf '%s\n' "$@" | sed 's/^/# /'
}

t_ok()
{
	[ -z "$t_name" ] || {
		t_number=$((t_number + 1))
		printf 'ok %d - %s\n' "$t_number" "$t_name"
	}
	t_name=
}

# it SENTENCE: the check before this one has passed; begin another
it()
{
	t_ok
	t_name=$*
}

finish()
{
	t_ok
	printf '1..%d\n' "$t_number"
	t_done=1
	exit 0
}

# fail REASON: with the function and line of the test that it came from
fail()
{
	note "$*" "at ${BASH_SOURCE[-1]##*/}:${BASH_LINENO[-2]}"
	exit 1
}

# skip REASON: the whole test; only before the first check
skip()
{
	t_done=1
	if [ -n "${TEST_MUST_RUN:-}" ]; then
		# meson shows of a TAP test what it bails out with, no comments
		printf 'Bail out! must run, but would skip: %s\n' "$*"
		exit 1
	fi
	printf '1..0 # SKIP %s\n' "$*"
	exit 0 # what a TAP test skips, its plan says
}

# Undoing

# at_end COMMAND...: done when the test ends, whichever way; last one first
at_end()
{
	if [ "$1" = end_process ]; then
		set -- end_process "$(process_id "$2")"
	fi
	t_undo+=("$(printf '%q ' "$@")")
}

t_exit()
{
	local status=$? i

	trap - EXIT ERR
	set +e
	if [ -z "$t_done" ]; then
		t_number=$((t_number + 1))
		printf 'not ok %d - %s\n' "$t_number" "${t_name:-setup}"
		[ ! -s "${T:-/nonexistent}/daemon.log" ] ||
			note "the daemon said:" "$(tail -n 40 "$T/daemon.log")"
		printf '1..%d\n' "$t_number"
		[ "$status" -ne 0 ] || status=1
	fi
	for ((i = ${#t_undo[@]} - 1; i >= 0; i--)); do
		eval "${t_undo[i]}" >/dev/null 2>&1
	done
	exit "$status"
}
trap t_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# On errors that set -e ends the test for, say where.
t_error()
{
	note "failed: $1" "at ${BASH_SOURCE[-1]##*/}:$2"
}
trap 't_error "$BASH_COMMAND" "$LINENO"' ERR
set -E

# What a test needs

need_root()
{
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	[ -c /dev/fuse ] || skip 'needs /dev/fuse'
}

need_program()
{
	local p

	for p; do
		command -v "$p" >/dev/null || skip "needs $p"
	done
}

# A place of one's own

# Whatever is still mounted below $T, however it came there, goes last.
t_unmount_all()
{
	local mounts

	mounts=$(awk -v t="$T/" 'index($2, t) == 1 { print $2 }' \
		/proc/self/mounts | tac)
	while read -r m; do
		[ -z "$m" ] || umount -l "$m"
	done <<<"$mounts"
}

t_make_tmp()
{
	T=$(mktemp -d "${TEST_TMP:-${TMPDIR:-/var/tmp}}/imafs-test.XXXXXX")
	chmod 755 "$T"
	if [ -n "${TEST_KEEP:-}" ]; then
		note "kept: $T"
	else
		at_end rm -rf --one-file-system "$T"
	fi
	at_end t_unmount_all
	# the attributes under test do not work on every temporary directory
	if [ "$(id -u)" -eq 0 ] &&
		! setfattr -n security.imafs-test -v x "$T" 2>/dev/null; then
		ext4_at "$T" 512
	fi
	SRC=$T/src MNT=$T/mnt STATE=$T/state KEYS=$T/keys
	mkdir "$SRC" "$MNT" "$STATE"
}

# ext4_at DIRECTORY MIB [MKFS-OPTION...]: mount a new ext4 there; $LOOP is its
# block device
ext4_at()
{
	local image

	image=$(mktemp "${TEST_TMP:-${TMPDIR:-/var/tmp}}/imafs-ext4.XXXXXX")
	at_end rm -f "$image"
	truncate -s "$2M" "$image"
	mkfs.ext4 -q -F -m 0 "${@:3}" "$image" >/dev/null
	LOOP=$(losetup --find --show "$image")
	at_end losetup -d "$LOOP"
	mkdir -p "$1"
	mount -t ext4 "$LOOP" "$1"
	at_end umount -l "$1"
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for()
{
	local tries=$(($1 * 50))

	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.02
	done
}

# process_id PID: "PID:START"; when it started tells it from whoever has its
# number later (proc(5), field 22 of stat; the second may have blanks)
process_id()
{
	local start

	start=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20)
	printf '%s:%s' "$1" "${start:-gone}"
}

# t_gone PID|PID:START
t_gone()
{
	case $1 in
	*:gone) ;;
	*:*) [ "$(process_id "${1%%:*}")" != "$1" ] ;;
	*) ! kill -0 "$1" 2>/dev/null ;;
	esac
}

# end_process PID|PID:START: politely, then not; only for processes of this
# test. A PID that is kept for later must be the long form: numbers are used
# again. at_end keeps it so.
end_process()
{
	if t_gone "$1"; then
		return 0
	fi
	kill "${1%%:*}" 2>/dev/null || return 0
	wait_for 5 t_gone "$1" || kill -9 "${1%%:*}" 2>/dev/null || true
}

# end_swtpm STATE: what a daemon that was killed leaves running
end_swtpm()
{
	local pid

	pid=$(cat "$1/swtpm.pid" 2>/dev/null) || return 0
	[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != swtpm ] ||
		end_process "$(process_id "$pid")"
}

# The mount

t_mounted()
{
	[ "$(stat -f -c %T "$MNT" 2>/dev/null)" = fuseblk ] ||
		mountpoint -q "$MNT"
}

t_ready_or_dead()
{
	t_mounted || t_gone "$DAEMON"
}

# start_mount [OPTIONS]: mount $SRC at $MNT; the daemon's messages go to
# $T/daemon.log, its process id to $DAEMON. tpm=none unless OPTIONS says so.
start_mount()
{
	local o="state=$STATE"

	case ,${1:-}, in
	*,tpm=*) ;;
	*) o=$o,tpm=none ;;
	esac
	[ -z "${1:-}" ] || o=$o,$1
	"$IMAFS" mount -f -o "$o" "$SRC" "$MNT" >>"$T/daemon.log" 2>&1 &
	DAEMON=$!
	disown "$DAEMON" # the shell is not to report how it ended
	at_end t_end_mount "$(process_id "$DAEMON")" "$STATE"
	wait_for 30 t_ready_or_dead || fail 'the mount does not come up'
	t_mounted || fail "the daemon ended: $(tail -n 3 "$T/daemon.log")"
}

t_end_mount()
{
	umount "$MNT" || umount -l "$MNT"
	end_process "$1"
	end_swtpm "$2"
}

# stop_mount: umount(8); the daemon must end by itself and have had no accident
stop_mount()
{
	umount "$MNT"
	wait_for 30 t_gone "$DAEMON" ||
		fail 'the daemon does not end after umount'
	check_daemon_log
}

# kill_mount: kill -9 the daemon and clear the dead mount away
kill_mount()
{
	kill -9 "$DAEMON"
	wait_for 10 t_gone "$DAEMON"
	umount -l "$MNT" 2>/dev/null || true
}

# What a sanitizer says is a failure of whatever test was running.
check_daemon_log()
{
	! grep -qE 'ERROR: (Address|Leak|Thread)Sanitizer|runtime error:' \
		"$T/daemon.log" || fail 'a sanitizer complained in daemon.log'
}

# A control file's value: status_of NAME
status_of()
{
	sed -n "s/^$1: //p" "$MNT/.ima/status"
}

# set_policy TEXT: replace the policy of the running mount
set_policy()
{
	printf '%s\n' "$1" >"$MNT/.ima/policy" ||
		fail "policy refused: $(cat "$MNT/.ima/policy_error")"
}

# log_has PATTERN / log_lacks PATTERN: in the ASCII list (extended expression)
log_has()
{
	grep -qE -- "$1" "$MNT/.ima/ascii_runtime_measurements" ||
		fail "no log entry matches: $1"
}

log_lacks()
{
	! grep -E -- "$1" "$MNT/.ima/ascii_runtime_measurements" ||
		fail "a log entry matches: $1"
}

# denied_because CAUSE NAME: the last denial was of this cause and file
denied_because()
{
	local last

	last=$(tail -n 1 "$MNT/.ima/denials")
	case $last in
	*" cause=$1 "*"$2"*) ;;
	*) fail "expected cause=$1 for $2, the last denial is: $last" ;;
	esac
}

# Checks

t_errno_text()
{
	case $1 in
	EPERM) echo 'Operation not permitted' ;;
	ENOENT) echo 'No such file or directory' ;;
	EIO) echo 'Input/output error' ;;
	E2BIG) echo 'Argument list too long' ;;
	EBADF) echo 'Bad file descriptor' ;;
	ENOMEM) echo 'Cannot allocate memory' ;;
	EACCES) echo 'Permission denied' ;;
	EBUSY) echo 'Device or resource busy' ;;
	EEXIST) echo 'File exists' ;;
	EXDEV) echo 'Invalid cross-device link' ;;
	ENOTDIR) echo 'Not a directory' ;;
	EISDIR) echo 'Is a directory' ;;
	EINVAL) echo 'Invalid argument' ;;
	ETXTBSY) echo 'Text file busy' ;;
	EFBIG) echo 'File too large' ;;
	ENOSPC) echo 'No space left on device' ;;
	EROFS) echo 'Read-only file system' ;;
	ENODATA) echo 'No data available' ;;
	ENOTEMPTY) echo 'Directory not empty' ;;
	ELOOP) echo 'Too many levels of symbolic links' ;;
	EOPNOTSUPP) echo 'Operation not supported' ;;
	ENOTCONN) echo 'Transport endpoint is not connected' ;;
	ESTALE) echo 'Stale file handle' ;;
	*) fail "harness: what is $1?" ;;
	esac
}

# expect_fail ERRNO COMMAND...: it must fail and say that error's text
expect_fail()
{
	local text out status=0

	text=$(t_errno_text "$1")
	shift
	out=$("$@" 2>&1 </dev/null) || status=$?
	[ "$status" -ne 0 ] || fail "succeeded: $*"
	case $out in
	*"$text"*) ;;
	*) fail "$* failed with status $status, not with '$text': $out" ;;
	esac
}

# expect_status STATUS COMMAND...; its output is in $OUT
expect_status()
{
	local want=$1 status=0

	shift
	OUT=$("$@" 2>&1 </dev/null) || status=$?
	[ "$status" -eq "$want" ] ||
		fail "$* ended with $status, not $want: $OUT"
}

# expect_text WANT COMMAND...
expect_text()
{
	local want=$1 got

	shift
	got=$("$@" 2>&1) || fail "$* failed: $got"
	[ "$got" = "$want" ] || fail "$* said '$got', not '$want'"
}

# as_user UID COMMAND...: with that uid and gid, no groups, no capabilities
as_user()
{
	local id=$1

	shift
	setpriv --reuid "$id" --regid "$id" --clear-groups --inh-caps=-all \
		--bounding-set=-all --no-new-privs "$@"
}

# Things to protect

# make_keys: $KEYS/{rsa,ec,other}.pem with certificates .der and .crt; trust
# is $KEYS/trusted/ with rsa and ec in it
make_keys()
{
	local k

	mkdir -p "$KEYS/trusted"
	openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
		-out "$KEYS/rsa.pem"
	openssl genpkey -quiet -algorithm EC \
		-pkeyopt ec_paramgen_curve:P-256 -out "$KEYS/ec.pem"
	openssl genpkey -quiet -algorithm EC \
		-pkeyopt ec_paramgen_curve:P-256 -out "$KEYS/other.pem"
	for k in rsa ec other; do
		openssl req -new -x509 -key "$KEYS/$k.pem" -days 3650 \
			-subj "/O=imafs test/CN=$k" -sha256 \
			-addext 'keyUsage=critical,digitalSignature' \
			-addext 'basicConstraints=critical,CA:FALSE' \
			-addext 'subjectKeyIdentifier=hash' \
			-out "$KEYS/$k.crt"
		openssl x509 -in "$KEYS/$k.crt" -outform DER \
			-out "$KEYS/$k.der"
	done
	cp "$KEYS/rsa.der" "$KEYS/ec.der" "$KEYS/trusted/"
}

# program PATH TEXT: an executable script that prints TEXT
program()
{
	printf '#!/bin/sh\necho %q\n' "$2" >"$1"
	chmod 755 "$1"
}

# sign KEY FILE...: security.ima signatures; KEY is a name of make_keys
sign()
{
	local key=$KEYS/$1.pem

	shift
	"$IMAFS" sign --key "$key" "$@" >/dev/null
}

t_make_tmp
