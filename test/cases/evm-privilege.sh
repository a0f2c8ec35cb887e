#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# evm_keys=: execve() gives the privileges that were signed, whatever somebody
# does to the file below between the check and the moment when the kernel asks.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/label.sh"

need_root
need_program evmctl setpriv
make_keys

# VFS_CAP_REVISION_2, effective, permitted: CAP_NET_RAW (bit 13)
CAPABLE=0x0100000200200000000000000000000000000000
NET_RAW=0000000000002000
NOTHING=0000000000000000
OWNER=1001

portable()
{
	evmctl sign --portable --imahash --hashalgo sha256 \
		--key "$KEYS/rsa.pem" "$1" >/dev/null 2>&1
}

# The effective user id as uid 1000, or why there is none.
euid()
{
	setpriv --reuid 1000 --regid 1000 --clear-groups "$MNT/$1" -u \
		2>/dev/null || echo denied
}

effective_caps()
{
	{
		setpriv --reuid 1000 --regid 1000 --clear-groups "$MNT/$1" \
			CapEff /proc/self/status 2>/dev/null || echo : denied
	} | awk '{ print $2 }'
}

for f in root owner plain flip other; do
	cp "$(command -v id)" "$SRC/$f"
done
for f in capable incapable flip-caps; do
	cp "$(command -v grep)" "$SRC/$f"
done
chmod 4755 "$SRC/root"
chown "$OWNER" "$SRC/owner" "$SRC/other"
chmod 4755 "$SRC/owner" "$SRC/other"
setfattr -n security.capability -v $CAPABLE "$SRC/capable"
for f in "$SRC"/*; do
	portable "$f"
done
sleep 0.1

start_mount "evm_keys=$KEYS/rsa.der"
set_policy 'appraise func=BPRM_CHECK appraise_type=imasig'

it 'what is signed is what a program gets'
expect_text 0 euid root
expect_text $OWNER euid owner
expect_text 1000 euid plain
expect_text $NET_RAW effective_caps capable
expect_text $NOTHING effective_caps incapable
it 'again, from what is remembered'
expect_text 0 euid root
expect_text $OWNER euid owner
expect_text $NET_RAW effective_caps capable
expect_text $NOTHING effective_caps incapable

it 'an owner that the kernel was told before is not the one that it goes by'
chown 0 "$SRC/other"
chmod 4755 "$SRC/other"
[ "$(stat -c %u:%a "$MNT/other")" = 0:4755 ]
chown "$OWNER" "$SRC/other"
chmod 4755 "$SRC/other"
expect_text $OWNER euid other

it 'what is no longer as it was signed is not shown with privileges'
chown 0 "$SRC/owner"
chmod 4755 "$SRC/owner"
chmod 4755 "$SRC/plain"
setfattr -n security.capability -v $CAPABLE "$SRC/incapable"
sleep 1.1 # what the kernel was told is forgotten
[ "$(stat -c %a "$MNT/owner")" = 755 ] || fail "$(stat -c %a "$MNT/owner")"
[ "$(stat -c %a "$MNT/plain")" = 755 ]
! getfattr -n security.capability "$MNT/incapable" >/dev/null 2>&1 ||
	fail "capabilities that were not signed are shown"
expect_text denied euid owner
expect_text denied euid plain
expect_text denied effective_caps incapable

it 'it is again when it is signed again'
portable "$SRC/plain"
portable "$SRC/incapable"
sleep 0.1
expect_text 0 euid plain
expect_text $NET_RAW effective_caps incapable
[ "$(stat -c %a "$MNT/plain")" = 4755 ]
chmod 755 "$SRC/plain"
portable "$SRC/plain"
sleep 0.1
expect_text 1000 euid plain

it 'without a rule nothing is held back'
setfattr -n security.capability -v $CAPABLE "$SRC/plain"
chmod 4755 "$SRC/plain"
set_policy 'appraise func=FILE_CHECK fowner=4242'
expect_text 0 euid plain
getfattr -n security.capability "$MNT/plain" >/dev/null 2>&1
setfattr -x security.capability "$SRC/plain"
set_policy 'appraise func=BPRM_CHECK appraise_type=imasig'

it 'an execution that is not appraised does not loosen what another was told'
set_policy 'appraise func=BPRM_CHECK appraise_type=imasig uid=0'
chmod 755 "$SRC/plain"
sleep 0.1
sleep 1.1 # else the first run is told anew, in a node for itself
expect_text 0 "$MNT/plain" -u
exec 9<"$MNT/plain"
expect_text 1000 euid plain
chmod 4755 "$SRC/plain"
sleep 1.1
[ "$(stat -L -c %a /proc/self/fd/9)" = 755 ] || fail 'it shows the setuid bit'
exec 9<&-
expect_text 0 euid plain
set_policy 'appraise func=BPRM_CHECK appraise_type=imasig'

# flip COMMAND COMMAND: change the file below there and back, until races ends
flip()
{
	while :; do
		$1
		sleep 0.00$((RANDOM % 10))
		$2
		sleep 0.00$((RANDOM % 10))
	done &
	flipper=$(process_id $!)
	at_end end_process "$flipper"
}

# races FUNCTION FILE GOOD BAD: run it often; GOOD must be seen, BAD never
races()
{
	local i out good=0 bad=0

	for ((i = 0; i < 400; i++)); do
		out=$($1 "$2")
		case $out in
		"$3") good=$((good + 1)) ;;
		"$4") bad=$((bad + 1)) ;;
		denied) ;;
		*) fail "$out?" ;;
		esac
	done
	end_process "$flipper"
	note "$good of $i ran as signed"
	[ "$bad" -eq 0 ] || fail "$bad of $i gained what was not signed"
	[ "$good" -gt 0 ] || fail 'none ran'
}

it 'a setuid bit that comes and goes is never gained'
flip "chmod 4755 $SRC/flip" "chmod 755 $SRC/flip"
races euid flip 1000 0

it 'nor are capabilities'
flip "setfattr -n security.capability -v $CAPABLE $SRC/flip-caps" \
	"setfattr -x security.capability $SRC/flip-caps"
races effective_caps flip-caps $NOTHING $NET_RAW

stop_mount
finish
