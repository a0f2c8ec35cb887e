#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# imafs sign --to: the copy differs from the tree in security.ima only, and an
# interrupted one holds no file that looks good and is not.
. "$(dirname "$0")/lib/harness.sh"

need_root
need_program openssl getfattr setfattr getfacl setfacl setcap mkfifo
make_keys
ec=(--key "$KEYS/ec.pem")
trust=(--keys "$KEYS/trusted")

says()
{
	case $OUT in
	*"$1"*) ;;
	*) fail "it does not say '$1': $OUT" ;;
	esac
}

# Everything about a tree but security.ima and the times of change.
picture()
{
	(
		cd "$1"
		find . -printf '%p type=%y mode=%m uid=%U gid=%G size=%s' \
			-printf ' mtime=%T@ links=%n to=%l\n' | sort
		find . \( -type b -o -type c \) -exec stat -c '%n %t:%T' {} + |
			sort
		getfacl -nR . 2>/dev/null
		getfattr -h -d -m - -e hex -R . 2>/dev/null |
			awk '/^# file/ { f = $0 }
				/=/ && !/^security[.]ima=/ { print f, $0 }' |
			sort
		find . -type f -exec sha256sum {} + | sort -k 2
		# which names are one file
		find . -type f -links +1 -printf '%i %p\n' | sort |
			awk '{ print ($1 == last ? "same" : "new"), $2
				last = $1 }'
	)
}

mkdir -p "$SRC/bin" "$SRC/closed" "$SRC/empty" "$SRC/acl"
printf 'hello\n' >"$SRC/hello"
seq 300000 >"$SRC/bin/long"
printf x >"$SRC/bin/setuid"
chown 12:34 "$SRC/bin/setuid"
chmod 6755 "$SRC/bin/setuid"
setcap cap_net_raw+ep "$SRC/bin/long"
setfattr -n user.comment -v words "$SRC/bin/long"
setfattr -n trusted.t -v words "$SRC/bin"
ln "$SRC/hello" "$SRC/bin/hello-again"
ln "$SRC/hello" "$SRC/closed/hello-once-more"
ln -s ../hello "$SRC/bin/link"
ln -s /nowhere "$SRC/dangling"
mkfifo -m 640 "$SRC/fifo"
ln "$SRC/fifo" "$SRC/fifo-again"
mknod -m 600 "$SRC/null" c 1 3
printf x >"$SRC/acl/file"
setfacl -m u:7:r,m::rw "$SRC/acl/file"
setfacl -d -m u:7:rx "$SRC/acl"
truncate -s 64M "$SRC/sparse"
printf end >>"$SRC/sparse"
printf y >"$SRC/unreadable-to-others"
chmod 000 "$SRC/unreadable-to-others"
setfattr -n security.ima -v 0x0404 "$SRC/hello"
chmod 555 "$SRC/closed"
touch -h -d '2001-02-03 04:05:06.789012345' "$SRC/bin/long" "$SRC/dangling" \
	"$SRC/fifo" "$SRC/empty" "$SRC/closed" "$SRC/bin" "$SRC"
picture "$SRC" >"$T/before"

it 'the copy is the same in every other respect'
expect_status 0 "$IMAFS" sign "${ec[@]}" -r --to "$T/dst" "$SRC"
says '6 files signed'
picture "$T/dst" >"$T/after"
diff "$T/before" "$T/after" || fail 'they differ'

it 'every regular file in it is signed'
expect_status 0 "$IMAFS" verify "${trust[@]}" --require-signature -r "$T/dst"

it 'the original is as it was'
picture "$SRC" | diff "$T/before" -
[ "$(getfattr --absolute-names -n security.ima -e hex "$SRC/hello" |
	sed -n 's/^security.ima=//p')" = 0x0404 ] ||
	fail 'the label of the original was changed'

it 'holes stay holes'
[ "$(stat -c %b "$T/dst/sparse")" -le 64 ] ||
	fail "$(stat -c %b "$T/dst/sparse") blocks"

it 'the times are those of the original, the label notwithstanding'
[ "$(stat -c %y "$T/dst/bin/long")" = "$(stat -c %y "$SRC/bin/long")" ] ||
	fail "$(stat -c %y "$T/dst/bin/long")"

it 'a second run replaces what has changed'
printf 'changed\n' >"$SRC/bin/setuid"
expect_status 0 "$IMAFS" sign "${ec[@]}" -r --to "$T/dst" "$SRC"
picture "$SRC" >"$T/before"
picture "$T/dst" >"$T/after"
diff "$T/before" "$T/after" || fail 'they differ'
expect_status 0 "$IMAFS" verify "${trust[@]}" -s -q -r "$T/dst"

