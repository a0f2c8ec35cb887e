#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fetch-kernel.sh - have the guest's kernel in the cache, print its directory
#
# The kernel is Debian's cloud kernel from bookworm-backports, unpacked, not
# installed. The mirror is the one that this machine's apt already uses for
# bookworm; apt checks the signatures in a private state of its own, so
# neither the machine's package lists nor its sources change.
#
# The directory holds boot/vmlinuz-*, boot/config-* and lib/modules/*, and
# boot/vmlinux, the same kernel unpacked, if it is packed with zstd.
# IMAFS_GUEST_KERNEL=DIR names another one, in the same shape, and nothing is
# fetched. Exit status: 0; 77 if the kernel cannot be had, with the reason on
# standard error.
set -eu

suite=bookworm-backports
package=linux-image-cloud-amd64
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

if [ -n "${XDG_CACHE_HOME:-}" ]; then
	cache=$XDG_CACHE_HOME/imafs-guest
elif [ -w /var/cache ]; then
	cache=/var/cache/imafs-guest
else
	cache=$HOME/.cache/imafs-guest
fi

cannot()
{
	echo "fetch-kernel: no guest kernel: $*" >&2
	exit 77
}

# One line, because the reason for a skip is one.
first_error()
{
	grep -m 1 '^E: ' "$work/log" || tail -n 1 "$work/log"
}

is_whole()
{
	[ -n "$(find "$1/boot" -name 'vmlinuz-*' 2>/dev/null)" ] &&
		[ -n "$(find "$1/lib/modules" -name modules.order \
			2>/dev/null)" ]
}

# number FILE OFFSET BYTES: little-endian
number()
{
	od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# What a bzImage has in it: Documentation/arch/x86/boot.rst. The last 4 bytes
# are not of the zstd stream.
unpack_vmlinux()
{
	[ ! -e "$1/vmlinux" ] && command -v zstd >/dev/null || return 0
	packed=$(find "$1" -name 'vmlinuz-*')
	sectors=$(number "$packed" 497 1)
	start=$(((sectors + 1) * 512 + $(number "$packed" 584 4)))
	length=$(number "$packed" 588 4)
	to=$(mktemp "$1/vmlinux.XXXXXX" 2>/dev/null) || return 0
	if tail -c "+$((start + 1))" "$packed" | head -c "$((length - 4))" |
		zstd -dcq >"$to" 2>/dev/null; then
		chmod 644 "$to"
		mv "$to" "$1/vmlinux"
	else
		rm -f "$to"
	fi
}

if [ -n "${IMAFS_GUEST_KERNEL:-}" ]; then
	is_whole "$IMAFS_GUEST_KERNEL" ||
		cannot "IMAFS_GUEST_KERNEL=$IMAFS_GUEST_KERNEL has no" \
			"boot/vmlinuz-* with lib/modules"
	echo "$IMAFS_GUEST_KERNEL"
	exit 0
fi

if is_whole "$cache/kernel"; then
	unpack_vmlinux "$cache/kernel/boot"
	echo "$cache/kernel"
	exit 0
fi

[ "$(uname -m)" = x86_64 ] || cannot "this machine is not x86_64"
for tool in apt-get apt-cache dpkg-deb; do
	command -v $tool >/dev/null || cannot "$tool is not installed"
done
[ -r "$keyring" ] ||
	cannot "$keyring is missing; install debian-archive-keyring"

# The repository that serves bookworm itself. Mirrors that call the suite by
# another name (oldstable) are found by the codename of their Release file.
# shellcheck disable=SC2016 # the variables are apt's
mirror=$(apt-get indextargets --format '$(RELEASE) $(CODENAME) $(REPO_URI)' \
	'Created-By: Packages' 2>/dev/null |
	awk '$1 == "bookworm" || $2 == "bookworm" { print $NF; exit }')
[ -n "$mirror" ] ||
	cannot "apt on this machine has no source for bookworm"

mkdir -p "$cache"
work=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" \
	"$work/parts" "$work/deb"
: >"$work/status"
chmod -R a+rX "$work"

cat >"$work/backports.sources" <<END
Types: deb
URIs: $mirror
Suites: $suite
Components: main
Architectures: amd64
Signed-By: $keyring
END

# The machine's apt.conf stays in force (proxies), its sources do not.
apt="-q -o Dir::State=$work/state -o Dir::State::status=$work/status
	-o Dir::Cache=$work/cache -o Dir::Etc::sourcelist=/dev/null
	-o Dir::Etc::sourceparts=$work/parts -o Dir::Etc::preferencesparts=
	-o APT::Architecture=amd64 -o Acquire::Languages=none
	-o APT::Update::Error-Mode=any -o APT::Sandbox::User=root
	-o Acquire::Retries=2"
mv "$work/backports.sources" "$work/parts/"

# shellcheck disable=SC2086 # options without blanks in them
apt-get $apt update >"$work/log" 2>&1 ||
	cannot "apt-get update of $suite failed: $(first_error)"

# The metapackage names the current kernel.
# shellcheck disable=SC2086
image=$(apt-cache $apt depends --no-recommends --no-suggests "$package" |
	awk '$1 == "Depends:" && $2 ~ /^linux-image-/ { print $2; exit }')
[ -n "$image" ] || cannot "$package is not in $suite"

# shellcheck disable=SC2086
(cd "$work/deb" && apt-get $apt download "$image") >"$work/log" 2>&1 ||
	cannot "download of $image failed: $(first_error)"

mkdir "$work/kernel"
dpkg-deb -x "$work"/deb/*.deb "$work/kernel" ||
	cannot "$image does not unpack"
is_whole "$work/kernel" || cannot "$image holds no kernel with modules"
unpack_vmlinux "$work/kernel/boot"

# Another run may have been faster; its result is as good.
mv -T "$work/kernel" "$cache/kernel" 2>/dev/null ||
	is_whole "$cache/kernel" || cannot "cannot write to $cache"
echo "$cache/kernel"
