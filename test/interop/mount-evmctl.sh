#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# evmctl signs and hashes, the mount appraises; the mount measures, evmctl
# checks its list against the PCRs that tpm2_pcrread reads, and the signatures
# in it.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/../cases/lib/tpm.sh"

need_root
need_program evmctl swtpm tpm2_pcrread
make_keys

# evmctl finds OpenSSL's keys by their conventional form only
for k in rsa ec other; do
	for alg in sha1 sha256 sha384 sha512; do
		program "$SRC/$k-$alg" "$k-$alg"
		evmctl ima_sign --hashalgo "$alg" --key "$KEYS/$k.pem" \
			"$SRC/$k-$alg" >/dev/null 2>&1
	done
done
for alg in sha1 sha256 sha512; do
	program "$SRC/hash-$alg" "hash-$alg"
	evmctl ima_hash --hashalgo "$alg" "$SRC/hash-$alg" >/dev/null 2>&1
done
program "$SRC/tampered" tampered
evmctl ima_sign --hashalgo sha256 --key "$KEYS/rsa.pem" "$SRC/tampered" \
	>/dev/null 2>&1
echo '# more' >>"$SRC/tampered"
program "$SRC/unsigned" unsigned
sleep 0.05

printf '%s\n' 'measure func=FILE_CHECK template=ima-sig' \
	'measure func=BPRM_CHECK' \
	'appraise func=FILE_CHECK mask=MAY_READ' \
	'appraise func=BPRM_CHECK appraise_type=imasig' >"$T/policy"
start_mount "keys=$KEYS/trusted,policy=$T/policy,tpm=swtpm"

for k in rsa ec; do
	for alg in sha1 sha256 sha384 sha512; do
		it "signed by evmctl with $k and $alg: may be executed"
		expect_text "$k-$alg" "$MNT/$k-$alg"
	done
done
it 'signed by evmctl with a key that is not trusted: denied'
expect_fail EACCES "$MNT/other-sha256"
denied_because invalid-signature "$MNT/other-sha256"
it 'changed after evmctl signed it: denied'
expect_fail EACCES "$MNT/tampered"
denied_because invalid-signature "$MNT/tampered"
for alg in sha1 sha256 sha512; do
	it "hashed by evmctl with $alg: may be read, not executed"
	expect_text "$(cat "$SRC/hash-$alg")" cat "$MNT/hash-$alg"
	expect_fail EACCES "$MNT/hash-$alg"
	denied_because IMA-signature-required "$MNT/hash-$alg"
done
it 'a signature that evmctl writes through the mount is looked at'
expect_fail EACCES "$MNT/unsigned"
evmctl ima_sign --hashalgo sha256 --key "$KEYS/ec.pem" "$MNT/unsigned" \
	>/dev/null 2>&1 || {
	# it has to read the file to sign it, and that is denied
	evmctl ima_sign --hashalgo sha256 --key "$KEYS/ec.pem" \
		"$SRC/unsigned" >/dev/null 2>&1
}
expect_text unsigned "$MNT/unsigned"

list=$MNT/.ima/binary_runtime_measurements

it 'evmctl: the list leads to the PCRs of the TPM'
read_pcrs "$(mount_tcti)"
evmctl_agrees "$list" || fail "$(cat "$T/evmctl.out")"

it 'evmctl: so does a list with violations'
echo x >"$SRC/written"
exec 7>>"$MNT/hash-sha256.new"
cat "$MNT/hash-sha256.new" >/dev/null 2>&1 || true
exec 7>&-
exec 7<"$MNT/rsa-sha256"
rm -f "$SRC/hash-sha256.new"
exec 7<&-
[ "$(cat "$MNT/.ima/violations")" -gt 0 ]
read_pcrs "$(mount_tcti)"
evmctl_agrees "$list" || fail "$(cat "$T/evmctl.out")"

it 'and a wrong PCR is noticed, so the two checks above mean something'
sed -i 's/^PCR-10: ../PCR-10: 00/' "$T/pcrs.sha256"
! evmctl_agrees "$list" || fail 'evmctl agrees to anything'

it 'evmctl: the signatures in the list fit the digests, but for the changed file'
evmctl ima_measurement --ignore-violations --verify-sig \
	--key "$KEYS/rsa.der,$KEYS/ec.der,$KEYS/other.der" \
	"$list" >"$T/evmctl.out" 2>&1 || true
grep -q "$MNT/tampered: verification failed" "$T/evmctl.out" ||
	fail "$(cat "$T/evmctl.out")"
! grep -E 'verification failed|unknown keyid' "$T/evmctl.out" |
	grep -v "$MNT/tampered:" || fail 'others fail, too'

it 'imafs says the same'
expect_status 0 "$IMAFS" log --verify "$MNT"
expect_status 0 "$IMAFS" log --json --verify "$MNT"
[[ $OUT =~ ^\{\"entries\":[1-9].*\"compared\":[1-9][0-9]*,\"different\":0\}$ ]]

stop_mount
finish
