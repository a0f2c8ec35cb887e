#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who may open and execute what: labels of every kind against rules that want
# a signature and rules that are content with a hash. Each refusal is EACCES
# and has the kernel's word for its cause, the hook, and the rule.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/label.sh"

need_root
make_keys
start_mount "keys=$KEYS/trusted"

STRICT='appraise func=FILE_CHECK mask=MAY_READ appraise_type=imasig
appraise func=BPRM_CHECK appraise_type=imasig'
PLAIN='appraise func=FILE_CHECK mask=MAY_READ
appraise func=BPRM_CHECK'

ALGS='sha1 sha256 sha512'

# make NAME: a program of that name on the source, without a label
make()
{
	program "$SRC/$1" "$1"
}

tamper()
{
	printf '# tampered\n' >>"$SRC/$1"
}

# Expectations

last_denial()
{
	tail -n 1 "$MNT/.ima/denials"
}

denial_has()
{
	case $(last_denial) in
	*"$1"*) ;;
	*) fail "no '$1' in: $(last_denial)" ;;
	esac
}

# allowed NAME
allowed()
{
	expect_text "$(cat "$SRC/$1")" cat "$MNT/$1"
	expect_text "$1" "$MNT/$1"
}

# denied NAME CAUSE: for reading by rule 1, for execution by rule 2
denied()
{
	expect_fail EACCES cat "$MNT/$1"
	denied_because "$2" "\"$MNT/$1\""
	denial_has " op=${3:-appraise_data} "
	denial_has ' func=FILE_CHECK '
	denial_has " rule=1 \"$(sed -n 1p <<<"$RULES")\""
	# not by the shell, which would read it to say more about the failure
	expect_fail EACCES env "$MNT/$1"
	denied_because "$2" "\"$MNT/$1\""
	denial_has ' func=BPRM_CHECK '
	denial_has " rule=2 \"$(sed -n 2p <<<"$RULES")\""
	denial_has ' res=0 errno=13 '
}

rules()
{
	RULES=$1
	set_policy "$1"
}

# The files: made once, judged under both sets of rules.

for key in rsa ec; do
	for alg in $ALGS; do
		f=$key-$alg
		for kind in good tampered truncated longer flipped; do
			make "$f-$kind"
			"$IMAFS" sign --key "$KEYS/$key.pem" --hash "$alg" \
				"$SRC/$f-$kind" >/dev/null 2>&1
		done
		tamper "$f-tampered"
		sig=$(label_of "$SRC/$f-truncated")
		label "$SRC/$f-truncated" "${sig%??????????}"
		label "$SRC/$f-longer" "$(label_of "$SRC/$f-longer")00"
		label "$SRC/$f-flipped" \
			"$(another_last_byte "$(label_of "$SRC/$f-flipped")")"
	done
done

for alg in $ALGS; do
	make "other-$alg"
	"$IMAFS" sign --key "$KEYS/other.pem" --hash "$alg" \
		"$SRC/other-$alg" >/dev/null 2>&1
	for kind in good tampered wrong longer truncated; do
		make "hash-$alg-$kind"
		label "$SRC/hash-$alg-$kind" \
			"$(hash_label "$alg" "$SRC/hash-$alg-$kind")"
	done
	tamper "hash-$alg-tampered"
	l=$(hash_label "$alg" "$SRC/hash-$alg-wrong")
	label "$SRC/hash-$alg-wrong" "$(another_last_byte "$l")"
	l=$(hash_label "$alg" "$SRC/hash-$alg-longer")
	label "$SRC/hash-$alg-longer" "${l}00ff"
	l=$(hash_label "$alg" "$SRC/hash-$alg-truncated")
	label "$SRC/hash-$alg-truncated" "${l%??}"
done
make hash-md5
label "$SRC/hash-md5" "$(hash_label md5 "$SRC/hash-md5")"

# What no tool makes: name, value, cause where a signature is required, cause
# where a hash would do.
odd='unknown-type 0badc0de unknown-ima-data unknown-ima-data
hmac-type 02ff unknown-ima-data unknown-ima-data
portable-type 050204 unknown-ima-data unknown-ima-data
type-zero 00 unknown-ima-data unknown-ima-data
only-sig-type 03 invalid-signature invalid-signature
only-sig-version 0302 invalid-signature invalid-signature
only-sig-header 030204112233440000 invalid-signature invalid-signature
short-sig-header 0302041122 invalid-signature invalid-signature
sig-length-lies 030204112233440100ff invalid-signature invalid-signature
sig-version-3 030304112233440001ff * *
sig-version-9 030904112233440001ff * *
sig-bad-alg 0302ff112233440001ff invalid-signature invalid-signature
only-hash-type 04 IMA-signature-required invalid-hash
only-hash-alg 0404 IMA-signature-required invalid-hash
hash-bad-alg 04ff00000000 IMA-signature-required invalid-hash
only-old-hash-type 01 IMA-signature-required invalid-hash
verity-as-file 060304112233440001ff IMA-signature-required invalid-verity-signature'
while read -r name value _; do
	make "odd-$name"
	label "$SRC/odd-$name" "$value"
