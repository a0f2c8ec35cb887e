#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# demo.sh - what imafs does, in one minute, on a fresh Debian 12
#
#     sudo ./demo.sh
#
# Shows: a signed tree is mounted at /ima with a private software TPM; the
# signed /ima/init runs; an unsigned program, one that was tampered with and
# one that is changed on the disk behind the mount are refused, each with the
# reason; the measurement log under the mount is checked against the TPM's PCR.
# Then it unmounts and removes all it made. (Packages that were missing stay
# installed.)
set -eu -o pipefail
export LC_ALL=C
cd "$(dirname "$0")"

M=/ima
W=
made_mountpoint=
finished=

die()
{
	printf 'demo.sh: %s\n' "$*" >&2
	exit 1
}

[ "$(id -u)" -eq 0 ] || die 'run it as root: sudo ./demo.sh'
[ -c /dev/fuse ] || die 'there is no /dev/fuse here: FUSE is needed'
! mountpoint -q "$M" || die "$M is a mount point already: unmount it first"
if [ -e "$M" ] || [ -L "$M" ]; then
	if [ ! -d "$M" ] || [ -L "$M" ]; then
		die "$M exists and is not a directory"
	fi
	[ -z "$(ls -A "$M")" ] || die "$M exists and is not empty: leave it be"
fi

step()
{
	printf '\n\033[1m== %s\033[0m\n' "$*"
}

# show COMMAND...: as it would be typed, then what it says
show()
{
	printf '$ %s\n' "$*"
	"$@"
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

wait_gone()
{
	local i

	for ((i = 0; i < 250; i++)); do
		gone "$1" && return
		sleep 0.02
	done
	return 1
}

cleanup()
{
	local status=$? pid=

	trap - EXIT
	set +e
	[ -z "$W" ] || [ ! -s "$W/state/swtpm.pid" ] ||
		pid=$(cat "$W/state/swtpm.pid")
	if mountpoint -q "$M"; then
		umount "$M" 2>/dev/null || umount -l "$M"
	fi
	if [ -n "$pid" ] && ! wait_gone "$pid"; then
		kill "$pid" 2>/dev/null # only if the daemon died
	fi
	[ -z "$made_mountpoint" ] || rmdir "$M"
	[ -z "$W" ] || rm -rf --one-file-system "$W"
	if [ -z "$finished" ]; then
		printf '\ndemo.sh: stopped with status %d\n' "$status" >&2
	elif [ -e "$W" ] || { [ -n "$made_mountpoint" ] && [ -e "$M" ]; }; then
		printf '\ndemo.sh: %s or %s could not be removed\n' "$W" "$M" >&2
		status=1
	else
		printf '\nThat was all. Nothing of it is left.\n'
	fi
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

step 'Packages and build'
.ci/packages build
W=$(mktemp -d /var/tmp/imafs-demo.XXXXXX)
chmod 755 "$W"
build()
{
	meson setup "$W/build" -Dtests=false -Dbuildtype=release &&
		ninja -C "$W/build"
}
if ! build >"$W/build.log" 2>&1; then
	tail -n 30 "$W/build.log"
	die 'the build failed'
fi
mkdir "$W/bin" "$W/keys" "$W/tree" "$W/state"
ln -s "$W/build/cli/imafs" "$W/bin/imafs"
PATH=$W/bin:$PATH
cd "$W"
imafs --version

step 'A key, and a tree that is signed with it'
openssl req -new -x509 -newkey rsa:2048 -noenc -keyout private.pem \
	-out keys/demo.pem -days 30 -subj '/O=imafs demo/CN=signer' \
	-addext basicConstraints=critical,CA:FALSE \
	-addext keyUsage=critical,digitalSignature \
	-addext subjectKeyIdentifier=hash 2>openssl.log || {
	cat openssl.log
	die 'cannot make a key'
}
cat >tree/init <<'END'
#!/bin/sh
echo "this is the signed $0"
END
cp /bin/uname tree/tool
cp /bin/uname tree/tampered
cp /bin/uname tree/changing
chmod 755 tree/*
show imafs sign --key private.pem -r tree
printf '#!/bin/sh\necho "nobody signed this"\n' >tree/unsigned
chmod 755 tree/unsigned
printf 'x' >>tree/tampered
cat >policy <<'END'
measure func=BPRM_CHECK template=ima-sig
measure func=FILE_CHECK mask=MAY_READ template=ima-sig
appraise func=BPRM_CHECK appraise_type=imasig
appraise func=FILE_CHECK mask=MAY_READ appraise_type=imasig
END
show cat policy

step "Mount it at $M"
if [ ! -d "$M" ]; then
	mkdir "$M"
	made_mountpoint=1
fi
show imafs mount -o policy=./policy,keys=keys,state=state,tpm=swtpm tree "$M"

step 'What is signed runs'
show "$M/init"
show "$M/tool" -sm

# refused PROGRAM: run it, it must not run, and say why
refused()
{
	printf '$ %s\n' "$1"
	# by env(1): a shell would go on and try to read it as a script
	if env "$1" 2>"$W/stderr"; then
		die "$1 ran, and should not have"
	fi
	sed "s/^env: '\(.*\)'/\1/" "$W/stderr"
	tail -n 1 "$M/.ima/denials" | sed 's/^/    /'
}

step 'What is not signed, or was tampered with, does not'
refused "$M/unsigned"
refused "$M/tampered"

step 'A signed program that changes on the disk, behind the mount'
show "$M/changing" -s
show dd if=/dev/zero of=tree/changing bs=1 seek=4096 count=16 conv=notrunc \
	status=none
refused "$M/changing"

step 'The measurement log, as the kernel writes it'
show cut -c -150 "$M/.ima/ascii_runtime_measurements"

step 'The log leads to what the TPM holds'
show imafs log --verify "$M"

step 'Unmount'
swtpm=$(cat state/swtpm.pid)
show umount "$M"
wait_gone "$swtpm" || die "the software TPM (process $swtpm) is still there"
finished=1
