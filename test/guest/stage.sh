# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# stage.sh - the words in which a case describes its tree (sourced by run)
#
# tree() of a case runs in the empty directory that becomes the file system,
# as root, because security.ima is set here. $mnt is where it will be mounted,
# $keys where the keys are, $tools where the test programs are.
#
# shellcheck disable=SC2154 # those are run's
# shellcheck disable=SC2086 # lists of options

# file PATH TEXT [MODE [UID:GID]]: TEXT as printf understands it
file()
{
	mkdir -p "$(dirname "$1")"
	# shellcheck disable=SC2059 # escapes are wanted
	printf "$2" >"$1"
	chmod "${3:-0644}" "$1"
	[ -z "${4:-}" ] || chown "$4" "$1"
}

# prog PATH [MODE [UID:GID]]: the program that says who it is
prog()
{
	mkdir -p "$(dirname "$1")"
	cp "$tools/prog" "$1"
	chmod "${2:-0755}" "$1"
	[ -z "${3:-}" ] || chown "$3" "$1"
	chmod "${2:-0755}" "$1" # chown took the setuid bit
}

# dynamic PATH: the same, dynamically linked; makes ld.so and libsay.so, too
dynamic()
{
	cp -L /lib64/ld-linux-x86-64.so.2 ld.so
	cp "$tools/libsay.so" libsay.so
	"$CC" $NO_LIBC -DDYNAMIC -pie -fPIE -o "$1" "$here/prog.c" \
		"-Wl,-rpath,$mnt,--dynamic-linker=$mnt/ld.so" ./libsay.so
	chmod 0755 "$1" ld.so libsay.so
}

# raw PATH HEX [NAME]: an xattr as it is; default security.ima. It is put into
# the finished image, past the opinion that this machine's kernel may have.
raw()
{
	printf '%s %s %s\n' "$1" "$2" "${3:-security.ima}" >>"$dir/raw"
}

unhex()
{
	printf %s "$1" | busybox xxd -r -p
}

put_raw_xattrs()
{
	n=0
	while read -r path hex name; do
		n=$((n + 1))
		{ [ "$hex" = empty ] || unhex "$hex"; } >"$dir/raw.$n"
		echo "ea_set -f $dir/raw.$n /$path $name"
	done <"$dir/raw" >"$dir/raw.commands"
	debugfs -w -f "$dir/raw.commands" "$1" >"$dir/raw.log" 2>&1
	! grep -E 'ea_set: |not found' "$dir/raw.log" >&2
}

hex_digest()
{
	openssl dgst "-$1" -r "$2" | cut -d ' ' -f 1
}

# digest PATH ALGORITHM: security.ima = 04 algorithm digest
digest()
{
	case $2 in
	md5) id=01 ;; sha1) id=02 ;; rmd160) id=03 ;; sha256) id=04 ;;
	sha384) id=05 ;; sha512) id=06 ;; sha224) id=07 ;; sha3-256) id=14 ;;
	sha3-384) id=15 ;; sha3-512) id=16 ;;
	*) echo "stage: no number for $2" >&2; return 1 ;;
	esac
	raw "$1" "04$id$(hex_digest "$2" "$1")"
}

# digest_old PATH sha1|md5: security.ima = 01 digest
digest_old()
{
	raw "$1" "01$(hex_digest "$2" "$1")"
}

# sign PATH [KEY [ALGORITHM]]: KEY is rsa, ec, ec384 or stranger (not loaded)
sign()
{
	evmctl ima_sign --key "$keys/${2:-rsa}.pem" -a "${3:-sha256}" \
		--keyid-from-cert "$keys/${2:-rsa}.crt" "$1" >evmctl.log 2>&1 || { cat evmctl.log >&2; return 1; }
	rm evmctl.log
}

# hashed PATH: security.ima = SHA-256 at once, so that EVM signatures can cover it
hashed()
{
	evmctl ima_hash -a sha256 "$1" >evmctl.log 2>&1 ||
		{ cat evmctl.log >&2; return 1; }
	rm evmctl.log
}

# portable PATH [KEY]: security.evm over what the file is now, portable
portable()
{
	evmctl sign --portable --key "$keys/${2:-rsa}.pem" -a sha256 \
		--keyid-from-cert "$keys/${2:-rsa}.crt" "$1" >evmctl.log 2>&1 ||
		{ cat evmctl.log >&2; return 1; }
	rm evmctl.log
}

# bound PATH [KEY]: the same, bound to the inode that the image will give it
bound()
{
	echo "$1 ${2:-rsa}" >>"$dir/bound"
}