done <<<"$odd"
make odd-empty
setfattr -n security.ima "$SRC/odd-empty"
make unlabelled
sleep 0.1

# Rules that want a signature

rules "$STRICT"
for key in rsa ec; do
	for alg in $ALGS; do
		f=$key-$alg
		it "imasig: signed with $key and $alg"
		allowed "$f-good"
		it "imasig: ... tampered with"
		denied "$f-tampered" invalid-signature
		it "imasig: ... a truncated signature"
		denied "$f-truncated" invalid-signature
		it "imasig: ... a signature that is too long"
		denied "$f-longer" invalid-signature
		it "imasig: ... one bit flipped in the signature"
		denied "$f-flipped" invalid-signature
	done
done
for alg in $ALGS; do
	it "imasig: signed with an unknown key and $alg"
	denied "other-$alg" invalid-signature
	it "imasig: a good hash by $alg is no signature"
	denied "hash-$alg-good" IMA-signature-required
	it "imasig: neither is a bad one"
	denied "hash-$alg-wrong" IMA-signature-required
done
it 'imasig: no label'
denied unlabelled IMA-signature-required
it 'imasig: an empty label'
denied odd-empty IMA-signature-required
while read -r name value strict _; do
	it "imasig: label $value ($name)"
	if [ "$strict" = '*' ]; then
		expect_fail EACCES cat "$MNT/odd-$name"
		expect_fail EACCES env "$MNT/odd-$name"
	else
		denied "odd-$name" "$strict"
	fi
done <<<"$odd"

# Rules that are content with a hash

rules "$PLAIN"
for key in rsa ec; do
	for alg in $ALGS; do
		f=$key-$alg
		it "appraise: signed with $key and $alg"
		allowed "$f-good"
		it "appraise: ... tampered with"
		denied "$f-tampered" invalid-signature
		it "appraise: ... a truncated signature"
		denied "$f-truncated" invalid-signature
		it "appraise: ... a signature that is too long"
		denied "$f-longer" invalid-signature
		it "appraise: ... one bit flipped in the signature"
		denied "$f-flipped" invalid-signature
	done
done
for alg in $ALGS; do
	it "appraise: signed with an unknown key and $alg"
	denied "other-$alg" invalid-signature
	it "appraise: a good hash by $alg"
	allowed "hash-$alg-good"
	it "appraise: ... tampered with"
	denied "hash-$alg-tampered" invalid-hash
	it "appraise: ... a wrong byte in the hash"
	denied "hash-$alg-wrong" invalid-hash
	it "appraise: ... bytes after the hash, as in the kernel"
	case $alg in
	sha1) denied "hash-$alg-longer" invalid-hash ;; # not known as SHA-1
	*) allowed "hash-$alg-longer" ;;
	esac
	it "appraise: ... a hash that is too short"
	denied "hash-$alg-truncated" invalid-hash
done
it 'appraise: a good hash by md5'
allowed hash-md5
it 'appraise: no label'
denied unlabelled missing-hash
it 'appraise: an empty label'
denied odd-empty missing-hash
while read -r name value _ plain; do
	it "appraise: label $value ($name)"
	if [ "$plain" = '*' ]; then
		expect_fail EACCES cat "$MNT/odd-$name"
		expect_fail EACCES env "$MNT/odd-$name"
	else
		denied "odd-$name" "$plain"
	fi
done <<<"$odd"

# Allowed algorithms

it 'appraise_algos: a label by an algorithm that is not in the list'
rules 'appraise func=FILE_CHECK mask=MAY_READ appraise_algos=sha256,sha512
appraise func=BPRM_CHECK appraise_algos=sha256,sha512'
allowed hash-sha256-good
allowed hash-sha512-good
allowed rsa-sha256-good
denied hash-sha1-good denied-hash-algorithm collect_data # the kernel's word
denied rsa-sha1-good denied-hash-algorithm collect_data
it 'appraise_algos: a bad hash is a bad hash first'
denied hash-sha1-wrong invalid-hash

it 'without rules everything may be opened and executed'
set_policy 'dont_appraise'
allowed unlabelled
allowed odd-unknown-type
allowed rsa-sha256-tampered

it 'nothing was counted twice, nothing was lost'
head -n 1 "$MNT/.ima/denials" | grep -qE '^# denied [0-9]+, shown [0-9]+$'
expect_text "$(status_of denials)" sh -c \
	"sed -n '1s/.*denied \\([0-9]*\\),.*/\\1/p' '$MNT/.ima/denials'"

stop_mount
finish
