# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# lib.sh - root file systems that boot with init=/ima/init, and their consoles
#
#     base_root             $ROOT: imafs, keys, a signed tree; everything right
#     boot [RUN-GUEST-OPTIONS]
#                           a machine with this root, and no initramfs; its
#                           console is $CONSOLE, and how it ended $ENDED: off,
#                           reboot, halt or panic
#     make_initramfs FUNCTION [ANOTHER-THAT-IT-CALLS...]
#                           runs it where imafs, its keys, its configuration
#                           and the guest's kernel modules are installed
#     boot_initramfs FILE [RUN-GUEST-OPTIONS]
#                           the same through this initramfs
#     console_has TEXT...   all of them are there, in this order
#     console_lacks TEXT
#     stopped TEXT...       no init ran, but this was said, then it went off
#
# Whoever changes $ROOT begins with fresh_root. A boot takes 5 seconds of one
# processor, and meson runs the scripts side by side: many short ones.
GUEST=$TEST_SOURCE/test/guest
BOOT_WORDS='imafs.failure=poweroff'

need_guest()
{
	need_program qemu-system-x86_64 busybox swtpm mke2fs openssl
	"$GUEST/fetch-kernel.sh" >/dev/null 2>"$T/no-kernel" ||
		skip "$(cat "$T/no-kernel")"
}

