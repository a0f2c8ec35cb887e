# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# labels.sh - one file for each kind of security.ima that there is
#
# make_labels MAKER: MAKER PATH makes a file (as `file` or `prog` of stage.sh
# do, but content may not matter to it); all get different content, so that
# every one has a log line of its own.

label_file()
{
	file "$1" "$1 content\n"
}

# A program's file may have bytes behind its end.
label_prog()
{
	prog "$1"
	printf '%s' "$1" >>"$1"
}

make_labels()
{
	for name in none sha1-old md5-old md5-old-padded md5 sha1 sha224 sha256 \
		sha384 sha512 sha3-256 sha3-384 sha3-512 rmd160 tgr192 \
		wrong tampered relabelled short long algo-only bad-algo \
		type-00 type-02 type-05 type-06 type-07 type-ff \
		empty one-byte-03 one-byte-04; do
		"$1" "$name"
	done
	digest_old sha1-old sha1
	digest_old md5-old md5
	raw md5-old-padded "01$(hex_digest md5 md5-old-padded)00000000"
	for name in md5 sha1 sha224 sha256 sha384 sha512 sha3-256 sha3-384 \
		sha3-512 rmd160; do
		digest $name $name
	done
	# an algorithm that nobody has
	raw tgr192 "0410$(hex_digest sha256 tgr192 | cut -c1-48)"
	raw wrong "0404$(hex_digest sha256 none)"
	digest tampered sha256
	tamper tampered
	raw relabelled "0406$(hex_digest sha256 relabelled)"
	raw short "0404$(hex_digest sha256 short | cut -c1-62)"
	raw long "0404$(hex_digest sha256 long)00ff"
	raw algo-only 0404
	raw bad-algo "0417$(hex_digest sha256 bad-algo)"
	for type in 00 02 05 06 07 ff; do
		raw type-$type "${type}04$(hex_digest sha256 type-$type)"
	done
	raw empty empty
	raw one-byte-03 03
	raw one-byte-04 04
}

make_signatures()
{
	for name in rsa-sha1 rsa-sha224 rsa-sha256 rsa-sha384 rsa-sha512 \
		ec-sha1 ec-sha256 ec-sha384 ec-sha512 ec384-sha384 \
		stranger-sha256 sig-tampered sig-flipped sig-cut sig-longer \
		sig-size sig-algo sig-bad-algo sig-keyid sig-version-0 \
		sig-version-1 sig-version-3 sig-as-05 sig-as-06 sig-header \
		sig-of-other sig-unsigned sig-hash; do
		"$1" "$name"
	done
	for name in rsa-sha1 rsa-sha224 rsa-sha256 rsa-sha384 rsa-sha512 \
		ec-sha1 ec-sha256 ec-sha384 ec-sha512 ec384-sha384 \
		stranger-sha256; do
		sign $name ${name%-*} ${name#*-}
	done
	digest sig-hash sha256
	sign sig-tampered
	tamper sig-tampered
	for name in sig-flipped sig-cut sig-longer sig-size sig-algo \
		sig-bad-algo sig-keyid sig-version-0 sig-version-1 \
		sig-version-3 sig-as-05 sig-as-06 sig-header; do
		sign $name
		s=$(ima_of $name)
		rest=${s#??????????????????}
		case $name in
		sig-flipped) s=${s%??}$([ "${s#"${s%??}"}" = 00 ] && echo 01 ||
			echo 00) ;;
		sig-cut) s=${s%????} ;;
		sig-longer) s=${s}00 ;;
		sig-size) s=${s%"$rest"}; s=${s%????}00ff$rest ;;
		sig-algo) s=030206${s#??????} ;;
		sig-bad-algo) s=030217${s#??????} ;;
		sig-keyid) s=03020400000000${s#??????????????} ;;
		sig-version-0) s=0300${s#????} ;;
		sig-version-1) s=0301${s#????} ;;
		sig-version-3) s=0303${s#????} ;;
		sig-as-05) s=05${s#??} ;;
		sig-as-06) s=06${s#??} ;;
		sig-header) s=${s%"$rest"} ;;
		esac
		raw $name "$s"
	done
	raw sig-of-other "$(ima_of rsa-sha256)"
}
