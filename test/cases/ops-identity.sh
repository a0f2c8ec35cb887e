#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# New files belong to the caller; permissions are the caller's, not the
# daemon's. Everything is compared with the file system below.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/ops.sh"
need_root
need_program setpriv getfacl setfacl getfattr

chmod 755 "$T"
start_mount allow_other,dev,suid

owners()
{
	mkdir -m 777 d
	cd d
	user 1000 touch f
	user 1000 mkdir d
	user 1000 ln -s f l
	user 1000 mkfifo p
	user 1000 "$FSOP" mknod 100600 r
	user 1000 "$FSOP" mknod 140600 s
	user 1000 "$FSOP" tmpfile . t
	user 1001:1001,100 touch g
	user 1000 mknod c c 1 3
	user 1000 ln f h
	user 1000 ln g f2
	setpriv --regid 5 --clear-groups touch group
}

it 'files belong to whoever makes them'
same owners

masks()
{
	local m

	for m in 000 022 027 077 777; do
		(
			umask $m
			touch f$m
			mkdir d$m
			"$FSOP" mknod 100666 r$m
			"$FSOP" open create o$m
		"$FSOP" tmpfile . t$m
			mkfifo p$m
		)
	done
}

it 'the umask is the one of the caller'
same masks

setgid()
{
	mkdir -m 2777 d
	chgrp 100 d
	chmod 2777 d
	cd d
	user 1000 touch f
	user 1000 mkdir d
	user 1000 ln -s f l
	user 1000 "$FSOP" mknod 102755 not-in-it
	user 1000:100 "$FSOP" mknod 102755 in-it
	"$FSOP" mknod 102755 root
	umask 0
	user 1000 mkdir -m 2750 own
	user 1000:1000,100 install -m 2755 /dev/null i
	user 1000 install -m 2755 /dev/null j
}

it 'setgid directories give their group'
same setgid

default_acls()
{
	umask 027
	mkdir d
	setfacl -d -m u::rwx,u:1000:rwx,g::rx,g:100:rw,m::rwx,o::- d
	chmod 777 d
	touch d/f
	mkdir d/d d/d/d
	user 1001 touch d/g
	user 1001 mkdir d/e
	"$FSOP" mknod 100666 d/r
	"$FSOP" open create d/o
	"$FSOP" tmpfile d d/t
	ln -s x d/l
	setfacl -k d
	touch d/h
}

it 'default ACLs take the place of the umask'
same default_acls

permissions()
{
	mkdir -m 755 d
	mkdir -m 700 closed
	mkdir -m 1777 sticky
	echo text >d/f
	chmod 640 d/f
	chown 0:100 d/f
	touch closed/f sticky/f
	user 1000 cat d/f
	user 1000:100 cat d/f
	user 1000:100 "$FSOP" open w d/f
	user 1000 touch d/g
	user 1000 rm -f d/f
	user 1000 mv d/f d/g
	user 1000 chmod 777 d/f
	user 1000 chown 1000 d/f
	user 1000 touch d/f
	user 1000 truncate -s 0 d/f
	user 1000 cat closed/f
	user 1000 stat closed/f
	user 1000 ls closed
	user 1000 rm -f sticky/f
	user 1000 mv sticky/f sticky/g
	user 1000 touch sticky/mine
	user 1001 rm -f sticky/mine
	user 1001 mv sticky/mine sticky/yours
	user 1000 rm -f sticky/mine
	user 1000 ln d/f sticky/h
	user 1000 setfattr -n user.x -v y d/f
	user 1000 setfattr -n trusted.x -v y sticky
	user 1000 setfattr -n security.x -v y sticky
	user 1000 setfacl -m u:1000:rwx d/f
	user 1000 test -x d/f
	user 1000 test -w d/f
	echo $?
}

it 'permissions are checked as the caller'
same permissions

