#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make.sh DIR - certificates that may and may not become keys, for
# test-crypto-trust; made anew for each run by the openssl command
set -eu
cd "$1"
exec 2>log

key()
{
	openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$1.key"
}

# self NAME SUBJECT EXTENSION...: signed with its own key NAME.key
self()
{
	name=$1 subject=$2
	shift 2
	printf '[req]\ndistinguished_name=d\nx509_extensions=v\n[d]\n[v]\n' >cnf
	printf '%s\n' subjectKeyIdentifier=hash "$@" >>cnf
	openssl req -new -x509 -config cnf -key "$name.key" -subj "$subject" \
		-days 3650 -out "$name.crt"
}

# issue NAME ISSUER OPENSSL-OPTIONS -- EXTENSION...: of leaf.key
issue()
{
	name=$1 issuer=$2 options=''
	shift 2
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	printf '%s\n' "$@" >ext
	openssl req -new -key leaf.key -subj "/CN=$name" -out csr
	# shellcheck disable=SC2086 # words
	openssl x509 -req -in csr -CA "$issuer.crt" -CAkey "$issuer.key" \
		-days 3650 -extfile ext -out "$name.crt" $options
}

for k in ca namesake stranger middle leaf; do
	key $k
done
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
	-out rsa-ca.key
ca=basicConstraints=critical,CA:TRUE
skid=subjectKeyIdentifier=hash
akid=authorityKeyIdentifier=keyid:always
use=keyUsage=critical,digitalSignature
no_ca=basicConstraints=critical,CA:FALSE

self ca /CN=ca "$ca"
self rsa-ca /CN=rsa-ca "$ca"
self namesake /CN=ca "$ca"
self stranger /CN=stranger "$ca"
self leaf /CN=leaf "$use"

issue good ca -- $use $no_ca $skid $akid
openssl x509 -in good.crt -outform DER -out good.der
issue by-rsa rsa-ca -- $use $no_ca $skid $akid
issue by-sha1 rsa-ca -sha1 -- $use $no_ca $skid $akid
issue no-akid ca -- $use $no_ca $skid authorityKeyIdentifier=none
issue by-serial ca -- $use $no_ca $skid \
	authorityKeyIdentifier=keyid:always,issuer:always
issue no-basic ca -- $use $skid $akid
issue critical ca -- $use $no_ca $akid 1.2.3.4=critical,ASN1:NULL
issue expired ca -days -1 -- $use $no_ca $skid $akid

issue no-usage ca -- $no_ca $skid $akid
issue other-usage ca -- keyUsage=critical,keyEncipherment $no_ca $skid $akid
issue signs-certs ca -- $use,keyCertSign $no_ca $skid $akid
issue is-ca ca -- $use $ca $skid $akid
issue by-stranger stranger -- $use $no_ca $skid $akid
issue by-pss rsa-ca -sigopt rsa_padding_mode:pss -- $use $no_ca $skid $akid
issue by-md5 rsa-ca -md5 -- $use $no_ca $skid $akid
# not one step from the trust set, but two
issue of-middle ca -- $ca $skid $akid
cp leaf.key middle.key
cp of-middle.crt middle.crt
issue by-middle middle -- $use $no_ca $skid $akid
# says that ca issued it, by name; and by key id
issue forged-name namesake -- $use $no_ca $skid authorityKeyIdentifier=none
openssl x509 -in ca.crt -noout -ext subjectKeyIdentifier >id
skid_of_ca=$(tail -n 1 id | tr -d ' :')
issue forged-id stranger -- $use $no_ca $skid \
	"2.5.29.35=DER:30168014$skid_of_ca"
# one bit of what is signed
len=$(wc -c <good.der)
{
	head -c $((len - 1)) good.der
	tail -c 1 good.der | tr '\000-\377' '\001-\377\000'
} >flipped.der
openssl pkey -in leaf.key -pubout -out bare.pem
head -c 100 good.der >cut.der
