#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Which keys a machine admits that boots with init=/ima/init, and what it says of
# the others.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
make_chain
base_root

it 'no keys at all are said to be missing'
fresh_root
rm -r "$ROOT"/etc/keys/*
boot
stopped 'neither /etc/keys/x509_ima.der nor /etc/keys/ima exists'

it 'an empty directory of keys is no key'
fresh_root
rm "$ROOT/etc/keys/x509_ima.der"
boot
stopped 'no certificate of keys=/etc/keys/ima was admitted'

it 'a key that nobody signed is not admitted'
fresh_root
cp "$KEYS/stranger.der" "$ROOT/etc/keys/x509_ima.der"
sign stranger "$ROOT/ima/tree/init" "$ROOT/ima/tree/bin/busybox"
boot
stopped 'x509_ima.der: its issuer is not in the trust set (/CN=stranger' \
	'no certificate of keys='

it 'each key that is left out is named with the reason, and a good one boots'
fresh_root
d=$ROOT/etc/keys/ima
mv "$ROOT/etc/keys/x509_ima.der" "$d/good.der"
cp "$KEYS/stranger.der" "$d/foreign.der"
issue usage keyUsage=critical,keyEncipherment
issue nousage basicConstraints=critical,CA:FALSE
issue signs keyUsage=critical,digitalSignature,keyCertSign
issue issuer keyUsage=critical,digitalSignature \
	basicConstraints=critical,CA:TRUE
for name in usage nousage signs issuer; do
	cp "$KEYS/$name.der" "$d/"
done
# the last byte is of the signature
size=$(stat -c %s "$KEYS/signer.der")
head -c "$((size - 1))" "$KEYS/signer.der" >"$d/cut.der"
{ cat "$d/cut.der" && printf '\0'; } >"$d/forged.der"
openssl pkey -in "$KEYS/signer.pem" -pubout -outform DER -out "$d/bare.der"
boot
for reason in 'foreign.der: its issuer is not in the trust set (/CN=stranger' \
	'/usage.der: its key usage does not have digitalSignature' \
	'nousage.der: its key usage does not have digitalSignature' \
	'signs.der: its key usage has keyCertSign' \
	'issuer.der: a CA certificate' \
	'forged.der: its signature does not verify' \
	'bare.der: a bare public key' \
	'cut.der: '; do
	console_has "$reason" 'guest: the signed init runs'
done
console_lacks 'good.der'
ended off

# issue_dated NAME FROM TO: valid between these
issue_dated()
{
	cat >"$KEYS/ca.conf" <<-END
		[ca]
		default_ca = us
		[us]
		database = $KEYS/index
		new_certs_dir = $T
		default_md = sha256
		rand_serial = yes
		policy = names
		x509_extensions = extensions
		[names]
		organizationName = supplied
		commonName = supplied
		[extensions]
		keyUsage = critical,digitalSignature
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid:always
	END
	touch "$KEYS/index"
	make_request "$1"
	openssl ca -batch -notext -config "$KEYS/ca.conf" -in "$KEYS/$1.csr" \
		-cert "$KEYS/ca.crt" -keyfile "$KEYS/ca.pem" \
		-startdate "$2" -enddate "$3" -out "$KEYS/$1.crt" 2>/dev/null
	openssl x509 -in "$KEYS/$1.crt" -outform DER -out "$KEYS/$1.der"
}

it 'dates do not count, as in the kernel'
fresh_root
issue_dated expired 20200101000000Z 20210101000000Z
issue_dated early 20900101000000Z 20910101000000Z
rm "$ROOT/etc/keys/x509_ima.der"
cp "$KEYS/expired.der" "$KEYS/early.der" "$ROOT/etc/keys/ima/"
sign expired "$ROOT/ima/tree/init"
sign early "$ROOT/ima/tree/bin/busybox"
boot
console_has 'guest: the signed init runs'
ended off

it 'a trust set that was not compiled in is missing'
fresh_root
sed -i '/^trust/d' "$ROOT/etc/imafs/init.conf"
boot
stopped 'no trust set was compiled in'

finish
