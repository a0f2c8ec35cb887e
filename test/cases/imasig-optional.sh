#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# appraise_type=imasig_optional: what is unsigned runs, but setuid bits and
# security.capability are not honoured; what is signed and valid gets them; a
# signature with anything wrong about it denies.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/label.sh"

need_root
need_program setpriv
make_keys

# unprivileged COMMAND...: as uid 1000, but able to gain by exec
unprivileged()
{
	setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}

# VFS_CAP_REVISION_2, effective, permitted: CAP_NET_RAW (bit 13)
CAPABLE=0100000200200000000000000000000000000000
NET_RAW=0000000000002000
NOTHING=0000000000000000

# Programs that say what they got: id(1) its effective uid, grep(1) its
# effective capabilities. Each in all the states that a label can have.
states='unsigned signed hashed wronghash tampered unknown truncated garbage'

prepare()
{
	local f=$SRC/$1-$2

	case $2 in
	signed | tampered | truncated) sign rsa "$f" ;;
	unknown) sign other "$f" ;;
	hashed) label "$f" "$(hash_label sha256 "$f")" ;;
	wronghash)
		label "$f" "$(another_last_byte "$(hash_label sha256 "$f")")"
		;;
	garbage) label "$f" 0302040000 ;;
	esac
	case $2 in
	tampered) printf 'x' >>"$f" ;;
	truncated)
		l=$(label_of "$f")
		label "$f" "${l%??}"
		;;
	esac
}

for s in $states; do
	for p in id grep; do
		cp "$(command -v $p)" "$SRC/$p-$s"
		prepare $p "$s"
	done
	# after the content: writing removes both
	chown root:root "$SRC/id-$s"
	chmod 4755 "$SRC/id-$s"
	setfattr -n security.capability -v "0x$CAPABLE" "$SRC/grep-$s"
done
cp "$(command -v id)" "$SRC/setgid-unsigned"
cp "$(command -v id)" "$SRC/setgid-signed"
sign ec "$SRC/setgid-signed"
chmod 2755 "$SRC"/setgid-*
sleep 0.1

start_mount "keys=$KEYS/trusted"

effective_uid()
{
	unprivileged "$MNT/id-$1" -u
}

effective_caps()
{
	unprivileged "$MNT/grep-$1" CapEff /proc/self/status | cut -f 2
}

it 'the programs gain what they ask for where no rule says otherwise'
expect_text 0 effective_uid unsigned
expect_text "$NET_RAW" effective_caps unsigned

it 'a policy for it is accepted, and not with --kernel'
set_policy 'measure func=BPRM_CHECK
appraise func=BPRM_CHECK appraise_type=imasig_optional'
grep -q 'appraise_type=imasig_optional' "$MNT/.ima/policy"
cat "$MNT/.ima/policy" >"$T/policy"
expect_status 0 "$IMAFS" policy check "$T/policy"
expect_status 1 "$IMAFS" policy check --kernel "$T/policy"

it 'signed and valid: the setuid bit is honoured'
expect_text 0 effective_uid signed
it 'signed and valid: capabilities are honoured'
expect_text "$NET_RAW" effective_caps signed
it 'signed and valid: the setgid bit is honoured'
expect_text 0 unprivileged "$MNT/setgid-signed" -g

it 'unsigned, and written by somebody: the bit that was not shown is gone'
cp "$(type -P true)" "$SRC/written"
chmod 4777 "$SRC/written"
sleep 0.1
exec 7<"$MNT/written" # it stays known, without the bit
as_user 1000 "$MNT/written"
as_user 1000 "$MNT/written"
expect_text 777 stat -c %a "$MNT/written"
as_user 1000 sh -c "echo more >>'$MNT/written'"
expect_text 777 stat -c %a "$SRC/written"
exec 7<&-

it 'unsigned: runs, the setuid bit is not honoured'
expect_text 1000 effective_uid unsigned
it 'unsigned: runs, capabilities are not honoured'
expect_text "$NOTHING" effective_caps unsigned
it 'unsigned: runs, the setgid bit is not honoured'
expect_text 1000 unprivileged "$MNT/setgid-unsigned" -g

it 'only a hash: is not a signature, runs without privilege'
expect_text 1000 effective_uid hashed
expect_text "$NOTHING" effective_caps hashed

it 'again, from what is remembered'
expect_text 1000 effective_uid unsigned
expect_text "$NOTHING" effective_caps unsigned
expect_text 0 effective_uid signed
expect_text "$NET_RAW" effective_caps signed

for s in tampered unknown truncated garbage; do
	it "$s: denied, for everybody"
	expect_fail EACCES unprivileged "$MNT/id-$s" -u
	denied_because invalid-signature "$MNT/id-$s"
	expect_fail EACCES unprivileged "$MNT/grep-$s" CapEff \
		/proc/self/status
	expect_fail EACCES "$MNT/id-$s" -u
done

it 'a wrong hash never gives privilege'
out=$(effective_uid wronghash 2>/dev/null) || out=denied
case $out in
1000 | denied) note "a wrong hash: $out" ;;
*) fail "a wrong hash runs as $out" ;;
esac

it 'a signed program that loses its label loses the privilege'
setfattr -x security.ima "$SRC/id-signed"
expect_text 1000 effective_uid signed
it 'and gets it back with the label'
sign rsa "$SRC/id-signed"
expect_text 0 effective_uid signed

it 'an unsigned one that is signed gets the privilege'
sign ec "$SRC/grep-unsigned"
expect_text "$NET_RAW" effective_caps unsigned

it 'root runs all that is unsigned'
expect_text 0 "$MNT/id-unsigned" -u

it 'without keys a signed program is denied, an unsigned one runs'
stop_mount
start_mount
set_policy 'appraise func=BPRM_CHECK appraise_type=imasig_optional'
expect_fail EACCES unprivileged "$MNT/id-signed" -u
denied_because invalid-signature "$MNT/id-signed"
expect_text 1000 effective_uid unsigned

stop_mount
finish
