#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attributes, extended attributes, and what statfs(2) says.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/ops.sh"
need_root
need_program getfattr setfattr

start_mount allow_other,dev,suid

sizes()
{
	echo text >f
	truncate -s 100 f
	stat -c '%s %b' f
	truncate -s 2 f
	cat f
	truncate -s 5G f
	stat -c %s f
	truncate -s -1 f
	exec 7>>f
	truncate -s 0 f
	echo more >&7
	cat f
	exec 7>&-
	truncate -s 1 missing/f
	mkdir d
	truncate -s 0 d
	ln -s f l
	truncate -s 3 l
	cat l
	chmod 000 f
	user 1000 truncate -s 0 f
	: >f
	stat -c '%a %s' f
	truncate -s 9223372036854775807 f
	mkfifo p
	truncate -s 0 p
}

it 'sizes'
same sizes

times()
{
	touch -d '2001-02-03 04:05:06.123456789 UTC' f
	touch -h -d '1960-01-01 00:00:00.5 UTC' f
	stat -c '%x %y' f
	touch -a -d '2010-01-01 UTC' f
	touch -m -d '2030-01-01 00:00:00.000000001 UTC' f
	stat -c '%x %y' f
	ln -s f l
	touch -h -d '2002-02-02 UTC' l
	stat -c '%n %y' l f
	mkdir d
	touch -d '2003-03-03 UTC' d
	stat -c %y d
	touch f
	[ "$(stat -c %Y f)" -gt 1700000000 ] && echo now
	touch -d '2003-03-03 UTC' f
	user 1000 touch f
	chmod 666 f
	user 1000 touch f
	[ "$(stat -c %Y f)" -gt 1700000000 ] && echo now
	user 1000 touch -d '2004-04-04 UTC' f
	touch -d '2005-05-05 UTC' d
	touch d/f
	[ "$(stat -c %Y d)" -gt 1700000000 ] && echo now
	mkfifo p
	touch -d '2006-06-06 UTC' p
	stat -c %y p
	touch -d '2007-07-07 UTC' -r f p
	cp -p f copy
	[ "$(stat -c %y f)" = "$(stat -c %y copy)" ] && echo kept
}

it 'times'
same times

changes()
{
	local before after

	echo text >f
	before=$(stat -c %z f)
	sleep 0.02
	chmod 600 f
	after=$(stat -c %z f)
	[ "$before" != "$after" ] && echo chmod
	before=$after
	sleep 0.02
	ln f g
	after=$(stat -c %z f)
	[ "$before" != "$after" ] && echo link
	before=$after
	sleep 0.02
	setfattr -n user.x -v y f
	after=$(stat -c %z g)
	[ "$before" != "$after" ] && echo xattr
	before=$after
	sleep 0.02
	rm g
	after=$(stat -c %z f)
	[ "$before" != "$after" ] && echo unlink
	before=$(stat -c '%z %y' f)
	sleep 0.02
	echo more >>f
	after=$(stat -c '%z %y' f)
	[ "${before#* }" != "${after#* }" ] && echo write
}

it 'what changes a file changes its ctime'
same changes

modes()
{
	local m

	mkdir d
	touch f
	ln -s f l
	for m in 0 644 1777 2755 4755 7777 ; do
		chmod $m f d
		stat -c '%n %a' f d
	done
	chmod 600 l
	stat -c '%n %a' f l
	chown 1:2 f d
	chown -h 3:4 l
	chown :5 f
	chown 6 f
	stat -c '%n %u:%g' f d l
	chmod 644 missing
}

it 'modes and owners'
same modes

xattrs()
{
	local k

	mkdir d
	touch f
	ln -s f l
	mkfifo p
	mknod c c 1 3
	for k in f d l p c; do
		setfattr -h -n user.a -v one $k
		setfattr -h -n trusted.a -v one $k
		setfattr -h -n security.a -v one $k
		getfattr -h -d -m - $k
	done
	setfattr -n user.b -v two f
	setfattr -n user.empty f
	setfattr -n user.a -v three f
	getfattr -d -m - f
	setfattr -x user.a f
	setfattr -x user.a f
	getfattr -n user.a f
	setfattr -n nothing.a -v x f
	setfattr -n user. -v x f
	setfattr -n system.x -v x f
	setfattr -x system.x f
	getfattr -n system.x f
	user 1000 setfattr -n system.x -v x f
	setfattr -n "user.$(printf 'n%.0s' {1..250})" -v x f
	setfattr -n "user.$(printf 'n%.0s' {1..251})" -v x f
	setfattr -n user.big -v "$(printf 'v%.0s' {1..3000})" f
	getfattr -n user.big f | cksum
	setfattr -n user.huge -v "$(printf 'v%.0s' {1..100000})" f
	user 1000 getfattr -d -m - f
	chmod 600 f
	user 1000 getfattr -n user.b f
	user 1000 setfattr -n user.b -v x f
	user 1000 getfattr -n security.a f
	user 1000 getfattr -n trusted.a d
	for k in {1..40}; do
		setfattr -n user.many$k -v $k d
	done
	getfattr -d -m - d | sort
	cp -a f copy
	getfattr -d -m user copy
	getfattr -n user.x missing
}

it 'extended attributes of every namespace and kind of file'
same xattrs

it 'an attribute of the security namespace is there below, too'
echo x >"$MNT/f"
setfattr -n security.other -v value "$MNT/f"
expect_text value getfattr --absolute-names -n security.other --only-values \
	"$SRC/f"
setcap cap_net_raw+ep "$MNT/f"
getcap "$SRC/f" | grep -q cap_net_raw
setcap -r "$MNT/f"
expect_text '' getcap "$SRC/f"

it 'control files have no extended attributes'
expect_status 1 getfattr -n user.x "$MNT/.ima/status"
case $OUT in
*'No such attribute'*) ;;
*) fail "$OUT" ;;
esac
expect_fail EOPNOTSUPP setfattr -n security.ima -v x "$MNT/.ima/status"
expect_text '' getfattr -d -m - "$MNT/.ima/status"

it 'statfs is the one of the file system below'
expect_text "$(stat -f -c '%b %S %l' "$SRC")" stat -f -c '%b %S %l' "$MNT"

it 'inode numbers are those of the file system below'
mkdir -p "$MNT/a/b"
touch "$MNT/a/b/c"
for f in . a a/b a/b/c; do
	expect_text "$(stat -c %i "$SRC/$f")" stat -c %i "$MNT/$f"
done

it 'who has the content before open sees the new mode and owner at once'
set_policy 'measure func=FILE_CHECK'
echo one >"$SRC/twice"
exec 7<"$MNT/twice"
echo two >"$SRC/twice"
expect_text two cat "$MNT/twice"
expect_text 644:0 stat -Lc %a:%u /dev/fd/7
chmod 640 "$MNT/twice"
chown 5 "$MNT/twice"
expect_text 640:5 stat -Lc %a:%u /dev/fd/7
chmod 600 /dev/fd/7
expect_text 600:5 stat -c %a:%u "$MNT/twice"
setfacl -m u:6:rw "$MNT/twice"
expect_text 660 stat -Lc %a /dev/fd/7
expect_text 1 sh -c 'getfacl -n /dev/fd/7 2>/dev/null | grep -c ^user:6:rw'
expect_text one cat <&7
exec 7<&-

it 'a program finds its way with openat and fchdir'
cd "$MNT/a/b"
expect_text "$MNT/a/b" /bin/pwd -P
cd ../..
expect_text "$MNT" /bin/pwd -P
cd /

stop_mount
finish