# issue NAME [EXTENSION...]: a key and a certificate that $KEYS/ca.crt signed;
# without extensions, one that may sign files
issue()
{
	local name=$1

	shift
	[ $# -gt 0 ] || set -- keyUsage=critical,digitalSignature \
		basicConstraints=critical,CA:FALSE
	make_request "$name"
	openssl x509 -req -CA "$KEYS/ca.crt" -CAkey "$KEYS/ca.pem" -days 9 \
		-in "$KEYS/$name.csr" -outform DER -out "$KEYS/$name.der" \
		-extfile <(printf '%s\n' "$@" subjectKeyIdentifier=hash \
			authorityKeyIdentifier=keyid:always) 2>/dev/null
}

make_request()
{
	openssl genpkey -quiet -algorithm EC \
		-pkeyopt ec_paramgen_curve:P-256 -out "$KEYS/$1.pem"
	openssl req -new -key "$KEYS/$1.pem" -subj "/O=imafs guest/CN=$1" \
		-out "$KEYS/$1.csr"
}

make_chain()
{
	mkdir -p "$KEYS"
	openssl req -x509 -new -nodes -newkey ec \
		-pkeyopt ec_paramgen_curve:P-256 -days 9 -subj '/CN=ca' \
		-keyout "$KEYS/ca.pem" -out "$KEYS/ca.crt" 2>/dev/null
	openssl req -x509 -new -nodes -newkey ec \
		-pkeyopt ec_paramgen_curve:P-256 -days 9 -subj '/CN=stranger' \
		-addext keyUsage=digitalSignature \
		-addext basicConstraints=critical,CA:FALSE \
		-keyout "$KEYS/stranger.pem" -out "$KEYS/stranger.crt" \
		2>/dev/null
	openssl x509 -in "$KEYS/stranger.crt" -outform DER \
		-out "$KEYS/stranger.der"
	issue signer
}

# install_program PATH TO ROOT: with the libraries that it needs
install_program()
{
	local lib

	mkdir -p "$3/$(dirname "$2")"
	cp -L "$1" "$3/$2"
	while read -r lib; do
		mkdir -p "$3/$(dirname "$lib")"
		[ -e "$3/$lib" ] || cp -L "$lib" "$3/$lib"
	done < <(ldd "$1" | sed -n 's,^[^/]*\(/[^ ]*\) (0x.*,\1,p')
}

# install_tcti NAME ROOT: what tpm2-tss loads by name
install_tcti()
{
	local lib

	lib=$(ldconfig -p | awk -v "name=libtss2-tcti-$1.so.0" \
		'$1 == name && !n++ { print $NF }')
	install_program "$lib" "$lib" "$2"
}

# The signed init: a script, so its interpreter is checked, too.
guest_init()
{
	rm -f "$1" # with its signature
	{
		echo '#!/ima/bin/busybox sh'
		echo 'export PATH=/ima/bin'
		# busybox's cat uses sendfile(2), which ends at a size of 0
		echo 'show() { while read -r l; do echo "$l"; done <"$1"; }'
		cat
		echo 'poweroff -f'
	} >"$1"
	chmod 755 "$1"
}

base_root()
{
	local r=$T/base tool

	mkdir -p "$r"/{dev,proc,sys,run,tmp,etc/imafs,etc/keys/ima} \
		"$r"/ima/tree/{bin,etc}
	install_program "$IMAFS" /usr/bin/imafs "$r"
	install_tcti device "$r"
	cp "$TEST_BUILD/init/imafs-init" "$r/ima/init"
	cp "$KEYS/ca.crt" "$r/etc/imafs/trusted.pem"
	cp "$KEYS/signer.der" "$r/etc/keys/x509_ima.der"
	cat >"$r/etc/imafs/init.conf" <<-END
		# made by the test
		program = /usr/bin/imafs
		trust   = /etc/imafs/trusted.pem
	END
	cp "$(command -v busybox)" "$r/ima/tree/bin/busybox"
	for tool in sh cat echo poweroff grep kill ps ls sed tr sleep; do
		ln -s busybox "$r/ima/tree/bin/$tool"
	done
	guest_init "$r/ima/tree/init" <<-'END'
		echo "guest: the signed init runs as process $$"
	END
	sign signer "$r/ima/tree/bin/busybox" "$r/ima/tree/init"
	fresh_root
}

# sign NAME FILE...
sign()
{
	local key=$1

	shift
	"$IMAFS" sign --key "$KEYS/$key.pem" --cert "$KEYS/$key.der" "$@" \
		>/dev/null
}

# sign_metadata FILE...: for EVM, by what "issue metadata" made; cp(1) does not
# copy this signature, so it is made in $ROOT
sign_metadata()
{
	local f

	for f; do
		evmctl sign --hashalgo sha256 --portable --generation=0 \
			--key "$KEYS/metadata.pem" "$f" >"$T/evmctl.out" 2>&1 ||
			fail "evmctl: $(cat "$T/evmctl.out")"
	done
}

# key_id NAME: as .ima/keys shows it
key_id()
{
	openssl x509 -inform DER -in "$KEYS/$1.der" -noout -ext \
		subjectKeyIdentifier | tail -n 1 | tr -d ': \n' |
		tail -c 8 | tr A-F a-f
}

# $ROOT is $T/base again, for one case to change
fresh_root()
{
	ROOT=$T/root
	rm -rf "$ROOT"
	cp -a "$T/base" "$ROOT"
}

# signed_init TEXT: another signed init
signed_init()
{
	guest_init "$ROOT/ima/tree/init"
	sign signer "$ROOT/ima/tree/init"
}

# What an init does whose daemon dies. busybox's shell needs no file for it.
kill_the_daemon()
{
	signed_init <<-'END'
		pid=$(ps | sed -n 's/^ *\([0-9]*\) .*[@]imafs mount.*/\1/p')
		echo 6 >/proc/sys/kernel/printk
		kill -9 "$pid"
		while read -r line </ima/init; do :; done
		echo "guest: goes on without"
		read -t 3 -r line # for the watcher's message; no file needed
		echo o >/proc/sysrq-trigger
		while :; do :; done
	END
}

# tamper_init: the signed init of $T/base, changed, with its old signature
tamper_init()
{
	local signature

	sed -i 's/guest: the/guest: thy/' "$ROOT/ima/tree/init"
	signature=$(getfattr -n security.ima --only-values -e hex \
		"$T/base/ima/tree/init" | od -An -v -tx1 | tr -d ' \n')
	setfattr -n security.ima -v "0x$signature" "$ROOT/ima/tree/init"
}

# run_machine MIB RUN-GUEST-OPTIONS...
run_machine()
{
	local status=0 memory=$1

	shift
	CONSOLE=$T/console
	"$GUEST/run-guest.sh" -I "$ROOT" "$T/image" 64M
	"$GUEST/run-guest.sh" -d "$T/image" -c "$CONSOLE" -t 180 -M "$memory" \
		-e 'reboot: System halted' "$@" 2>"$T/guest.log" || status=$?
	tr -d '\r' <"$CONSOLE" >"$CONSOLE.text"
	case $status in
	0 | 125) ENDED=$(how_it_ended) ;;
	*) ENDED=$status ;;
	esac
	case $ENDED in
	[0-9]* | '')
		note "$(cat "$T/guest.log")" "$(tail -n 30 "$CONSOLE.text")"
		fail "the guest ended with status $status"
		;;
	esac
}

# The kernel says it at a level that comes to the console in any case.
how_it_ended()
{
	sed -n -e 's/.*Kernel panic - .*/panic/p' \
		-e 's/.*reboot: Power down.*/off/p' \
		-e 's/.*reboot: System halted.*/halt/p' \
		-e 's/.*reboot: Restarting system.*/reboot/p' \
		-e 's/.*sysrq: Power Off.*/off/p' \
		"$CONSOLE.text" | head -n 1
}

boot()
{
	run_machine 512 -a "$BOOT_WORDS" -i /ima/init "$@"
}

