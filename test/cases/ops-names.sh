#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Making, moving, linking and removing names.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/ops.sh"
need_root
need_program getfattr getfacl

start_mount allow_other,dev,suid

make_all()
{
	mkdir d d/e
	echo text >f
	ln -s f l
	ln -s nowhere dangling
	ln -s "$(printf 'x%.0s' {1..1000})" long
	mknod c c 1 3
	mknod b b 7 200
	mkfifo p
	"$FSOP" mknod 140644 s
	"$FSOP" mknod 100640 r
	"$FSOP" mknod 0640 none
	readlink l dangling long
	stat -c '%n %F %t:%T' c b p s r
	mkdir d
	mknod f p
	ln -s x f
	mkdir "$(printf 'n%.0s' {1..255})"
	mkdir "$(printf 'n%.0s' {1..256})"
	mkdir missing/x
	mkdir f/x
	touch $'new\nline' $'\xff\xfe' ' ' '*'
}

it 'makes files of every kind'
same make_all

links()
{
	mkdir d
	echo text >f
	ln f d/g
	ln f h
	stat -c '%n %h' f d/g h
	[ f -ef d/g ] && echo same
	rm f
	echo more >>h
	cat d/g
	ln -s h l
	ln -P l l2
	stat -c '%n %F %h' l2
	mkfifo p
	ln p p2
	ln d d2
	ln h l
	"$FSOP" linkfd h i
	stat -c '%n %h' i
}

it 'hard links are one file'
same links

renames()
{
	mkdir -p a/b/c x empty full/thing
	echo one >n1
	echo two >n2
	mv n1 a/n1
	mv a/n1 a/b/c/one
	mv -T a/b x/b
	cat x/b/c/one
	mv -T x empty
	mv -T empty full
	mv -T full full/thing/below
	mv n2 full
	ls -R
	echo three >n3
	echo four >n4
	"$FSOP" rename noreplace n3 n4
	"$FSOP" rename noreplace n3 n5
	"$FSOP" rename exchange n4 n5
	cat n4 n5
	"$FSOP" rename exchange n4 full
	"$FSOP" rename exchange n4 missing
	"$FSOP" rename none n5 n5
	"$FSOP" rename none n5 n4
	"$FSOP" rename none missing n4
	"$FSOP" rename whiteout n5 n6
	stat -c '%n %F %t:%T' n5 n6
	ln n6 n7
	"$FSOP" rename none n6 n7
	ls
}

it 'renames, with every flag'
same renames

removes()
{
	mkdir -p d/e
	touch f d/f
	rmdir d
	rmdir f
	rm d
	unlink d/e
	rm d/f missing
	rmdir d/e d
	rmdir .
	ls
	"$FSOP" orphan gone
	"$FSOP" tmpfile . named
	"$FSOP" tmpfile named other
	mkdir t
	cd t
	rmdir ../t
	touch x
	mkdir y
}

it 'removes, and files that are open live on'
same removes

it 'a file that replaced another is another file'
echo old >"$MNT/f"
exec 7<"$MNT/f"
old=$(stat -c %i "$MNT/f")
echo new >"$MNT/f.new"
mv "$MNT/f.new" "$MNT/f"
[ "$(stat -c %i "$MNT/f")" != "$old" ]
expect_text new cat "$MNT/f"
expect_text old cat <&7
expect_text "$old 0" stat -L -c '%i %h' /proc/self/fd/7 <&7
exec 7<&-

it 'what is done below is seen, as soon as the kernel asks again'
echo below >"$SRC/below"
expect_text below cat "$MNT/below"
mv "$SRC/below" "$SRC/moved"
wait_for 5 test ! -e "$MNT/below" || fail 'the old name stays'
expect_text below cat "$MNT/moved"
mkdir "$SRC/dir"
ls "$MNT/dir" >/dev/null
rmdir "$SRC/dir"
echo file >"$SRC/dir"
wait_for 5 cat "$MNT/dir" || fail 'the directory stays one'
expect_text file cat "$MNT/dir"

it 'a directory that was moved is still where one stands'
mkdir -p "$MNT/from/here" "$MNT/to"
cd "$MNT/from/here"
touch a
mv "$MNT/from/here" "$MNT/to/there"
touch b
expect_text $'a\nb' ls
expect_text "$MNT/to/there" /bin/pwd -P
[ -e "$SRC/to/there/b" ]
cd /

it 'nothing leads out of the tree'
echo secret >"$T/secret"
ln -s ../secret "$SRC/up"
ln -s "$T/secret" "$SRC/abs"
# the kernel follows links, above the mount, as it does anywhere
expect_text secret cat "$MNT/up"
expect_text secret cat "$MNT/abs"
[ "$MNT/.." -ef "$T" ]
mkdir "$SRC/over"
echo hidden >"$SRC/over/below"
mount -t tmpfs over "$SRC/over"
echo covers >"$SRC/over/above"
expect_text below ls "$MNT/over"
expect_fail ENOENT cat "$MNT/over/above"
umount "$SRC/over"

it 'mounts that were there before the tree was are not in it either'
stop_mount
mount -t tmpfs over "$SRC/over"
start_mount
expect_text below ls "$MNT/over"
umount "$SRC/over"

it 'the name of the control directory is taken'
echo real >"$SRC/.ima"
expect_fail EEXIST mkdir "$MNT/.ima"
expect_fail EEXIST ln "$MNT/moved" -T "$MNT/.ima"
expect_fail EPERM mv -T "$MNT/moved" "$MNT/.ima/moved"
expect_fail EPERM "$FSOP" rename exchange "$MNT/moved" "$MNT/.ima"
expect_fail EEXIST "$FSOP" rename noreplace "$MNT/moved" "$MNT/.ima"
expect_fail EPERM rmdir "$MNT/.ima"
expect_fail EPERM chmod 777 "$MNT/.ima"
expect_fail EPERM chown 1 "$MNT/.ima/policy"
[ -z "$(find "$MNT" -maxdepth 1 -name .ima)" ] || fail '.ima is listed'
mkdir "$MNT/d"
echo other >"$MNT/d/.ima" # only in the root
expect_text other cat "$SRC/d/.ima"
expect_text real cat "$SRC/.ima"
stop_mount
start_mount control=none
expect_text real cat "$MNT/.ima"
stop_mount
start_mount control=visible
expect_text "$MNT/.ima" find "$MNT" -maxdepth 1 -name .ima

stop_mount
finish
