#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# evmctl and imafs read what the other one writes, and make the same bytes
# where there is only one way. Without privileges user.ima stands in for
# security.ima.
. "$(dirname "$0")/../cases/lib/harness.sh"

need_program evmctl openssl getfattr setfattr
attr=security.ima user=()
if [ "$(id -u)" -ne 0 ]; then
	attr=user.ima user=(--xattr-user)
fi
make_keys
# three curves more than those of make_keys, and an id that is not the key's
for c in secp384r1 secp521r1; do
	openssl ecparam -name "$c" -genkey -noout -out "$KEYS/$c.pem"
	openssl req -new -x509 -key "$KEYS/$c.pem" -subj "/CN=$c" -days 99 \
		-outform DER -out "$KEYS/$c.der"
done
openssl req -new -x509 -key "$KEYS/ec.pem" -subj /CN=own -days 99 \
	-addext subjectKeyIdentifier=0102030405060708090a0b0c0d0e0f10aabbccdd \
	-out "$KEYS/own.crt"
openssl x509 -in "$KEYS/own.crt" -outform DER -out "$KEYS/own.der"

hex_of()
{
	getfattr --absolute-names -n "$attr" -e hex "$1" |
		sed -n "s/^$attr=0x//p"
}

set_hex()
{
	setfattr -n "$attr" -v "0x$2" "$1"
}

new_file()
{
	rm -f "$1"
	printf '%s\n' "${2:-hello}" >"$1"
}

# shellcheck disable=SC2317 # expect_status runs it
imafs_verify()
{
	"$IMAFS" verify "${user[@]}" "$@"
}

# refused CAUSE FILE: with all keys but "other"
refused()
{
	expect_status 1 imafs_verify --keys "$KEYS/trusted" --require-signature \
		"$2"
	case $OUT in
	*": fail: $1 ("*) ;;
	*) fail "not refused for $1: $OUT" ;;
	esac
}

f=$T/f
cp "$KEYS"/secp*.der "$KEYS/trusted/"

for k in rsa ec secp384r1 secp521r1; do
	for alg in sha1 sha224 sha256 sha384 sha512; do
		it "evmctl signs with $k and $alg, imafs verifies"
		new_file "$f"
		evmctl ima_sign "${user[@]}" --hashalgo "$alg" \
			--key "$KEYS/$k.pem" "$f" >/dev/null 2>&1
		expect_status 0 imafs_verify --keys "$KEYS/trusted" \
			--require-signature "$f"
		case $OUT in
		*": pass (signature, $alg, "*) ;;
		*) fail "$OUT" ;;
		esac
		by_evmctl=$(hex_of "$f")

		it "imafs signs with $k and $alg, evmctl verifies"
		new_file "$f"
		expect_status 0 "$IMAFS" sign "${user[@]}" --hash "$alg" \
			--key "$KEYS/$k.pem" "$f"
		expect_status 0 evmctl ima_verify "${user[@]}" \
			--key "$KEYS/$k.der" "$f"
		case $OUT in
		*'verification is OK'*) ;;
		*) fail "$OUT" ;;
		esac
		# RSA has one signature for each digest; of ECDSA the header
		if [ "$k" = rsa ]; then
			[ "$(hex_of "$f")" = "$by_evmctl" ] ||
				fail 'not the same bytes'
		else
			[ "$(hex_of "$f" | cut -c 1-14)" = \
				"$(cut -c 1-14 <<<"$by_evmctl")" ] ||
				fail 'not the same header'
		fi
	done
done

it 'both take the key id from a certificate that has its own'
new_file "$f"
evmctl ima_sign "${user[@]}" --hashalgo sha256 --key "$KEYS/ec.pem" \
	--keyid-from-cert "$KEYS/own.crt" "$f" >/dev/null 2>&1
[ "$(hex_of "$f" | cut -c 1-14)" = 030204aabbccdd ] || fail "$(hex_of "$f")"
expect_status 0 imafs_verify --keys "$KEYS/own.der" "$f"
new_file "$f"
expect_status 0 "$IMAFS" sign "${user[@]}" --key "$KEYS/ec.pem" \
	--cert "$KEYS/own.crt" "$f"
