#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Rooms include only what ARCHITECTURE.md lets them: themselves, include/,
# base/ and their own outside library. (meson's include path has the whole tree
# on it, because files say "base/buf.h".)
. "$(dirname "$0")/lib.sh"

# Which room's directory, most specific first.
room_of()
{
	case $1 in
	tpm/journal/*) echo tpm/journal ;;
	fs/store/*) echo fs/store ;;
	*) echo "${1%%/*}" ;;
	esac
}

# Other rooms' headers that a room may see.
may_see()
{
	case $1 in
	base) ;;
	cli) echo 'base fs' ;;
	fs/store | tpm/journal) echo base ;;
	tpm) echo 'base tpm/journal' ;;
	fs) echo 'base fs/store' ;;
	*) echo base ;;
	esac
}

check_quoted()
{
	local f=$1 header=$2 room=$3 other

	case $header in
	*..*) complain "$f: \"$header\": no ../" && return ;;
	esac
	[ -f "include/$header" ] && return
	[ -f "$(dirname "$f")/$header" ] && return
	[ -f "$room/$header" ] && return
	case $room in # a room in a room may say its own last name
	*/*) [ "$(room_of "${room%%/*}/$header")" = "$room" ] && return ;;
	esac
	if [ -f "$header" ]; then
		other=$(room_of "$header")
		[ "$other" = "$room" ] && return
		case " $(may_see "$room") " in
		*" $other "*) return ;;
		esac
	fi
	complain "$f: \"$header\" is not for $room/"
}

check_system()
{
	local f=$1 header=$2 room=$3

	case $header:$room in
	openssl/*:crypto | tss2/*:tpm | fuse3/*:fs | bpf/*:fs) ;;
	xxhash.h:tpm/journal | xxhash.h:fs/store | xxhash.h:fs) ;;
	openssl/* | tss2/* | fuse* | xxhash.h:* | bpf/* | cmocka.h:*)
		complain "$f: <$header> is not for $room/"
		;;
	esac
}

while read -r f; do
	room=$(room_of "$f")
	while read -r header; do
		case $header in
		'"'*) check_quoted "$f" "${header//\"/}" "$room" ;;
		'<'*) check_system "$f" "${header//[<>]/}" "$room" ;;
		esac
	done < <(sed -nE \
		's/^[[:space:]]*#[[:space:]]*include[[:space:]]+(["<][^">]+[">]).*/\1/p' \
		"$f")
done < <(files '^(base|policy|crypto|tpm|fs|cli|init|include)/.*\.[ch]$')

# ENOSYS tells the kernel never to ask again, which for OPEN means to ask nobody
# whether a file may be opened. reply_error() says something else.
if grep -nF 'fuse_reply_err(' fs/*.c | grep -vE '^fs/ops\.c:|\(req, 0\)'; then
	complain 'an error is replied by reply_error()'
fi
finish
