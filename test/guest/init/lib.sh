# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# lib.sh - root file systems that boot with init=/ima/init, and their consoles
#
#     base_root             $ROOT: imafs, keys, a signed tree; everything right
#     boot [RUN-GUEST-OPTIONS]
#                           a machine with this root; its console is $CONSOLE,
#                           and how it ended $ENDED: off or panic
#     console_has TEXT...   all of them are there, in this order
#     console_lacks TEXT
#
# Whoever changes $ROOT begins with fresh_root.
GUEST=$TEST_SOURCE/test/guest
BOOT_WORDS='imafs.failure=poweroff'

need_guest()
{
	need_program qemu-system-x86_64 busybox swtpm mke2fs openssl
	"$GUEST/fetch-kernel.sh" >/dev/null 2>"$T/no-kernel" ||
		skip "$(cat "$T/no-kernel")"
}

# issue NAME: a key and a certificate that $KEYS/ca.crt signed
issue()
{
	openssl genpkey -quiet -algorithm EC \
		-pkeyopt ec_paramgen_curve:P-256 -out "$KEYS/$1.pem"
	openssl req -new -key "$KEYS/$1.pem" -subj "/O=imafs guest/CN=$1" |
		openssl x509 -req -CA "$KEYS/ca.crt" -CAkey "$KEYS/ca.pem" \
			-days 9 -outform DER -out "$KEYS/$1.der" -extfile <(
				printf '%s\n' keyUsage=critical,digitalSignature \
					basicConstraints=critical,CA:FALSE \
					subjectKeyIdentifier=hash \
					authorityKeyIdentifier=keyid:always
			) 2>/dev/null
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

# The signed init: a script, so its interpreter is checked, too.
guest_init()
{
	{
		echo '#!/ima/bin/busybox sh'
		echo 'export PATH=/ima/bin'
		cat
		echo 'poweroff -f'
	} >"$1"
	chmod 755 "$1"
}

base_root()
{
	local r=$T/base tool lib

	mkdir -p "$r"/{dev,proc,sys,run,tmp,etc/imafs,etc/keys/ima} \
		"$r"/ima/tree/{bin,etc}
	install_program "$IMAFS" /usr/bin/imafs "$r"
	lib=$(ldconfig -p | awk '/libtss2-tcti-device\.so\.0/ { print $NF
		exit }')
	install_program "$lib" "$lib" "$r"
	cp "$TEST_BUILD/init/imafs-init" "$r/ima/init"
	cp "$KEYS/ca.crt" "$r/etc/imafs/trusted.pem"
	cp "$KEYS/signer.der" "$r/etc/keys/x509_ima.der"
	cat >"$r/etc/imafs/init.conf" <<-END
		# made by the test
		program = /usr/bin/imafs
		trust   = /etc/imafs/trusted.pem
	END
	cp "$(command -v busybox)" "$r/ima/tree/bin/busybox"
	for tool in sh cat echo poweroff grep sleep kill mount ps ls sed od; do
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

boot()
{
	local status=0

	CONSOLE=$T/console
	"$GUEST/run-guest.sh" -I "$ROOT" "$T/image" 64M
	"$GUEST/run-guest.sh" -d "$T/image" -c "$CONSOLE" -t 120 -M 512 \
		-a "$BOOT_WORDS" -i /ima/init "$@" 2>"$T/guest.log" ||
		status=$?
	tr -d '\r' <"$CONSOLE" >"$CONSOLE.text"
	case $status in
	0) ENDED=off ;;
	125) ENDED=panic ;;
	*)
		note "$(cat "$T/guest.log")"
		fail "the guest ended with status $status"
		;;
	esac
}

console_has()
{
	local text at=1 found

	for text; do
		found=$(tail -n "+$at" "$CONSOLE.text" | grep -nF -- "$text" |
			head -n 1 | cut -d : -f 1)
		[ -n "$found" ] || {
			note "$(tail -n 30 "$CONSOLE.text")"
			fail "the console does not say (any more): $text"
		}
		at=$((at + found))
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
