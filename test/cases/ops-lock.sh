#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# POSIX and BSD locks: between processes of the mount, against programs that
# work on the tree below, when descriptors are closed, when waits are broken
# off.
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/ops.sh"
need_root

# agent NAME: a process that takes locks when told to
declare -A agent_pid agent_in agent_out
agent()
{
	local in out

	mkfifo "$T/$1.in" "$T/$1.out"
	"$LOCK_AGENT" <"$T/$1.in" >"$T/$1.out" &
	agent_pid[$1]=$!
	disown $!
	at_end end_process $!
	exec {in}>"$T/$1.in" {out}<"$T/$1.out"
	agent_in[$1]=$in
	agent_out[$1]=$out
	rm "$T/$1.in" "$T/$1.out"
}

# ask NAME COMMAND...: does not wait for the answer
ask()
{
	local to=$1

	shift
	echo "$*" >&"${agent_in[$to]}"
}

# answer NAME: the next answer, in $ANSWER
answer()
{
	IFS= read -r -t 10 -u "${agent_out[$1]}" ANSWER ||
		fail "$1 does not answer"
}

# silent NAME: it is still waiting
silent()
{
	! IFS= read -r -t 0.2 -u "${agent_out[$1]}" ANSWER ||
		fail "$1 has answered: $ANSWER"
}

# tell NAME WANT COMMAND...
tell()
{
	local to=$1 want=$2

	shift 2
	ask "$to" "$@"
	answer "$to"
	[ "$ANSWER" = "$want" ] ||
		fail "$to: '$*' was answered '$ANSWER', not '$want'"
}

# begin NAME...: agents with the file open as the descriptors 3 and 4
begin()
{
	local a

	for a; do
		agent "$a"
		tell "$a" 3 open rw "$MNT/f"
		tell "$a" 4 open rw "$MNT/f"
	done
}

# end NAME: close(2) of all by exit
end()
{
	local a in out

	for a; do
		in=${agent_in[$a]} out=${agent_out[$a]}
		ask "$a" quit # others have inherited its pipe
		exec {in}>&- {out}<&-
		wait_for 5 t_gone "${agent_pid[$a]}" || fail "$a does not end"
	done
}

start_mount
echo text >"$MNT/f"

it 'a write lock keeps others out, also of a part'
begin a b
tell a ok set 3 w 0 10
tell b EAGAIN set 3 w 5 1
tell b EAGAIN set 3 r 9 100
tell b ok set 3 w 10 5
tell a EAGAIN set 3 w 0 0
tell a ok set 3 u 0 5
tell b ok set 3 w 0 5
end a b

it 'read locks are shared, and can become write locks'
begin a b
tell a ok set 3 r 0 0
tell b ok set 3 r 0 10
tell a EAGAIN set 3 w 0 0
tell b ok set 3 u 0 0
tell a ok set 3 w 0 0
tell b EAGAIN set 3 r 0 10
tell a ok set 3 r 0 0
tell b ok set 3 r 0 10
end a b

it 'F_GETLK names the range and the process that holds it'
begin a b c
tell b free get 3 w 0 0
tell a ok set 3 w 100 50
tell b "w 100 50 ${agent_pid[a]}" get 3 w 0 0
tell b "w 100 50 ${agent_pid[a]}" get 3 r 120 1
tell b free get 3 w 150 0
tell a free get 3 w 0 0
tell c ok set 3 r 0 10
tell b "r 0 10 ${agent_pid[c]}" get 3 w 0 20
tell b free get 3 r 0 20
end a b c

it 'two descriptors of a process share its locks'
begin a b
tell a ok set 3 w 0 10
tell a ok set 4 w 0 10
tell b EAGAIN set 3 w 0 10
tell a ok set 4 u 0 10
tell b ok set 3 w 0 10
end a b

it 'closing any descriptor of the file gives them back'
begin a b
tell a ok set 3 w 0 10
tell a ok close 4
tell b ok set 3 w 0 10
end a b

it 'so does the end of the process'
begin a b
tell a ok set 3 w 0 10
tell b EAGAIN set 3 w 0 10
end a
tell b ok set 3 w 0 10
end b

it 'and not the end of its child, which has none of them'
begin a b
tell a ok set 3 w 0 10
tell a ok fork
tell b EAGAIN set 3 w 0 10
end a b

it 'who waits gets the lock when it is free'
begin a b c
tell a ok set 3 w 0 0
ask b wait 3 w 0 10
ask c wait 3 w 20 10
silent b
silent c
tell a ok set 3 u 0 15
answer b
[ "$ANSWER" = ok ]
silent c
end a
answer c
[ "$ANSWER" = ok ]
end b c

it 'a signal breaks a wait off, and nothing is locked then'
begin a b c
tell a ok set 3 w 0 0
tell b ok alarm 300
tell b EINTR wait 3 w 0 10
tell a ok set 3 u 0 0
tell c ok set 3 w 0 0
end a b c

it 'a process that waits can be killed'
begin a b c
tell a ok set 3 w 0 0
ask b wait 3 w 0 0
silent b
kill -9 "${agent_pid[b]}"
wait_for 5 t_gone "${agent_pid[b]}" || fail 'it stays'
tell a ok set 3 u 0 0
tell c ok set 3 w 0 0
end a c

it 'more waits than there are workers do not stop the mount'
begin a
tell a ok set 3 w 0 0
many=()
for ((i = 0; i < 40; i++)); do
	agent "w$i"
	tell "w$i" 3 open rw "$MNT/f"
	ask "w$i" wait 3 r $i 1
	many+=("w$i")
