#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run-guest.sh - boot the guest kernel, run one script in it, fetch its results
#
#   run-guest.sh [options] SCRIPT       runs SCRIPT in the initramfs, as root
#   run-guest.sh [options] -i INIT      boots from the first disk, an NVMe one;
#                                       INIT is process 1. No initramfs.
#   run-guest.sh [options] -R FILE      boots with this initramfs
#
#   -o DIR     the script's /out is unpacked here (made if missing)
#   -r DIR     laid over the root of the initramfs; may be repeated
#   -p FILE    a program or shared library, copied to the same path together
#              with the libraries that it needs; may be repeated
#   -m MODULE  kernel module to load, by name; in this order; may be repeated
#   -d IMAGE   disk: /dev/vda, /dev/vdb ...; may be repeated. With -i two and
#              more are copied to the partitions of one: /dev/nvme0n1p1 ...
#   -a WORDS   for the kernel's command line
#   -c FILE    console output; default: a temporary file, shown if we fail
#   -n         without a TPM; else a software TPM of its own, new every time
#   -T DIR     keep the TPM's state here, so that it lasts over boots
#   -M MIB     memory, default 256
#   -t SECONDS give up then, default 60
#   -e TEXT    end the emulator when the console has this text: for a guest
#              that halts, which is no end for the emulator
#
#   run-guest.sh -I DIR IMAGE SIZE      makes IMAGE (ext4, SIZE as of mke2fs)
#                                       from DIR with owners and all xattrs
#
# Nothing waits by sleeping: the end of the emulator is the end of the guest,
# a panic ends it too, and results come through a virtio port, not through the
# console. Exit status: that of SCRIPT if it ran to its end (with -i and -R: 0
# if the guest ended by itself); 124 if time ran out; 125 if it ended without
# saying so; 77 if there is no kernel or no emulator; 126 for a wrong call.
set -eu

here=$(cd "$(dirname "$0")" && pwd)

fail()
{
	status=$1
	shift
	echo "run-guest: $*" >&2
	exit "$status"
}

make_image()
{
	IMAGE_FEATURES=${IMAGE_FEATURES:-metadata_csum}
	# No journal: it takes time and says nothing about files.
	mke2fs -q -F -t ext4 -O "^has_journal,$IMAGE_FEATURES" -b 4096 \
		${IMAGE_UUID:+-U "$IMAGE_UUID"} -d "$1" "$2" "$3" >/dev/null
}

out='' console='' append='' init='' tpm=yes tpm_state='' memory=256 limit=60
own_initramfs='' end_text=''
overlays='' programs='' modules='virtio_blk' disks=''
while getopts I:o:r:p:m:d:a:c:nT:M:t:i:R:e: option; do
	case $option in
	I) shift $((OPTIND - 1)); make_image "$OPTARG" "$@"; exit ;;
	o) out=$OPTARG ;;
	r) overlays="$overlays $OPTARG" ;;
	p) programs="$programs $OPTARG" ;;
	m) modules="$modules $OPTARG" ;;
	d) disks="$disks $OPTARG" ;;
	a) append="$append $OPTARG" ;;
	c) console=$OPTARG ;;
	n) tpm=no ;;
	T) tpm_state=$OPTARG ;;
	M) memory=$OPTARG ;;
	t) limit=$OPTARG ;;
	i) init=$OPTARG ;;
	R) own_initramfs=$OPTARG ;;
	e) end_text=$OPTARG ;;
	*) exit 126 ;;
	esac
done
shift $((OPTIND - 1))
mode=script
if [ -n "$init$own_initramfs" ]; then
	mode=boot
	[ $# -eq 0 ] || fail 126 "-i and -R take no script"
else
	[ $# -eq 1 ] || fail 126 "one script, or -i INIT, or -R FILE"
fi

for tool in qemu-system-x86_64 busybox; do
	command -v $tool >/dev/null || fail 77 "$tool is not installed"
done
[ "$tpm" = no ] || command -v swtpm >/dev/null ||
	fail 77 "swtpm is not installed"
kernel=$("$here/fetch-kernel.sh")
release=$(ls "$kernel/lib/modules")

work=$(mktemp -d)
qemu_pid=''
# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null || :
	# It ends by itself when the emulator leaves; that may be just now.
	[ ! -s "$work/swtpm.pid" ] ||
		kill "$(cat "$work/swtpm.pid")" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

copy_program()
{
	mkdir -p "$work/root$(dirname "$1")"
	cp -L "$1" "$work/root$1"
	{ ldd "$1" 2>/dev/null || :; } |
		sed -n 's,^[^/]*\(/[^ ]*\) (0x.*,\1,p' |
		while read -r lib; do
			[ -e "$work/root$lib" ] && continue
			mkdir -p "$work/root$(dirname "$lib")"
			cp -L "$lib" "$work/root$lib"
		done
}

# The modules that $1 needs, then $1, from the strings in the modules.
copy_module()
{
	file=$(find "$kernel/lib/modules" -name "$1.ko*" | head -n 1)
	if [ -z "$file" ]; then
		grep -q "/$1.ko" "$kernel/lib/modules/$release/modules.builtin" ||
			fail 126 "no module $1"
		return 0
	fi
	[ ! -e "$work/root/lib/modules/$1.ko" ] || return 0
	case $file in
	*.xz) xz -dc "$file" ;;
	*.zst) zstd -dcq "$file" ;;
	*) cat "$file" ;;
	esac >"$work/root/lib/modules/$1.ko"
	for need in $(tr '\0' '\n' <"$work/root/lib/modules/$1.ko" |
		sed -n 's/^depends=//p' | tr ',' ' '); do
		copy_module "$need"
	done
	echo "$1" >>"$work/root/lib/modules/order"
}

