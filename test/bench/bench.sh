#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# bench.sh [-r ROUNDS] [-w ROW,...] [-f COLUMN,...] [-s MIB] [-n FILES]
#
# What imafs costs, side by side with the file system below and with others
# that sit on top of it. All columns of a row are measured in turns in one run,
# what is short in turns of 10 ms; a cell is the median, and below it the speed
# as a multiple of native.
#
# Rows: open exec first again random mmap pair together onecpu find tarfirst tar
# policy. One file may keep two CPUs busy, so what two of them are good for
# shows when two files are read at once, by two CPUs and by one (onecpu).
# Columns: native, plain (imafs, no rule), imafs (all measured and appraised),
# bindfs, overlay (fuse-overlayfs), gocryptfs, instant and instantmt (a FUSE
# server that answers OPEN at once, with one thread and with several), openssl
#
# -s: size of the large file (512), -n: number of small files (16000). Needs
# root. Others than native and imafs are left out if they are not installed.
# shellcheck source=test/cases/lib/harness.sh
. "$(dirname "$0")/../cases/lib/harness.sh"

rounds=5
rows=open,exec,first,again,random,mmap,pair,together,onecpu,find,tarfirst,tar
rows=$rows,policy
columns=native,plain,imafs,bindfs,overlay,gocryptfs,instant,instantmt,openssl
mib=512
files=16000
dirs=20

usage()
{
	sed -n '4,/^# root/s/^# \{0,1\}//p' "$0" >&2
	t_done=1
	exit 2
}

while getopts r:w:f:s:n: opt; do
	case $opt in
	r) rounds=$OPTARG ;;
	w) rows=$OPTARG ;;
	f) columns=$OPTARG ;;
	s) mib=$OPTARG ;;
	n) files=$OPTARG ;;
	*) usage ;;
	esac
done
[ "$OPTIND" -gt $# ] || usage
few=$(((rounds + 1) / 2)) # of what takes long

tools=$TEST_BUILD/test/bench
results=$T/results
: >"$results"

# wants LIST NAME: is NAME one of the words of LIST?
wants()
{
	case ,$1, in
	*,"$2",*) return 0 ;;
	esac
	return 1
}

has_column()
{
	wants "$columns" "$1" && [ -d "$T/$1" ]
}

say()
{
	printf '%s\n' "$*" >&2
}

# The tree and its copies

make_tree()
{
	local d i per_dir=$((files / dirs))

	say "making $files small files and 2 x $mib MiB"
	cp "$tools/noop" "$SRC/noop"
	head -c 8192 /dev/urandom >"$SRC/small"
	head -c "${mib}M" /dev/urandom >"$SRC/big"
	head -c "$((mib / 2))M" "$SRC/big" >"$SRC/pair"
	tail -c "$((mib / 2))M" "$SRC/big" >"$SRC/pair2"
	mkdir "$SRC/tree"
	# sizes like those of a source tree: 1 to 16 KiB
	for ((d = 0; d < dirs; d++)); do
		mkdir "$SRC/tree/d$d"
		(
			cd "$SRC/tree/d$d" || exit
			head -c "$((per_dir * 8))K" /dev/urandom |
				split -a 5 -b 8K - f
			for i in *[acegikmoqsuwy]; do
				truncate -s 1500 "$i"
			done
		)
	done
}

sign_tree()
{
	say 'signing'
	make_keys
	"$IMAFS" sign --key "$KEYS/ec.pem" -r "$SRC" >/dev/null 2>&1
}

# The mounts: each at $T/COLUMN

is_mounted()
{
	mountpoint -q "$1"
}

declare -A daemon # of the columns that are imafs

# mount_imafs COLUMN OPTIONS
mount_imafs()
{
	local pid

	mkdir "$T/$1" "$T/state.$1"
	"$IMAFS" mount -f -o "state=$T/state.$1,$2" "$SRC" "$T/$1" \
		>"$T/$1.log" 2>&1 &
	pid=$!
	daemon[$1]=$pid
	disown "$pid"
	at_end end_process "$pid"
	at_end umount "$T/$1"
	wait_for 30 is_mounted "$T/$1" ||
		fail "imafs does not mount: $(tail -n 3 "$T/$1.log")"
}

# mount_other COLUMN COMMAND...: one that goes into the background by itself
mount_other()
{
	local column=$1

	shift
	if ! wants "$columns" "$column"; then
		return
	fi
	if ! command -v "$1" >/dev/null; then
		say "no column $column: $1 is not installed"
		return
	fi
	mkdir "$T/$column"
	at_end umount "$T/$column"
	"$@" >"$T/$column.log" 2>&1 ||
		fail "$1 does not mount: $(tail -n 3 "$T/$column.log")"
}