acls()
{
	echo text >f
	chmod 600 f
	setfacl -m u:1000:r,g:100:rw f
	user 1000 cat f
	user 1001 cat f
	user 1000 "$FSOP" open w f
	user 1001:100 "$FSOP" open w f
	chmod g-w f
	user 1001:100 "$FSOP" open w f
	getfacl -n f
	setfacl -x u:1000 f
	user 1000 cat f
	setfacl -b f
	getfacl -n f
	mkdir d
	setfacl -m u:1000:rwx d
	user 1000 touch d/f
	user 1001 touch d/g
	setfacl -d -m u:1000:r d
	getfacl -n d
	setfacl -k d
	getfacl -n d
	setfacl -m u:1000:rwx missing
	ln -s f l
	setfacl -m u:1:r l
}

it 'access ACLs are obeyed'
same acls

owner_changes()
{
	echo text >f
	chmod 6755 f
	user 1000 chown 1000 f
	chown 1000:1000 f
	stat -c %a f
	chmod 6755 f
	user 1000:1000,100 chgrp 100 f
	stat -c %a f
	user 1000 chgrp 101 f
	user 1000 chown 0 f
	user 1000 chmod 2755 f
	stat -c %a f
	user 1000:1000,100 chmod 2755 f
	stat -c %a f
	ln -s f l
	chown -h 1:1 l
	chmod 6755 f
	user 1000:1000 bash -c 'echo more >>f'
	stat -c %a f
	chmod 6777 f
	user 1001 bash -c 'echo more >>f'
	stat -c %a f
	chmod 6777 f
	user 1001 truncate -s 1 f
	stat -c %a f
	chmod 6777 f
	user 1001 "$FSOP" open trunc f
	stat -c %a f
	chmod 6777 f
	user 1001 "$FSOP" fallocate grow f 0 100
	stat -c %a f
	chmod 2777 f
	user 1001 setfacl -m u:5:r f
	user 1000 setfacl -m u:5:r f
	stat -c %a f
	chmod 2777 f
	user 1000:1000,100 setfacl -m u:6:r f
	stat -c %a f
	setcap cap_net_raw+ep f
	getcap f
	echo more >>f
	getcap f
	setcap cap_net_raw+ep f
	chown 1001 f
	getcap f
}

it 'setuid bits and capabilities go when they have to'
same owner_changes

it 'setuid programs work if the mount allows them'
cp /usr/bin/id "$MNT/id"
chown 5:6 "$MNT/id"
chmod 6755 "$MNT/id"
expect_text 5 user 1000 "$MNT/id" -u
expect_text 6 user 1000 "$MNT/id" -g

it 'what name_to_handle_at(2) shows says nothing about the daemon'
cat >"$T/handle" <<'END'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
handle = ctypes.create_string_buffer(8 + 128)
handle[0:4] = (128).to_bytes(4, sys.byteorder)
mount = ctypes.c_int()
if libc.name_to_handle_at(-100, os.fsencode(sys.argv[2]), handle,
                          ctypes.byref(mount), 0):
    sys.exit(os.strerror(ctypes.get_errno()))
# of FUSE: two halves of the node's number, and its generation
high, low = (int.from_bytes(handle[i:i + 4], sys.byteorder) for i in (8, 12))
for line in open('/proc/%s/maps' % sys.argv[1]):
    begin, end = (int(n, 16) for n in line.split()[0].split('-'))
    if begin <= (high << 32 | low) < end:
        sys.exit('an address: %x' % (high << 32 | low))
END
for f in "$MNT" "$MNT/id" "$MNT/.ima/status"; do
	python3 "$T/handle" "$DAEMON" "$f"
done

it 'a quota or a full disk is felt by the caller'
stop_mount
ext4_at "$T/small" 8
mkdir -m 777 "$T/small/d"
tune2fs -m 20 "$LOOP" >/dev/null
mount -o remount "$T/small"
SRC=$T/small start_mount allow_other
full()
{
	local n=0

	rm -f "$1/d/"*
	while user 1000 mkdir "$1/d/$n"; do
		n=$((n + 1))
	done 2>"$T/full"
	rmdir "$1/d/"*
	echo $n
}
below=$(full "$T/small")
through=$(full "$MNT")
[ "$below" = "$through" ] ||
	fail "a user could make $through directories, natively $below"

stop_mount
finish
