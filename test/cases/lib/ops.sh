# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The file system below is the judge of the operations: a list of commands is
# carried out on it and through a mount, and must leave the same behind and
# say the same. Sourced after harness.sh.

# shellcheck disable=SC2034 # for those who source this
{
	FSOP=$TEST_BUILD/test/ops/fsop
	DIRS=$TEST_BUILD/test/ops/dirs
	LOCK_AGENT=$TEST_BUILD/test/ops/lock-agent
}
NATIVE=$T/native
mkdir "$NATIVE"

# tree_of DIRECTORY: all that there is to see, but for times and numbers that
# cannot be equal
tree_of()
{
	(
		cd "$1" || exit
		find . -printf '%p %y %m %U:%G %n %l' \
			\( -type d -printf '\n' -o -printf ' %s\n' \) | sort
		find . -type f -exec cksum {} + | sort
		find . -print0 | sort -z |
			xargs -0 getfattr -h -d -m '^(user|trusted)' -e hex
		find . ! -type l -print0 | sort -z |
			xargs -0 getfacl -n --skip-base
	)
}

# same FUNCTION: run it in an empty directory below and in one of the mount
same()
{
	local d

	rm -rf "${NATIVE:?}"/* "${MNT:?}"/*
	for d in "$NATIVE" "$MNT"; do
		(
			set +e
			trap - ERR
			cd "$d" && "$1"
			true
		) >"$T/said.${d##*/}" 2>&1 </dev/null
		tree_of "$d" >"$T/tree.${d##*/}"
	done
	diff -u "$T/said.native" "$T/said.mnt" >"$T/diff" ||
		fail "$1 said something else through the mount:" "$(cat "$T/diff")"
	diff -u "$T/tree.native" "$T/tree.mnt" >"$T/diff" ||
		fail "$1 left something else through the mount:" "$(cat "$T/diff")"
	tree_of "$SRC" | diff -u "$T/tree.native" - >"$T/diff" ||
		fail "$1 left something else below:" "$(cat "$T/diff")"
	[ -s "$T/tree.native" ] || fail "$1 did nothing"
}

# user UID[:GROUP,...] COMMAND...: unprivileged, in these groups
user()
{
	local id=${1%%:*} groups=${1#*:}

	[ "$groups" != "$1" ] || groups=$id
	shift
	setpriv --reuid "$id" --regid "$id" --groups "$groups" \
		--inh-caps=-all --bounding-set=-all "$@"
}