mount_gocryptfs()
{
	local ask='echo bench'

	if ! wants "$columns" gocryptfs || ! command -v gocryptfs >/dev/null
	then
		return 0
	fi
	mkdir "$T/cipher"
	gocryptfs -init -q -scryptn 10 -extpass "$ask" "$T/cipher" >/dev/null
	mount_other gocryptfs gocryptfs -q -allow_other -extpass "$ask" \
		"$T/cipher" "$T/gocryptfs"
	cp -r "$SRC"/. "$T/gocryptfs"
}

# mount_instant COLUMN OPTIONS...: of the program whose exec is measured; if
# the kernel has no passthrough, without
mount_instant()
{
	local column=$1 pid pass

	shift
	wants "$columns" "$column" || return 0
	mkdir "$T/$column"
	for pass in -p ''; do
		# shellcheck disable=SC2086 # an option or nothing
		"$tools/instant" $pass "$@" "$SRC/noop" "$T/$column" \
			>"$T/$column.log" 2>&1 &
		pid=$!
		disown "$pid"
		wait_for 10 is_mounted "$T/$column" ||
			fail "instant does not mount: $(cat "$T/$column.log")"
		if head -c 1 "$T/$column/f0" >/dev/null 2>&1; then
			at_end umount "$T/$column"
			return
		fi
		umount "$T/$column"
		wait_for 10 t_gone "$pid"
	done
	fail 'instant does not open its file'
}

mount_all()
{
	say 'mounting'
	ln -s "$SRC" "$T/native"
	if wants "$columns" plain; then
		mount_imafs plain tpm=none
	fi
	if wants "$columns" imafs; then
		cat >"$T/policy" <<-END
			measure func=FILE_CHECK
			measure func=BPRM_CHECK
			appraise func=FILE_CHECK appraise_type=imasig
			appraise func=BPRM_CHECK appraise_type=imasig
		END
		at_end end_swtpm "$T/state.imafs" # if the daemon died
		mount_imafs imafs \
			"policy=$T/policy,keys=$KEYS/trusted,tpm=swtpm"
	fi
	mount_other bindfs bindfs "$SRC" "$T/bindfs"
	mkdir "$T/upper" "$T/work"
	mount_other overlay fuse-overlayfs -o \
		"lowerdir=$SRC,upperdir=$T/upper,workdir=$T/work" "$T/overlay"
	mount_gocryptfs
	mount_instant instant
	mount_instant instantmt -m
}

# Measuring

# targets FILE [SOURCE]: of every column that is a file system; with SOURCE,
# it is touched before each measurement
targets()
{
	local c

	for c in native plain imafs bindfs overlay gocryptfs; do
		has_column "$c" || continue
		case $c in
		native) printf '%s=%s ' "$c" "$T/$c/$1" ;;
		*) printf '%s=%s%s ' "$c" "$T/$c/$1" "${2:+=$2}" ;;
		esac
	done
}

instants()
{
	local c

	for c in instant instantmt; do
		! has_column "$c" || printf '%s=%s ' "$c" "$T/$c/f0"
	done
}

# measure ROW ROUNDS WHAT TARGET...
measure()
{
	local row=$1 n=$2 what=$3

	shift 3
	say "measuring $row"
	"$tools/bench" -r "$n" "$what" "$@" >"$T/out"
	sed "s/^$what /$row /" "$T/out" >>"$results"
}

# What "together" measures, by one CPU, the daemon included.
measure_onecpu()
{
	local all one

	has_column imafs || return 0
	all=$(taskset -cp $$ | sed 's/.*: //')
	one=${all%%[,-]*}
	say 'measuring onecpu'
	taskset -acp "$one" "${daemon[imafs]}" >"$T/none"
	taskset -c "$one" "$tools/bench" -r "$few" together \
		"imafs=$T/imafs/pair=$SRC/pair" >"$T/out"
	taskset -acp "$all" "${daemon[imafs]}" >"$T/none"
	sed 's/^together /onecpu /' "$T/out" >>"$results"
}

# shellcheck disable=SC2046 # targets are words; nothing in $T has blanks
measure_row()
{
	case $1 in
	open) measure open $((rounds * 60)) open $(targets noop) $(instants) ;;
	exec) measure exec $((rounds * 30)) exec $(targets noop) $(instants) ;;
	first)
		measure first "$rounds" first $(targets big "$SRC/big") \
			$(! wants "$columns" openssl || echo "openssl=$SRC/big")
		;;
	again) measure again "$rounds" again $(targets big) ;;
	random) measure random "$rounds" random $(targets big) ;;
	mmap) measure mmap "$rounds" mmap $(targets big) ;;
	pair) measure pair "$few" pair $(targets pair "$SRC/pair") ;;
	together) measure together "$few" together $(targets pair "$SRC/pair") ;;
	onecpu) measure_onecpu ;;
	tarfirst) measure tarfirst 1 tar $(targets tree) ;;
	find) measure find "$few" find $(targets tree) ;;
	tar) measure tar "$few" tar $(targets tree) ;;
	policy) ;; # has a table of its own
	*) fail "no row $1" ;;
	esac
}