[ "$(hex_of "$f" | cut -c 1-14)" = 030204aabbccdd ] || fail "$(hex_of "$f")"
# evmctl 1.4 writes such ids, but does not find them when it verifies
expect_status 0 imafs_verify --keys "$KEYS/own.der" "$f"

it 'imafs signs with an encrypted key, evmctl verifies'
openssl pkcs8 -topk8 -in "$KEYS/ec.pem" -out "$KEYS/locked.pem" \
	-v2 aes-256-cbc -passout pass:secret
new_file "$f"
EVMCTL_KEY_PASSWORD=secret expect_status 0 "$IMAFS" sign "${user[@]}" \
	--key "$KEYS/locked.pem" "$f"
expect_status 0 evmctl ima_verify "${user[@]}" --key "$KEYS/ec.der" "$f"

for alg in sha1 sha224 sha256 sha384 sha512; do
	it "hashes by $alg are the same bytes"
	new_file "$f"
	evmctl ima_hash "${user[@]}" --hashalgo "$alg" "$f" >/dev/null 2>&1
	new_file "$T/g"
	expect_status 0 "$IMAFS" hash "${user[@]}" --hash "$alg" "$T/g"
	[ "$(hex_of "$f")" = "$(hex_of "$T/g")" ] ||
		fail "$(hex_of "$f") $(hex_of "$T/g")"
	expect_status 0 imafs_verify "$f"
done

it 'imafs prints what it would write, and writes nothing'
new_file "$f"
new_file "$T/g"
expect_status 0 "$IMAFS" hash "${user[@]}" "$T/g"
expect_text "$(hex_of "$T/g")  $f" "$IMAFS" hash --dry-run "$f"
! hex_of "$f" 2>/dev/null | grep -q . || fail 'it has a label'

# From here on evmctl's signature is damaged.
signed_by_evmctl()
{
	new_file "$f"
	evmctl ima_sign "${user[@]}" --hashalgo sha256 \
		--key "$KEYS/$1.pem" "$f" >/dev/null 2>&1
}

for k in rsa ec; do
	it "$k: a changed file is refused"
	signed_by_evmctl "$k"
	echo more >>"$f"
	refused invalid-signature "$f"

	it "$k: every cut signature is refused"
	signed_by_evmctl "$k"
	value=$(hex_of "$f")
	for ((i = 2; i < ${#value}; i += 34)); do
		set_hex "$f" "${value:0:i}"
		refused invalid-signature "$f"
	done

	it "$k: changed bits in every part of the value are refused"
	for i in 4 6 14 18 22 60 $((${#value} - 2)); do
		byte=$((0x${value:i:2} ^ 1))
		set_hex "$f" "${value:0:i}$(printf %02x "$byte")${value:i+2}"
		refused invalid-signature "$f"
	done
done

it 'a key that nobody gave is refused'
signed_by_evmctl other
refused invalid-signature "$f"
case $OUT in
*'keys has the id '*) ;;
*) fail "$OUT" ;;
esac

it 'a hash is refused where a signature is required'
new_file "$f"
evmctl ima_hash "${user[@]}" "$f" >/dev/null 2>&1
refused IMA-signature-required "$f"

it 'a wrong hash is refused'
echo more >>"$f"
expect_status 1 imafs_verify "$f"
case $OUT in
*': fail: invalid-hash ('*) ;;
*) fail "$OUT" ;;
esac

it 'no label at all is refused'
new_file "$f"
refused IMA-signature-required "$f"
expect_status 1 imafs_verify "$f"
case $OUT in
*': fail: missing-hash ('*) ;;
*) fail "$OUT" ;;
esac

it 'a signature of version 1 is refused'
evmctl ima_sign "${user[@]}" --rsa --hashalgo sha1 --key "$KEYS/rsa.pem" \
	"$f" >/dev/null 2>&1
refused invalid-signature "$f"
finish
