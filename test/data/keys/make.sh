#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the keys, certificates and signatures of this directory anew with the
# openssl command. They are for tests only: the private keys are public.
set -eu
cd "$(dirname "$0")"
rm -f ./*.key ./*.crt ./*.der ./*.pem ./signatures

cert() { # key, certificate, extensions ...
	key=$1 crt=$2
	shift 2
	{
		printf '[req]\ndistinguished_name=dn\nx509_extensions=v3\n'
		printf '[dn]\n[v3]\nbasicConstraints=CA:FALSE\n'
		printf 'keyUsage=digitalSignature\n'
		for ext in "$@"; do
			printf '%s\n' "$ext"
		done
	} >cnf
	openssl req -new -x509 -config cnf -key "$key" -out "$crt" \
		-subj "/O=imafs test/CN=${crt%.*}" -days 36500 -sha256
	rm cnf
}

openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa2048.key
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:512 -out rsa512.key
# with an EC PARAMETERS block in front
openssl ecparam -name prime256v1 -genkey -out p256.key
openssl ecparam -name secp384r1 -genkey -noout -out p384.key
openssl ecparam -name secp521r1 -genkey -noout -out p521.key
openssl ecparam -name prime192v1 -genkey -noout -out p192.key
openssl pkcs8 -topk8 -in p256.key -out encrypted-pkcs8.key \
	-v2 aes-256-cbc -passout pass:secret
openssl rsa -traditional -in rsa2048.key -aes128 -passout pass:secret \
	-out encrypted-traditional.key

for k in rsa2048 rsa512 p256 p384 p521 p192; do
	openssl pkey -in $k.key -pubout -out $k-pub.pem
done
openssl pkey -in rsa2048.key -pubout -outform DER -out rsa2048-pub.der
openssl rsa -in rsa2048.key -RSAPublicKey_out -out rsa2048-pkcs1.pem
openssl rsa -in rsa2048.key -RSAPublicKey_out -outform DER \
	-out rsa2048-pkcs1.der
cert rsa2048.key rsa2048.crt subjectKeyIdentifier=hash
openssl x509 -in rsa2048.crt -outform DER -out rsa2048.der
openssl x509 -in rsa2048.crt -trustout -addtrust clientAuth \
	-out rsa2048-trusted.pem
cert p256.key p256.crt subjectKeyIdentifier=hash
cert p256.key own-skid.crt subjectKeyIdentifier=0102030405060708aabbccdd
cert p384.key same-id.crt subjectKeyIdentifier=ffaabbccdd
cert p256.key short-skid.crt subjectKeyIdentifier=aabbcc
cert p256.key no-skid.crt subjectKeyIdentifier=none
openssl req -new -key p256.key -subj "/CN=expired" |
	openssl x509 -req -signkey p256.key -days -1 -out expired.crt 2>&1
{
	openssl x509 -in rsa2048.crt -text
	openssl ecparam -name prime256v1
	cat p384-pub.pem
	echo "some words between"
	cat p521-pub.pem
} >bundle.pem

# Nothing that the kernel can verify with.
openssl genpkey -algorithm ED25519 | openssl pkey -pubout -out no-ed25519.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 |
	openssl pkey -pubout -out no-rsapss.pem
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2000 |
	openssl pkey -pubout -out no-rsa2000.pem
for c in secp224r1 secp256k1 brainpoolP256r1; do
	openssl ecparam -name $c -genkey -noout -out no-$c.key
	openssl pkey -in no-$c.key -pubout -out no-$c.pem
done
openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit |
	openssl pkey -pubout -out no-explicit.pem
openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 |
	openssl genpkey -paramfile /dev/stdin |
	openssl pkey -pubout -out no-dsa.pem

# "key hash signature" over "hello\n".
printf 'hello\n' >hello
for k in rsa2048 p192 p256 p384 p521; do
	for h in md5 sha1 rmd160 sha224 sha256 sha384 sha512 sha3-256 \
		sha3-384 sha3-512; do
		openssl dgst -$h -sign $k.key -out sig hello 2>/dev/null ||
			continue
		printf '%s %s %s\n' $k $h "$(od -An -v -tx1 sig | tr -d ' \n')"
	done
done >signatures
rm hello sig