# What the host took of this machine's time since the boot, and all time there
# was, in ticks (proc(5)).
cpu_ticks()
{
	awk '$1 == "cpu" { print $9, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' \
		/proc/stat
}

# stolen BEFORE: two processes that wait for each other suffer more from a busy
# host than one does, so ratios taken on one say little
stolen()
{
	awk -v before="$1" -v now="$(cpu_ticks)" 'BEGIN {
		split(before, b); split(now, n)
		share = n[2] > b[2] ? 100 * (n[1] - b[1]) / (n[2] - b[2]) : 0
		printf "stolen by the host meanwhile: %.1f %% of the time%s\n", \
			share, share < 1 ? "" : "; measure again on a quiet one"
	}'
}

# The table

table()
{
	awk -v columns="$columns" '
	BEGIN {
		n = split(columns, c, ",")
		title["open"] = "open+read4k+close"
		title["exec"] = "exec+wait, static"
		title["first"] = "first read"
		title["again"] = "read again"
		title["random"] = "random 4 KiB read"
		title["mmap"] = "mmap and touch"
		title["pair"] = "two at once / in turns"
		title["together"] = "two at once"
		title["onecpu"] = "two at once, one CPU"
		title["find"] = "find"
		title["tarfirst"] = "tar, first time"
		title["tar"] = "tar"
	}
	{
		if (!($1 in unit))
			order[++rows] = $1
		unit[$1] = $4
		value[$1, $2] = $3
	}
	function show(v, u) {
		if (u == "ns")
			return sprintf("%.2f", v / 1000)
		return v < 100 ? sprintf("%.2f", v) : sprintf("%.0f", v)
	}
	END {
		printf "%-26s", ""
		for (i = 1; i <= n; i++)
			printf "%11s", c[i]
		printf "\n"
		for (r = 1; r <= rows; r++) {
			row = order[r]
			u = unit[row]
			printf "%-26s", title[row] " [" \
				(u == "ns" ? "us" : u) "]"
			for (i = 1; i <= n; i++)
				printf "%11s", (row, c[i]) in value ? \
					show(value[row, c[i]], u) : "-"
			printf "\n%-26s", ""
			base = value[row, "native"]
			for (i = 1; i <= n; i++) {
				v = value[row, c[i]]
				if (!v || !base || u == "times") {
					printf "%11s", ""
					continue
				}
				s = u == "MiB/s" ? v / base : base / v
				printf "%11s", sprintf("%.2fx", s)
			}
			printf "\n"
		}
	}' "$results"
}

# What imafs wants to reach, from the same numbers.
goals()
{
	awk '
	{ value[$1, $2] = $3 }
	# goal(TEXT, A, B, BOUND, AT_LEAST): is A / B on the right side?
	function goal(text, a, b, bound, at_least) {
		if (!a || !b)
			return
		x = a / b
		ok = at_least ? x >= bound : x <= bound
		printf "%-58s %6.2f  (%s %.2f)  %s\n", text, x, \
			at_least ? "at least" : "at most", bound, \
			ok ? "reached" : "MISSED"
	}
	END {
		goal("verified read again / native", \
			value["again", "imafs"], value["again", "native"], 1, 1)
		goal("verified mmap / native", \
			value["mmap", "imafs"], value["mmap", "native"], 1, 1)
		goal("first verified read / openssl dgst -sha256", \
			value["first", "imafs"], value["first", "openssl"], .9, 1)
		goal("time of a warm verified open / instant answer", \
			value["open", "imafs"], value["open", "instant"], 1.2, 0)
		goal("time of a warm verified open / fuse-overlayfs", \
			value["open", "imafs"], value["open", "overlay"], 1, 0)
		goal("time of exec / native", \
			value["exec", "imafs"], value["exec", "native"], 1.2, 0)
		goal("time of tar / fuse-overlayfs", \
			value["tar", "imafs"], value["tar", "overlay"], 1, 0)
		goal("two files at once: by two CPUs / by one", \
			value["together", "imafs"], \
			value["onecpu", "imafs"], 1.8, 1)
	}' "$results"
}

need_root
[ -x "$tools/bench" ] || fail "build first: $tools/bench is missing"
make_tree
sign_tree
mount_all
ticks=$(cpu_ticks)
for row in ${rows//,/ }; do
	measure_row "$row"
done
printf '%s, %s CPUs, %s; %s MiB and %s files on %s; median of %s and more\n' \
	"$(uname -sr)" "$(nproc)" "$("$IMAFS" --version)" "$mib" "$files" \
	"$(stat -f -c %T "$SRC")" "$few"
stolen "$ticks"
printf '\n'
table
printf '\n'
goals
if wants "$rows" policy && [ -x "$tools/bench-policy" ]; then
	printf '\n'
	"$tools/bench-policy"
fi
# shellcheck disable=SC2034 # read by the harness: a table is not TAP
t_done=1