sign_bound()
{
	while read -r path key; do
		debugfs -R "stat /$path" "$1" >"$dir/inode" 2>/dev/null
		ino=$(sed -n 's/^Inode: *\([0-9]*\).*/\1/p' "$dir/inode")
		generation=$(sed -n 's/^ *Generation: *\([0-9]*\).*/\1/p' \
			"$dir/inode")
		evmctl sign -n --key "$keys/$key.pem" -a sha256 \
			--keyid-from-cert "$keys/$key.crt" --uuid="$uuid" \
			--ino="$ino" --generation="$generation" \
			"$dir/tree/$path" >"$dir/evm.hex" 2>"$dir/evm.log" ||
			{ cat "$dir/evm.log" >&2; return 1; }
		raw "$path" "$(tr -d '\n' <"$dir/evm.hex")" security.evm
	done <"$dir/bound"
}

# The SHA-256 fs-verity digest of a file of at most one block.
verity_digest()
{
	size=$(wc -c <"$1")
	root=$({ cat "$1"; head -c $((4096 - size)) /dev/zero; } |
		openssl dgst -sha256 -r | cut -d ' ' -f 1)
	{
		unhex "01010c0000000000$(printf %02x%02x $((size % 256)) \
			$((size / 256)))000000000000$root"
		head -c 208 /dev/zero
	} | openssl dgst -sha256 -r | cut -d ' ' -f 1
}

# sign_verity PATH: security.ima = v3 signature of the fs-verity digest, rsa
sign_verity()
{
	unhex "0604$(verity_digest "$1")" >"$dir/id"
	openssl dgst -sha256 -sign "$keys/rsa.pem" -out "$dir/id.sig" "$dir/id"
	skid=$(openssl x509 -in "$keys/rsa.crt" -noout -ext \
		subjectKeyIdentifier | tail -n 1 | tr -d ' :')
	raw "$1" "060304${skid#"${skid%????????}"}0100$(od -An -v -tx1 \
		"$dir/id.sig" | tr -d ' \n')"
}

# label_again FROM TO: the raw security.ima of FROM is also that of TO
label_again()
{
	raw "$2" "$(awk -v path="$1" '$1 == path { v = $2 } END { print v }' \
		"$dir/raw")"
}

# ima_of PATH: security.ima in hexadecimal
ima_of()
{
	getfattr --only-values -n security.ima "$1" | od -An -v -tx1 |
		tr -d ' \n'
}

# evm_of PATH: security.evm likewise
evm_of()
{
	getfattr --only-values -n security.evm "$1" | od -An -v -tx1 |
		tr -d ' \n'
}

# tamper PATH: one byte of the content differs, size and xattrs stay
tamper()
{
	printf '!' | dd of="$1" bs=1 conv=notrunc status=none
}

# make_key NAME LOADED ARGUMENTS...: key, certificate, and a DER to load
make_key()
{
	name=$1 loaded=$2
	shift 2
	openssl req -x509 -new -nodes -days 3650 -subj "/CN=imafs guest $name" \
		-addext keyUsage=digitalSignature \
		-addext basicConstraints=CA:FALSE "$@" \
		-keyout "$keys/$name.pem" -out "$keys/$name.crt" 2>/dev/null
	[ "$loaded" = no ] || openssl x509 -in "$keys/$name.crt" \
		-outform DER -out "$keys/loaded/$name.der"
}

make_keys()
{
	mkdir -p "$keys/loaded"
	make_key rsa yes -newkey rsa:2048
	make_key ec yes -newkey ec -pkeyopt ec_paramgen_curve:P-256
	make_key ec384 yes -newkey ec -pkeyopt ec_paramgen_curve:P-384
	make_key stranger no -newkey rsa:2048
}

NO_LIBC="-std=gnu17 -O1 -Wall -Wextra -Werror -nostdlib -ffreestanding
	-fno-stack-protector -fcf-protection=none
	-fno-asynchronous-unwind-tables
	-Wl,--build-id=none,-z,noseparate-code,-s"

make_tools()
{
	mkdir -p "$tools"
	"$CC" -std=gnu17 -D_GNU_SOURCE -O1 -Wall -Wextra -Wshadow -Werror \
		-static -o "$tools/op" "$here"/op/*.c
	"$CC" $NO_LIBC -static -o "$tools/prog" "$here/prog.c"
	"$CC" $NO_LIBC -DLIBRARY -shared -fPIC -Wl,-soname,libsay.so \
		-o "$tools/libsay.so" "$here/prog.c"
}