make_initramfs()
{
	for dir in bin dev proc sys tmp run out job etc lib/modules; do
		mkdir -p "$work/root/$dir"
	done
	ln -s bin "$work/root/sbin"
	echo 'root:x:0:0:root:/:/bin/sh' >"$work/root/etc/passwd"
	echo 'root:x:0:' >"$work/root/etc/group"
	cp -L "$(command -v busybox)" "$work/root/bin/busybox"
	cp "$here/guest-init" "$work/root/init"
	for module in $modules; do
		copy_module "$module"
	done
	for program in $programs; do
		copy_program "$program"
	done
	for overlay in $overlays; do
		cp -a "$overlay/." "$work/root/"
	done
	cp "$1" "$work/root/job/script"
	# Not compressed: to unpack it would cost the emulated machine more.
	(cd "$work/root" && find . | busybox cpio -o -H newc 2>/dev/null) \
		>"$work/initramfs"
}

# Several NVMe disks get their names in the order in which they answer; the
# names of partitions are certain.
join_disks()
{
	start=2048
	: >"$work/partitions"
	: >"$work/disk"
	for disk in $disks; do
		size=$(($(stat -Lc %s "$disk") / 512))
		echo "start=$start, size=$size" >>"$work/partitions"
		dd if="$disk" of="$work/disk" bs=1M seek=$((start / 2048)) \
			conv=sparse,notrunc status=none
		start=$((start + (size / 2048 + 1) * 2048))
	done
	truncate -s $((start * 512)) "$work/disk"
	sfdisk -q -X dos "$work/disk" <"$work/partitions"
	disks=$work/disk
}

# The bzImage, although it has to unpack itself: for a bare vmlinux, QEMU puts
# the initramfs over the ACPI tables, and then the guest has no TPM. Without an
# initramfs the vmlinux saves a second.
image=$(find "$kernel/boot" -name 'vmlinuz-*')
drive=virtio-blk-pci
if [ -n "$init" ]; then
	[ ! -e "$kernel/boot/vmlinux" ] || image=$kernel/boot/vmlinux
	drive=nvme # the only disk whose driver is built in
	root=/dev/nvme0n1
	case $disks in
	*' '*' '*)
		join_disks
		root=${root}p1
		;;
	esac
	append="root=$root rootfstype=ext4 rootwait rw init=$init $append"
elif [ -z "$own_initramfs" ]; then
	make_initramfs "$1"
	own_initramfs=$work/initramfs
fi
[ -n "$console" ] || console=$work/console
: >"$console"
: >"$work/status"

# -cx16: QEMU 7.2 computes the flags of cmpxchg16b wrongly; when an interrupt
# comes just then the guest dies, one boot in ten.
set -- -accel tcg -cpu max,-cx16 -m "$memory" -nodefaults -display none \
	-no-reboot -serial "file:$console" -kernel "$image" \
	-append "console=ttyS0 panic=-1 quiet mitigations=off tsc=reliable
no_timer_check cryptomgr.notests random.trust_cpu=on $append"
if [ "$mode" = script ]; then
	set -- "$@" -device virtio-serial-pci \
		-chardev "file,id=result,path=$work/result" \
		-device virtserialport,chardev=result,name=result \
		-chardev "file,id=status,path=$work/status" \
		-device virtserialport,chardev=status,name=status
fi
[ -z "$own_initramfs" ] || set -- "$@" -initrd "$own_initramfs"
n=0
for disk in $disks; do
	set -- "$@" -drive "file=$disk,if=none,id=disk$n,format=raw" \
		-device "$drive,drive=disk$n,serial=disk$n"
	n=$((n + 1))
done
if [ "$tpm" = yes ]; then
	[ -n "$tpm_state" ] || tpm_state=$work/tpm
	mkdir -p "$tpm_state"
	# As a daemon it returns when its socket is there.
	swtpm socket --tpm2 --tpmstate "dir=$tpm_state" --terminate --daemon \
		--ctrl "type=unixio,path=$work/swtpm.sock" \
		--pid "file=$work/swtpm.pid" || fail 77 "swtpm does not start"
	set -- "$@" -chardev "socket,id=tpm,path=$work/swtpm.sock" \
		-tpmdev emulator,id=tpm0,chardev=tpm \
		-device tpm-tis,tpmdev=tpm0
fi

nice -n "${IMAFS_GUEST_NICE:-0}" timeout "$limit" qemu-system-x86_64 "$@" \
	>"$work/qemu" 2>&1 </dev/null &
qemu_pid=$!
if [ -n "$end_text" ]; then
	# the emulator stands still by then: there is nothing to be lost
	tail -n +1 -f --pid="$qemu_pid" "$console" 2>/dev/null |
		grep -qF -m 1 -- "$end_text" && kill "$qemu_pid" &
fi
ended=0
wait "$qemu_pid" || ended=$?
qemu_pid=''

give_up()
{
	{
		echo "run-guest: $2; the end of the console:"
		tail -n 30 "$console" | tr -d '\r'
		cat "$work/qemu"
	} >&2
	exit "$1"
}

[ "$ended" -ne 124 ] || give_up 124 "no end after $limit s"
[ "$ended" -eq 0 ] || give_up 125 "the emulator failed ($ended)"
if [ "$mode" != script ]; then
	! grep -q 'Kernel panic' "$console" || give_up 125 "the guest panicked"
	exit 0
fi
[ -s "$work/status" ] || give_up 125 "the guest ended without results"
mkdir -p "${out:=$work/out}"
tar -C "$out" -xmf "$work/result" || give_up 125 "its results are cut short"
read -r status <"$work/status"
exit "$status"
