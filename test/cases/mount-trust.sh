#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# trust=: which certificates of keys= become keys.
. "$(dirname "$0")/lib/harness.sh"
need_root
make_keys

# issue NAME USAGE: $KEYS/issued/NAME.crt of NAME.pem, signed with the ec key
issue()
{
	openssl req -new -key "$KEYS/$1.pem" -subj "/CN=$1" |
		openssl x509 -req -CA "$KEYS/ec.crt" -CAkey "$KEYS/ec.pem" \
			-days 9 -out "$KEYS/issued/$1.crt" -extfile <(
				printf '%s\n' "keyUsage=$2" \
					subjectKeyIdentifier=hash \
					authorityKeyIdentifier=keyid:always
			) 2>/dev/null
}

mkdir "$KEYS/issued"
issue rsa digitalSignature
issue other keyCertSign
program "$SRC/by-rsa" yes
program "$SRC/by-other" yes
sign rsa "$SRC/by-rsa"
sign other "$SRC/by-other"
echo 'appraise func=BPRM_CHECK appraise_type=imasig' >"$T/policy"

it 'what the trust set signed is a key, the rest is named and left out'
start_mount "policy=$T/policy,keys=$KEYS/issued,trust=$KEYS/ec.crt"
expect_text yes "$MNT/by-rsa"
expect_fail EACCES "$MNT/by-other"
grep -q 'CN=rsa: .* RSA 2048' "$MNT/.ima/keys"
[ "$(wc -l <"$MNT/.ima/keys")" = 1 ]
grep -q 'not admitted: .*/other.crt: .*digitalSignature.* error=ENOKEY' \
	"$T/daemon.log"
stop_mount

it 'without any there is no mount'
expect_status 1 "$IMAFS" mount -o \
	"keys=$KEYS/issued,trust=$KEYS/rsa.crt,state=$STATE,tpm=none" \
	"$SRC" "$MNT"
case $OUT in
*'rsa.crt: its issuer is not in the trust set'*'no certificate of keys='*) ;;
*) fail "$OUT" ;;
esac
! mountpoint -q "$MNT" || fail 'mounted'

it 'a trust set that is not there is an error, not no trust'
expect_status 1 "$IMAFS" mount -o \
	"keys=$KEYS/issued,trust=$KEYS/none,state=$STATE,tpm=none" \
	"$SRC" "$MNT"
! mountpoint -q "$MNT" || fail 'mounted'

it 'trust= without keys= says what is missing'
expect_status 1 "$IMAFS" mount -o "trust=$KEYS/rsa.crt,state=$STATE,tpm=none" \
	"$SRC" "$MNT"
[[ $OUT == *'add keys=' ]] || fail "$OUT"

finish
