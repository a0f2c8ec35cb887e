#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What works on open files: allocating, holes, copying, mappings, fsync; and
# the programs that people use.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/ops.sh"
need_root
need_program rsync git tar sqlite3 getfattr getfacl

start_mount allow_other

allocation()
{
	"$FSOP" open create f
	"$FSOP" fallocate grow f 0 10000
	stat -c %s f
	"$FSOP" fallocate keep f 0 100000
	stat -c %s f
	"$FSOP" fallocate grow f 0 0
	"$FSOP" fallocate grow f -1 5
	dd if=/dev/zero bs=4096 count=16 status=none | tr '\0' x >g
	"$FSOP" fallocate punch g 8192 4096
	"$FSOP" fallocate zero g 20000 1000
	cksum g
	fallocate -l 1M h
	fallocate -d h
	stat -c %s h
}

it 'space is allocated and given back'
same allocation
# the kernel does not ask a FUSE server for more than that
expect_fail EOPNOTSUPP "$FSOP" fallocate collapse "$MNT/g" 4096 4096

holes()
{
	local at

	truncate -s 1M f
	printf x | dd of=f bs=1 seek=500000 conv=notrunc status=none
	for at in 0 400000 499712 500000 600000 1048575 1048576; do
		"$FSOP" seek data f $at
		"$FSOP" seek hole f $at
	done
	"$FSOP" seek end f 0
	cp --sparse=always f g
	cmp f g
	[ "$(stat -c %b f)" = "$(stat -c %b g)" ] && echo sparse
	: >e
	"$FSOP" seek data e 0
	"$FSOP" seek hole e 0
}

it 'holes are found'
same holes

copies()
{
	seq 100000 >f
	"$FSOP" copy f 0 g 0 588895
	cmp f g
	"$FSOP" copy f 100 g 50 1000
	cksum g
	"$FSOP" copy f 588890 h 10 1000
	cksum h
	"$FSOP" copy f 0 f 10 100
	"$FSOP" copy f 0 f 600000 100000
	cksum f
	cp --reflink=auto f i
	cmp f i
}

it 'ranges are copied'
same copies

mappings()
{
	seq 10000 >f
	"$FSOP" mapwrite f 5000 'through a mapping'
	grep -a mapping f
	cksum f
	chmod 400 f
	user 1000 "$FSOP" mapwrite f 0 x
}

it 'shared mappings are written'
same mappings
grep -qa mapping "$SRC/f"

opens()
{
	mkdir d
	echo text >f
	ln -s f l
	ln -s f2 to-be-made
	"$FSOP" open x f
	"$FSOP" open x new
	"$FSOP" open x l
	"$FSOP" open create to-be-made
	"$FSOP" open create l
	"$FSOP" open r missing
	"$FSOP" open r d
	"$FSOP" open w d
	"$FSOP" open dir d
	"$FSOP" open dir f
	"$FSOP" open nofollow l
	"$FSOP" open trunc f
	stat -c %s f
	"$FSOP" open create missing/f
	"$FSOP" open create f/f
	"$FSOP" open create "$(printf 'n%.0s' {1..256})"
	: >d
}

it 'files are opened in all ways'
same opens

appends()
{
	local i

	for i in 1 2 3 4; do
		"$FSOP" append f 500 &
	done
	wait
	sort f | uniq -c | awk '{ print $1 }' | sort | uniq -c
	stat -c %s f
	sort -o f f
}

it 'appends of several processes do not overwrite each other'
same appends

programs()
{
	mkfifo p
	echo through >p &
	cat p
	wait
	cp "$(command -v true)" prog
	./prog && echo ran
	printf '#!/bin/sh\necho script\n' >s
	chmod 755 s
	./s
	chmod 644 s
	./s
	: >/dev/null
	sync
	sync f
	sync -d s
	sync -f .
}

it 'pipes, programs and sync'
same programs

TREE=$TEST_SOURCE/test/cases

it 'tar, cp and rsync bring a tree through unchanged'
rm -rf "${MNT:?}"/*
cp -a "$TREE" "$T/tree"
setfattr -n user.x -v y "$T/tree/ops-io.sh"
setfacl -m u:1000:rx "$T/tree/lib"
ln "$T/tree/ops-io.sh" "$T/tree/link"
ln -s nowhere "$T/tree/symlink"
mkfifo "$T/tree/pipe"
truncate -s 10M "$T/tree/sparse"
tree_of "$T/tree" >"$T/tree.want"
for how in 'cp -a' 'rsync -aHAXS' 'tar'; do
	rm -rf "${MNT:?}"/*
	mkdir "$MNT/copy"
	case $how in
	tar) tar -C "$T/tree" --xattrs --acls -cSf - . |
		tar -C "$MNT/copy" --xattrs --acls -xpf - ;;
	*) $how "$T/tree/." "$MNT/copy/" ;;
	esac
	tree_of "$MNT/copy" | diff -u "$T/tree.want" - >"$T/diff" ||
		fail "$how: $(cat "$T/diff")"
	tree_of "$SRC/copy" | diff -u "$T/tree.want" - >"$T/diff" ||
		fail "$how, below: $(cat "$T/diff")"
done
mkdir "$T/back"
rsync -aHAXS "$MNT/copy/" "$T/back/"
tree_of "$T/back" | diff -u "$T/tree.want" - >"$T/diff" ||
	fail "and back: $(cat "$T/diff")"
[ -z "$(rsync -aHAXSin "$T/tree/" "$MNT/copy/")" ] ||
	fail "rsync would do more: $(rsync -aHAXSin "$T/tree/" "$MNT/copy/")"

it 'git works in it'
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t \
	GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
(
	git init -q "$MNT/repo"
	cd "$MNT/repo"
	cp -r "$TREE" cases
	git add .
	git commit -qm one
	mv cases moved
	git add -A
	git commit -qm two
	git gc -q
	git fsck --strict 2>&1
	git clone -q . "$MNT/clone"
	cd "$MNT/clone"
	[ -z "$(git status --porcelain)" ]
	git checkout -q HEAD~1
	[ -d cases ]
) >"$T/git" || fail "$(cat "$T/git")"

it 'sqlite counts right with four writers, in each journal mode'
for mode in delete wal; do
	rm -f "$MNT"/db*
	sqlite3 "$MNT/db" "pragma journal_mode=$mode; create table t(a)" \
		>/dev/null
	pids=()
	for ((i = 0; i < 4; i++)); do
		(
			for ((j = 0; j < 25; j++)); do
				sqlite3 -cmd '.timeout 60000' "$MNT/db" \
					'insert into t values (1)'
			done
		) &
		pids+=($!)
	done
	for p in "${pids[@]}"; do
		wait "$p"
	done
	expect_text $'100\nok' sqlite3 "$MNT/db" \
		'select count(*) from t; pragma integrity_check'
done

# What a rule has looked at is not passed through to be written.
appends_or_not()
{
	seq 100 >f
	seq 100 >g
	seq 100 >h
	cat f g h
	"$FSOP" mapappend f mapped
	"$FSOP" setappend off g start
	"$FSOP" setappend on h end
}

it 'O_APPEND counts for writes, as it is now, and not for mappings'
set_policy 'measure func=FILE_CHECK'
same appends_or_not

it 'a file that can only be appended to is'
echo old >"$SRC/log"
if chattr +a "$SRC/log" 2>"$T/said"; then
	at_end chattr -a "$SRC/log"
	echo new >>"$MNT/log"
	expect_text $'old\nnew' cat "$MNT/log"
	chattr -a "$SRC/log"
else
	note "no attributes there: $(cat "$T/said")"
fi

stop_mount
finish
