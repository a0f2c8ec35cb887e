# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# security.ima values, made and read without imafs. Sourced after harness.sh.

# label FILE HEX: whatever is said to be security.ima
label()
{
	setfattr -n security.ima -v "0x$2" "$1"
}

# label_of FILE: in hex; fails if there is none
label_of()
{
	getfattr --absolute-names -n security.ima --only-values -h "$1" |
		od -An -v -tx1 | tr -d ' \n'
}

# hash_label ALG FILE: the value for the digest of its content
hash_label()
{
	case $1 in
	md5 | sha1) printf '01' ;;
	sha256) printf '0404' ;;
	sha384) printf '0405' ;;
	sha512) printf '0406' ;;
	sha224) printf '0407' ;;
	*) fail "hash_label: no $1" ;;
	esac
	openssl dgst "-$1" -r "$2" | cut -d ' ' -f 1 | tr -d '\n'
}

# another_last_byte HEX: the value with its last byte changed
another_last_byte()
{
	case $1 in
	*00) echo "${1%??}01" ;;
	*) echo "${1%??}00" ;;
	esac
}

# no_label FILE: it must not have one
no_label()
{
	! label_of "$1" 2>/dev/null | grep -q . ||
		fail "$1 has a label: $(label_of "$1")"
}

has_label()
{
	[ "$(label_of "$2")" = "$1" ]
}

# expect_label HEX FILE: now or soon, because close(2) does not wait for us
expect_label()
{
	wait_for 3 has_label "$1" "$2" ||
		fail "$2 has the label '$(label_of "$2" 2>&1)', not $1"
}