# FUNCTION gets the kernel's version, and $OVERLAY for its files; it sees this
# machine, but what it writes to /etc, /usr/local and /lib/modules is gone later.
make_initramfs()
{
	OVERLAY=$T/overlay
	mkdir -p "$OVERLAY"
	declare -fx install_for_initramfs overlay "$@"
	export OVERLAY T KEYS GUEST IMAFS TEST_BUILD TEST_SOURCE
	unshare -m bash -eu -o pipefail -c \
		"install_for_initramfs; $1 \"\$(ls \"\$KERNEL/lib/modules\")\"" \
		>"$T/make.log" 2>&1 ||
		fail "no initramfs: $(tail -n 20 "$T/make.log")"
}

# overlay DIRECTORY: over itself, to be written to
# shellcheck disable=SC2317 # called in a shell of its own
overlay()
{
	local o

	o=$(mktemp -d "$OVERLAY/XXXXXX")
	mkdir -p "$1" "$o/upper" "$o/work"
	mount -t overlay overlay \
		-o "lowerdir=$1,upperdir=$o/upper,workdir=$o/work" "$1"
}

# shellcheck disable=SC2317
install_for_initramfs()
{
	local version

	mount -t tmpfs tmpfs "$OVERLAY"
	KERNEL=$("$GUEST/fetch-kernel.sh")
	overlay /etc
	mount -t tmpfs tmpfs /usr/local
	mkdir -p /usr/local/bin /usr/local/libexec /etc/imafs /etc/keys/ima
	cp "$IMAFS" /usr/local/bin/
	cp "$TEST_BUILD/init/imafs-init" /usr/local/libexec/
	cp "$KEYS/signer.der" /etc/keys/x509_ima.der
	cp "$KEYS/ca.crt" /etc/imafs/trusted.pem
	echo 'trust = /etc/imafs/trusted.pem' >/etc/imafs/init.conf
	version=$(ls "$KERNEL/lib/modules")
	overlay /lib/modules
	cp -r "$KERNEL/lib/modules/$version" /lib/modules/
	depmod "$version"
	mount --bind "$KERNEL/boot" /boot
}

# make_initramfs_tools VERSION FILE: by mkinitramfs, for make_initramfs
# shellcheck disable=SC2317
make_initramfs_tools()
{
	local dir=$OVERLAY/confdir

	cp -r /etc/initramfs-tools "$dir"
	mkdir -p "$dir"/{hooks,scripts/local-bottom,conf.d}
	install -m 755 "$TEST_BUILD/initramfs/imafs" "$dir/hooks/"
	cp "$TEST_SOURCE/initramfs/initramfs-tools/local-bottom" \
		"$dir/scripts/local-bottom/imafs"
	printf '%s\n' MODULES=list BUSYBOX=auto COMPRESS=zstd \
		COMPRESSLEVEL=1 RESUME=none \
		>"$dir/conf.d/test"
	echo virtio_blk >>"$dir/modules"
	mkinitramfs -d "$dir" -o "$2" "$1"
}

# A root file system that has the tree and nothing of imafs; where the mount is
# missing, another init runs, which can.
bare_root()
{
	rm -r "$T/base"/{usr,etc,lib*} "$T/base/ima/init"
	mkdir "$T/base"/{bin,etc}
	cp "$T/base/ima/tree/bin/busybox" "$T/base/bin/"
	guest_init "$T/base/ima/init" <<<'echo "guest: unprotected"'
	sed -i -e 's,^#!/ima,#!,' -e 's,=/ima/bin,=/bin,' \
		-e 's,^poweroff,busybox &,' "$T/base/ima/init"
}

boot_initramfs()
{
	local initramfs=$1

	shift
	run_machine 768 -R "$initramfs" \
		-a "root=/dev/vda rootfstype=ext4 $BOOT_WORDS" "$@"
}

console_has()
{
	local text at=1 found

	for text; do
		found=$(tail -n "+$at" "$CONSOLE.text" | grep -nF -- "$text" |
			head -n 1 | cut -d : -f 1 || true)
		[ -n "$found" ] || {
			note "$(tail -n 30 "$CONSOLE.text")"
			fail "the console does not say (any more): $text"
		}
		at=$((at + found - 1))
	done
}

console_lacks()
{
	! grep -F -- "$1" "$CONSOLE.text" || fail "the console says: $1"
}

ended()
{
	[ "$ENDED" = "$1" ] || fail "it ended as $ENDED, not as $1"
}

stopped()
{
	console_has 'imafs-init: the boot is stopped: ' 'Powering off.'
	console_has "$@"
	console_lacks 'guest: '
	ended off
}
