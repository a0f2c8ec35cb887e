#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same operations in a user namespace: files are found by name and birth
# time there, as file handles are not for ordinary users.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/ops.sh"
need_root
need_program unshare setpriv

USER_ID=1000
AS=(setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups
	unshare -Urm --propagation private)
"${AS[@]}" true 2>/dev/null || skip 'needs user namespaces'
# the build directory may be closed to others
cp "$IMAFS" "$FSOP" "$DIRS" "$T"
chown "$USER_ID:$USER_ID" "$SRC" "$MNT" "$STATE" "$NATIVE"
chmod 700 "$STATE"
LISTS=$T/out
mkdir -m 777 "$LISTS"
export T SRC MNT STATE NATIVE LISTS

# inside FILE: run it as root of a namespace, with $SRC mounted at $MNT
inside()
{
	cat >"$T/inside" <<-END
		set -eu
		refused()
		{
			if "\$@"; then
				echo "it should have failed: \$*"
				exit 1
			fi
		}
		"$T/imafs" mount -o "tpm=none,state=$STATE" "$SRC" "$MNT"
		trap 'umount -l "$MNT"' EXIT
		cd "$MNT"
		. "\$1"
		cd /
		umount "$MNT"
		trap - EXIT
		flock -w 20 "$STATE/mount.lock" true
	END
	"${AS[@]}" bash "$T/inside" "$1" >"$T/said" 2>&1 ||
		fail "$(cat "$T/said")"
}

cat >"$T/names" <<'END'
list()
{
	mkdir -p a/b/c x
	echo one >1
	ln 1 a/one
	rm 1
	cat a/one
	ln a/one a/b/c/two
	mv a y
	cat y/b/c/two
	echo more >>y/b/c/two
	cat y/one
	rm y/one
	cat y/b/c/two
	mv y/b x
	ls -R
	echo three >3
	echo four >4
	"$T/fsop" rename exchange 3 4
	cat 3 4
	"$T/fsop" rename noreplace 3 4
	"$T/fsop" rename none 3 4
	cat 4
	ln -s 4 l
	cat l
	touch -h -d '2001-01-01 UTC' l
	stat -c %y l
	chmod 600 4
	truncate -s 2 4
	cat 4
	setfattr -n user.x -v y 4
	getfattr -d 4
	setfacl -m u:0:rw 4
	mkfifo p
	mknod c c 1 3
	"$T/fsop" orphan gone
	"$T/fsop" tmpfile . named
	cat named
	"$T/fsop" linkfd 4 5
	stat -c '%n %h %a' 4 5
	mkdir many
	"$T/dirs" fill many 500
	"$T/dirs" thin many
	rm -r x many
	rm 4 p
	cat 5
	rmdir y
	ls
}
(set +e; cd "$NATIVE"; list) >"$LISTS/native" 2>&1
(set +e; list) >"$LISTS/mnt" 2>&1
diff -u "$LISTS/native" "$LISTS/mnt"
END

it 'names, links, renames, files without a name'
inside "$T/names"
diff -r --no-dereference "$NATIVE" "$SRC"
[ -s "$LISTS/mnt" ]

it 'a directory that was moved below is found again by its name'
cat >"$T/moved" <<'END'
mkdir -p old/sub
echo text >old/sub/f
cat old/sub/f
exec 7<old/sub/f
mv "$SRC/old" "$SRC/new"
cat new/sub/f <&7
sleep 1.5
refused cat old/sub/f
cat new/sub/f
mv new/sub/f new/g
cat new/g
# another file under the old name is not the old file
echo other >"$SRC/new/h"
rm "$SRC/new/g"
mv "$SRC/new/h" "$SRC/new/g"
sleep 1.5
[ "$(cat new/g)" = other ]
[ "$(cat <&7)" = text ]
exec 7<&-
END
inside "$T/moved"

it 'a mount point that cannot be looked below is shown and not entered'
mkdir "$SRC/over"
mount -t tmpfs over "$SRC/over"
echo secret >"$SRC/over/secret"
cat >"$T/over" <<'END'
ls | grep -qx over
refused ls over
ls over 2>&1 | grep 'Invalid cross-device link'
refused cat over/secret
refused touch over/new
ls -l . || true
find . >"$LISTS/found" 2>&1 || true # over says EXDEV
grep -x ./over "$LISTS/found"
refused grep secret "$LISTS/found"
END
inside "$T/over"
umount "$SRC/over"
rmdir "$SRC/over"

finish