it 'nothing is inherited from the destination'
mkdir "$T/acl"
setfacl -d -m u:9:rwx "$T/acl"
expect_status 0 "$IMAFS" sign "${ec[@]}" -r --to "$T/acl/dst" "$SRC"
picture "$T/acl/dst" >"$T/after"
diff "$T/before" "$T/after" || fail 'they differ'

it 'several paths go into the destination by their names'
expect_status 0 "$IMAFS" sign "${ec[@]}" -r --to "$T/several" \
	"$SRC/bin" "$SRC/hello" "$SRC/acl/"
[ "$(cd "$T/several" && echo *)" = 'acl bin hello' ] || fail "$(ls "$T/several")"
[ "$T/several/hello" -ef "$T/several/bin/hello-again" ] ||
	fail 'not one file any more'

it 'a destination inside the tree is not copied into itself'
expect_status 1 "$IMAFS" sign "${ec[@]}" -r --to "$SRC/acl/dst" "$SRC"
says 'is the destination'
[ ! -e "$SRC/acl/dst/acl/dst" ] || fail 'it was'
rm -rf "$SRC/acl/dst"

it 'a symbolic link in the destination is replaced, not followed'
echo precious >"$T/precious"
mkdir "$T/trap"
ln -s "$T/precious" "$T/trap/hello"
expect_status 0 "$IMAFS" sign "${ec[@]}" --to "$T/trap" "$SRC/hello"
[ "$(cat "$T/precious")" = precious ] || fail 'it was written through'
[ ! -L "$T/trap/hello" ] || fail 'it is still a link'

it 'nor is one in place of a directory'
mkdir "$T/elsewhere" "$T/trap2"
ln -s "$T/elsewhere" "$T/trap2/bin"
expect_status 1 "$IMAFS" sign "${ec[@]}" -r --to "$T/trap2" "$SRC"
[ -z "$(ls "$T/elsewhere")" ] || fail 'files went elsewhere'

it 'no temporary names are left'
[ -z "$(find "$T" -name '.imafs-*')" ] || fail "$(find "$T" -name '.imafs-*')"

# Interruptions. The file is large enough that signals meet it half-written.
mkdir "$T/large"
head -c 300M /dev/urandom >"$T/large/data"
for signal in INT TERM KILL; do
	it "ended by SIG$signal, it leaves no half file"
	for delay in 0.02 0.1 0.2; do
		rm -rf "$T/partial"
		"$IMAFS" sign "${ec[@]}" -q -r --to "$T/partial" "$T/large" \
			2>/dev/null &
		job=$!
		sleep "$delay"
		kill -s "$signal" "$job" 2>/dev/null || true
		wait "$job" || true
		if [ -e "$T/partial/data" ]; then
			expect_status 0 "$IMAFS" verify "${trust[@]}" -s \
				"$T/partial/data"
			cmp "$T/large/data" "$T/partial/data"
		fi
		[ "$signal" = KILL ] ||
			[ -z "$(find "$T/partial" -name '.imafs-*' 2>/dev/null)" ] ||
			fail 'a temporary file is left'
	done
done

it 'a destination that cannot be made is named'
expect_status 1 "$IMAFS" sign "${ec[@]}" -q -r --to "$T/none/dst" "$T/small"
says "--to '$T/none/dst': cannot make or open this directory: No such file"
expect_status 1 "$IMAFS" sign "${ec[@]}" -q --to "$T/large/data" "$T/large/data"
says "--to '$T/large/data': cannot make or open this directory: Not a dir"

it 'what cannot be copied makes no destination'
expect_status 1 "$IMAFS" sign "${ec[@]}" -q --to "$T/unmade" "$SRC"
says 'use -r'
[ ! -e "$T/unmade" ] || fail 'it is there'
expect_status 1 "$IMAFS" sign "${ec[@]}" -q -r --to "$T/unmade" "$T/missing"
[ ! -e "$T/unmade" ] || fail 'it is there'

it 'but an empty directory has a copy, and what was there stays'
expect_status 0 "$IMAFS" sign "${ec[@]}" -q -r --to "$T/empty" "$SRC/empty"
[ -d "$T/empty" ]
expect_status 1 "$IMAFS" sign "${ec[@]}" -q --to "$T/empty" "$SRC"
[ -d "$T/empty" ] || fail 'it is gone'

it 'a full disk is an error, and leaves no half file'
ext4_at "$T/small" 32
expect_status 1 "$IMAFS" sign "${ec[@]}" -r --to "$T/small/dst" "$T/large"
says "$T/large/data: cannot write its copy: No space left on device"
[ -z "$(find "$T/small/dst" -type f)" ] || fail "$(find "$T/small/dst" -type f)"
finish
