#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Content is changed on the source, behind the mount: between open and read, and
# between two opens. The old handle has the old bytes, a new open is denied or
# measured again, and nobody gets a mixture.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"

need_root
make_keys
start_mount "keys=$KEYS/trusted"

SIZE=300000

# content CHARACTER: a file of it
content()
{
	head -c "$SIZE" /dev/zero | tr '\0' "$1"
}

# change_in_place FILE CHARACTER: the same size, the same inode
change_in_place()
{
	content "$2" | dd of="$1" conv=notrunc status=none
}

# The name was looked up already and may be remembered for a second, while the
# old file is open.
change_by_rename()
{
	content "$2" >"$1.new"
	mv "$1.new" "$1"
	sleep 1.1
}

change_shorter()
{
	printf '%s' "$2$2$2" >"$1"
}

# The same size, and the modification time set back.
change_with_old_time()
{
	touch -r "$1" "$T/stamp"
	change_in_place "$1" "$2"
	touch -r "$T/stamp" "$1"
}

set_policy 'measure func=FILE_CHECK'

for how in in_place by_rename shorter with_old_time; do
	f=measured-$how

	it "changed between open and read: the handle has the old bytes ($how)"
	content a >"$SRC/$f"
	exec 8<"$MNT/$f"
	"change_$how" "$SRC/$f" b
	cat <&8 >"$T/old"
	cmp "$T/old" <(content a)

	it "a new open has the new ones, and they were measured ($how)"
	cat "$MNT/$f" >"$T/new"
	cmp "$T/new" "$SRC/$f"
	log_has "sha256:$(sha256sum <"$SRC/$f" | cut -d ' ' -f 1) $MNT/$f\$"
	log_has "sha256:$(content a | sha256sum | cut -d ' ' -f 1) $MNT/$f\$"

	it "both at once, each keeps its own ($how)"
	content c >"$SRC/$f"
	exec 7<"$MNT/$f"
	"change_$how" "$SRC/$f" d
	exec 6<"$MNT/$f"
	cat <&6 >"$T/new"
	cat <&7 >"$T/old"
	cmp "$T/new" "$SRC/$f"
	cmp "$T/old" <(content c)
	exec 8<&- 7<&- 6<&-
done

set_policy 'measure func=FILE_CHECK
appraise func=FILE_CHECK appraise_type=imasig'

for how in in_place by_rename shorter with_old_time; do
	f=signed-$how

	it "signed, changed between open and read ($how)"
	content a >"$SRC/$f"
	sign ec "$SRC/$f"
	exec 8<"$MNT/$f"
	"change_$how" "$SRC/$f" b
	cat <&8 >"$T/old"
	cmp "$T/old" <(content a)

	it "a new open is denied, the old handle still reads ($how)"
	expect_fail EACCES cat "$MNT/$f"
	case $how in
	by_rename) denied_because IMA-signature-required "$MNT/$f" ;;
	*) denied_because invalid-signature "$MNT/$f" ;;
	esac
	exec 8<&-

	it "with the old content back it is accepted again ($how)"
	content a >"$SRC/$f"
	sign ec "$SRC/$f"
	cmp "$MNT/$f" <(content a)
done

it 'the xattr removed behind the mount: denied from then on'
setfattr -x security.ima "$SRC/signed-in_place"
expect_fail EACCES cat "$MNT/signed-in_place"
denied_because IMA-signature-required "$MNT/signed-in_place"

it 'a program that is replaced while it runs keeps its own image'
set_policy 'measure func=BPRM_CHECK
appraise func=BPRM_CHECK appraise_type=imasig'
a=$TEST_BUILD/test/race/steady-a b=$TEST_BUILD/test/race/steady-b
cp "$a" "$SRC/program"
sign rsa "$SRC/program"
sum_a=$(echo | "$a") sum_b=$(echo | "$b")
coproc PROGRAM { "$MNT/program"; }
ask()
{
	local line

	echo >&"${PROGRAM[1]}"
	read -r -t 10 line <&"${PROGRAM[0]}" || fail 'the program is gone'
	echo "$line"
}
expect_text "$sum_a" ask
cat "$b" >"$SRC/program" # in place: the source is not busy
expect_text "$sum_a" ask
echo 3 >/proc/sys/vm/drop_caches
expect_text "$sum_a" ask

it 'a new exec of it is denied'
expect_fail EACCES "$MNT/program"
denied_because invalid-signature "$MNT/program"

it 'a signed successor runs beside it'
cp "$b" "$SRC/program.new"
sign rsa "$SRC/program.new"
mv "$SRC/program.new" "$SRC/program"
expect_text "$sum_b" sh -c "echo | '$MNT/program'"
expect_text "$sum_a" ask

it 'and so does one that is replaced through the mount'
cp "$a" "$SRC/fresh"
sign rsa "$SRC/fresh"
mv "$MNT/fresh" "$MNT/program"
expect_text "$sum_a" sh -c "echo | '$MNT/program'"
expect_text "$sum_a" ask

stop_program()
{
	local in=${PROGRAM[1]}

	exec {in}>&-
	wait "$PROGRAM_PID" || true
}
stop_program
stop_mount
finish
