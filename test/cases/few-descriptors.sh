#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A daemon that is given few descriptors: what is cached gives its own back, and
# who takes all that there are keeps nobody else from looking, nor root out.
#
# shellcheck disable=SC2016 # it is for another shell
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/ops.sh"

FEW=256

need_root
need_program prlimit setpriv /usr/bin/python3

# without CAP_SYS_RESOURCE it cannot raise the limit
cat >"$T/imafs" <<END
#!/bin/sh
exec prlimit --nofile=$FEW:$FEW setpriv --bounding-set -sys_resource \
	--inh-caps -sys_resource "$IMAFS" "\$@"
END
chmod 755 "$T/imafs"
IMAFS=$T/imafs

mkdir "$SRC"/dir-{100..299}
for ((i = 100; i < 400; i++)); do
	echo "$i" >"$SRC/file-$i"
done
sleep 0.1
start_mount allow_other
set_policy 'measure func=FILE_CHECK'

descriptors()
{
	find "/proc/$DAEMON/fd" -mindepth 1 | wc -l
}

# keep COMMAND NAME...: keeps what the user 1000 can open of these open, and
# says in $COUNT how many that was; until let_go
keep()
{
	mkfifo "$T/in" "$T/out"
	setpriv --reuid 1000 --regid 1000 --clear-groups bash -c '
		for f in "${@:2}"; do
			eval "$1" || break
			n=$((${n:-0} + 1))
		done 2>/dev/null
		echo "${n:-0}"
		read -r n || true' keep "$@" <"$T/in" >"$T/out" &
	keeper=$!
	at_end end_process $keeper
	exec 7>"$T/in" 8<"$T/out"
	read -r COUNT <&8
	note "$COUNT open, the daemon has $(descriptors) descriptors"
}

let_go()
{
	exec 7>&- 8<&-
	wait "$keeper"
	rm "$T/in" "$T/out"
}

fill_cache()
{
	cat "$MNT"/file-{100..299} >"$T/none"
	[ "$(status_of objects)" -gt $((FEW / 2)) ] ||
		fail "$(status_of objects) objects are cached"
}

it 'what is cached makes room for open files'
fill_cache
keep 'exec {x}<"$f"' "$MNT"/dir-{100..110} "$MNT"/file-3*
[ "$COUNT" -eq 111 ] || fail "only $COUNT files"
let_go

it 'and for open directories'
fill_cache
keep 'exec {x}<"$f"' "$MNT"/dir-* "$MNT"/file-3*
[ "$COUNT" -ge $((FEW * 3 / 4)) ] || fail "only $COUNT directories"
[ "$COUNT" -lt 300 ] || fail 'that was no limit'

it 'who has opened all that he may keeps nobody from looking'
stat -c %s "$MNT"/file-* "$MNT"/dir-* >"$T/none"
as_user 1001 stat -c %s "$MNT"/file-3* >"$T/none"

it 'and root from nothing'
ls "$MNT" >"$T/none"
expect_text 350 cat "$MNT/file-350"
[ "$(status_of denials)" -ge 0 ]
set_policy 'measure func=FILE_CHECK'
let_go

it 'neither do those that have no name'
mkdir -m 777 "$MNT/open"
as_user 1000 /usr/bin/python3 - "$MNT/open" "$MNT/file-100" <<'END' >"$T/out" \
	|| fail "$(cat "$T/out")"
import os, sys
try:
    while True:
        os.open(sys.argv[1], os.O_TMPFILE | os.O_RDWR)
except OSError as e:
    print(e.strerror)
os.stat(sys.argv[2])
os.listxattr(sys.argv[2])
END
expect_text 'Too many open files in system' cat "$T/out"

it 'then others can open again'
as_user 1001 ls "$MNT" >"$T/none"

it 'locks of many processes through one open file are bounded'
agents=() pids=()
exec 9<"$MNT/file-100"
for ((i = 0; i < FEW; i++)); do
	mkfifo "$T/lock"
	"$LOCK_AGENT" <"$T/lock" >"$T/said-$i" &
	exec {in}>"$T/lock"
	rm "$T/lock"
	agents+=("$in")
	pids+=($!)
	at_end end_process $!
	echo "set 9 r $i 1" >&"$in"
done
answered()
{
	[ "$(cat "$T"/said-* | wc -l)" = "$FEW" ]
}
wait_for 20 answered || fail 'somebody is not answered'
expect_text $'ENOLCK\nok' sh -c "cat '$T'/said-* | sort -u"
stat -c %s "$MNT"/file-* >"$T/none"
as_user 1001 stat -c %s "$MNT"/file-3* >"$T/none"
for in in "${agents[@]}"; do
	echo quit >&"$in"
	exec {in}>&-
done
exec 9<&-
wait "${pids[@]}"

stop_mount
finish