done
silent w39
expect_text text cat "$MNT/f"
touch "$MNT/g"
end a
for w in "${many[@]}"; do
	answer "$w"
	[ "$ANSWER" = ok ]
done
end "${many[@]}"

it 'BSD locks belong to the open file'
begin a b
tell a ok flock 3 ex nb
tell a EAGAIN flock 4 ex nb
tell b EAGAIN flock 3 sh nb
tell a ok flock 3 sh nb
tell b ok flock 3 sh nb
tell b EAGAIN flock 3 ex nb
tell a ok flock 3 un nb
tell b ok flock 3 ex nb
tell a ok fork
ask a flock 3 sh wait
silent a
end b
answer a
[ "$ANSWER" = ok ]
end a

it 'BSD and POSIX locks do not meet'
begin a b
tell a ok flock 3 ex nb
tell b ok set 3 w 0 0
end a b

it 'a wait for a BSD lock can be broken off'
begin a b
tell a ok flock 3 ex nb
tell b ok alarm 300
tell b EINTR flock 3 sh wait
ask b flock 3 sh wait
silent b
kill "${agent_pid[b]}"
wait_for 5 t_gone "${agent_pid[b]}" || fail 'it stays'
end a

it 'the next one gets a BSD lock as soon as its holder has ended'
for ((i = 0; i < 200; i++)); do
	flock -n "$MNT/f" true || fail "not after $i"
done

it 'locks hold against programs that work below, and theirs against us'
begin a
agent below
tell below 3 open rw "$SRC/f"
tell below ok set 3 w 0 10
tell a EAGAIN set 3 w 0 1
tell a "w 0 10 ${agent_pid[below]}" get 3 w 0 0
tell a ok set 3 w 10 10
tell below EAGAIN set 3 w 0 0
tell below ok flock 3 ex nb
tell a EAGAIN flock 3 ex nb
end below
tell a ok set 3 w 0 0
tell a ok flock 3 ex nb
end a

it 'locks outlive the name, and the file that replaces it has none'
begin a b
tell a ok set 3 w 0 0
rm "$MNT/f"
echo text >"$MNT/f"
tell b EAGAIN set 3 w 0 0
agent c
tell c 3 open rw "$MNT/f"
tell c ok set 3 w 0 0
end a b c

it 'a reader of a read-only file can lock it'
chmod 444 "$MNT/f"
agent a
agent b
tell a 3 open r "$MNT/f"
tell b 3 open r "$MNT/f"
tell a ok set 3 r 0 0
tell b ok set 3 r 0 0
tell b EBADF set 3 w 0 0
end a b

# Nobody took a lock on these before, so close(2) of readers is not told.
it 'the lock of a reader is gone when the file is closed'
for how in set flock; do
	for ((i = 0; i < 20; i++)); do
		echo text >"$SRC/new-$how-$i"
		agent a
		agent b
		tell a 3 open r "$MNT/new-$how-$i"
		tell b 3 open rw "$MNT/new-$how-$i"
		if [ "$how" = set ]; then
			tell a ok set 3 r 0 0
			tell b EAGAIN set 3 w 0 0
			tell a ok set 3 r 0 0
			tell a ok close 3
			tell b ok set 3 w 0 0
		else
			tell a ok flock 3 sh nb
			tell a ok close 3
			tell b ok flock 3 ex nb
		fi
		end a b
	done
done

it 'once a file was locked, closing any descriptor gives a lock back'
echo text >"$SRC/once"
begin_reader()
{
	agent "$1"
	tell "$1" 3 open r "$MNT/once"
	tell "$1" 4 open r "$MNT/once"
}
begin_reader a
tell a ok set 3 r 0 0
end a
begin_reader a
agent b
tell b 3 open rw "$MNT/once"
tell a ok set 3 r 0 0
tell b EAGAIN set 3 w 0 0
tell a ok close 4
tell b ok set 3 w 0 0
end a b

it 'who has a lease below keeps no reader from locking'
echo text >"$SRC/leased"
agent below
agent a
tell below 3 open r "$SRC/leased"
tell below ok lease 3
tell a 3 open r "$MNT/leased"
tell a ok wait 3 r 0 0
tell a ok set 3 r 0 0
end below a

it 'control files cannot be locked, and other files still can'
agent a
tell a 3 open r "$MNT/.ima/status"
tell a EOPNOTSUPP set 3 r 0 0
tell a EOPNOTSUPP get 3 r 0 0
tell a EOPNOTSUPP flock 3 sh nb
tell a 4 open r "$MNT/f"
tell a ok set 4 r 0 0
tell a ok flock 4 sh nb
end a

it 'no descriptor is left in the daemon'
none_open()
{
	[ -z "$(find "/proc/$DAEMON/fd" -perm /600 -printf '%l\n' |
		grep -E '/f( \(deleted\))?$')" ]
}
wait_for 5 none_open || fail "$(ls -l "/proc/$DAEMON/fd")"

it 'the mount can end while somebody waits'
begin a b
tell a ok set 3 w 0 0
ask b wait 3 w 0 0
silent b
kill -TERM "$DAEMON"
wait_for 20 t_gone "$DAEMON" || fail 'the daemon does not end'
answer b
[ "$ANSWER" = ENOTCONN ]
check_daemon_log

finish
