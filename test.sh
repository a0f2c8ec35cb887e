#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# test.sh - build imafs and run its tests on Debian 12
#
#   sudo ./test.sh                   everything
#   ./test.sh STAGE...               only these, in this order
#   ./test.sh cases NAME...          single cases (likewise interop, crash, ...)
#   ./test.sh guest NAME...          boot-*, or cases of test/guest; these keep
#                                    files and consoles in build-gcc/test/guest/
#
# Stages: packages lint build unit corpus tpm cases interop demo crash guest
# asan features fuzz [SECONDS (5)]; and on request only: bench [OPTIONS].
#
# guest boots virtual machines, about 100 in 6 minutes on two processors without
# KVM. Their kernel comes from the Debian mirror of this machine's apt and is
# kept in /var/cache/imafs-guest; IMAFS_GUEST_KERNEL=DIR names another one.
#
# Builds are kept in build-*/ and used again. Tests that mount need root.
# TEST_PATIENCE=N (2): time limits, on slow machines N times what they say. The
# last line is "N passed, N failed". The exit status is 0 only if nothing
# failed and nothing was skipped; TEST_MAY_SKIP=1 forgives skipped tests, and
# with CI=true a test that would skip fails.
set -eu -o pipefail
cd "$(dirname "$0")"

ALL='packages lint build unit corpus tpm cases interop demo crash guest asan
	features fuzz'

target=all # what ninja is to build
passed=0
failed=0
skipped=0
[ "${CI:-}" != true ] || export TEST_MUST_RUN=1

usage()
{
	sed -n '3,/^set -eu/{/^set/d;s/^# \{0,1\}//;p}' "$0"
	exit "$1"
}

say()
{
	printf '\n== %s\n' "$*"
}

# One test that is not meson's: result SENTENCE COMMAND...
result()
{
	local what=$1

	shift
	if "$@"; then
		passed=$((passed + 1))
		printf 'ok - %s\n' "$what"
	else
		failed=$((failed + 1))
		printf 'NOT OK - %s\n' "$what"
		return 1
	fi
}

finish()
{
	local status=$?

	trap - EXIT
	if [ -n "${SUDO_UID:-}" ] && compgen -G 'build-*' >/dev/null; then
		chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" build-*/
	fi
	if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
		failed=1 # the run itself broke
	fi
	printf '\n'
	if [ "$skipped" -gt 0 ]; then
		printf '%d skipped\n' "$skipped"
		[ -n "${TEST_MAY_SKIP:-}" ] || status=1
	fi
	[ "$failed" -eq 0 ] || status=1
	printf '%d passed, %d failed\n' "$passed" "$failed"
	exit "$status"
}

# configure DIR CC MESON-OPTIONS...: a build directory, kept if it is there
configure()
{
	local dir=$1 cc=$2

	shift 2
	if [ -f "$dir/build.ninja" ]; then
		return 0
	fi
	rm -rf "$dir"
	CC=$cc meson setup "$dir" --werror "$@" >"$dir.log" 2>&1 || {
		cat "$dir.log"
		rm -f "$dir.log"
		return 1
	}
	rm -f "$dir.log"
}

# compile DIR CC MESON-OPTIONS...
compile()
{
	configure "$@" || return 1
	ninja -k 0 -C "$1" "$target" >"$1/ninja.out" 2>&1 || {
		sed -n '/^FAILED/,$p' "$1/ninja.out" | grep . ||
			tail -n 40 "$1/ninja.out"
		return 1
	}
}

# A build that a later stage needs; a test of its own the first time.
declare -A built=()
need()
{
	local dir=$1

	[ -z "${built[$dir]:-}" ] || return 0
	result "builds without a warning: $dir" compile "$@" || exit 1
	built[$dir]=1
}

need_gcc()
{
	need build-gcc gcc
}

# suite DIR SUITE MESON-TEST-OPTIONS...: run, print meson's summary, count
suite()
{
	local dir=$1 suite=$2 counts

	shift 2
	say "$suite ($dir)"
	meson test -C "$dir" --no-rebuild --suite "$suite" --print-errorlogs \
		--logbase "$suite" -t "${TEST_PATIENCE:-2}" "$@" || true
	counts=$(python3 test/count-results.py \
		"$dir/meson-logs/$suite.json") || counts='0 1 0'
	# shellcheck disable=SC2086 # three numbers
	set -- $counts
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
}

stage_packages()
{
	result 'all packages are there' .ci/packages test || exit 1
}

stage_build()
{
	need build-gcc gcc
	need build-clang clang
}

stage_lint()
{
	configure build-gcc gcc || exit 1
	suite build-gcc lint "$@"
}

stage_unit()
{
	stage_build
	suite build-gcc unit "$@"
	suite build-clang unit "$@"
}

stage_corpus()
{
	need_gcc
	suite build-gcc corpus "$@"
}

stage_tpm()
{
	need_gcc
	suite build-gcc tpm "$@"
}

stage_cases()
{
	need_gcc
	suite build-gcc cases "$@"
}

stage_interop()
{
	need_gcc
	suite build-gcc interop "$@"
}

# What demo.sh would leave: its place, its mount point, its mount.
demo_traces()
{
	find /var/tmp -maxdepth 1 -name 'imafs-demo.*'
	ls -d /ima 2>/dev/null || true
	grep ' /ima ' /proc/self/mounts || true
}

stage_demo()
{
	local log before

	say 'demo.sh'
	log=$(mktemp)
	before=$(demo_traces)
	result 'demo.sh shows what it says' run_demo "$log" || cat "$log"
	rm -f "$log"
	result 'demo.sh leaves nothing behind' \
		test "$before" = "$(demo_traces)" || true
}

# The shown denials have their causes, the list was compared with the TPM.
run_demo()
{
	./demo.sh >"$1" 2>&1 &&
		grep -q '^this is the signed /ima/init$' "$1" &&
		grep -q 'cause=IMA-signature-required .*/ima/unsigned"' "$1" &&
		grep -q 'cause=invalid-signature .*/ima/tampered"' "$1" &&
		grep -q 'cause=invalid-signature .*/ima/changing"' "$1" &&
		grep -q ': the list is what the TPM vouches for$' "$1"
}

stage_crash()
{
	need_gcc
	suite build-gcc crash "$@"
}

# Of names, those of the boots are meson's tests; others are cases of "guest".
stage_guest()
{
	local boots=() name

	need_gcc
	for name; do
		case $name in
		boot-* | guest) boots+=("$name") ;;
		*)
			result "guest $name, see build-gcc/test/guest/run" \
				test/guest/run -i "$PWD/build-gcc/cli/imafs" \
				-o build-gcc/test/guest/run "$name" || true
			;;
		esac
	done
	if [ $# -eq 0 ] || [ ${#boots[@]} -gt 0 ]; then
		suite build-gcc guest ${boots[@]+"${boots[@]}"}
	fi
}

stage_asan()
{
	export LSAN_OPTIONS=suppressions=$PWD/test/lsan.supp:print_suppressions=0
	# instrumented code makes gcc guess wrongly about the length of texts
	need build-asan gcc -Db_sanitize=address,undefined -Dbuildtype=debug \
		-Dc_args=-Wno-error=format-truncation
	suite build-asan unit "$@"
	suite build-asan corpus "$@"
	TEST_PATIENCE=4 suite build-asan tpm "$@"
	TEST_PATIENCE=4 suite build-asan cases "$@"
}

stage_features()
{
	need build-notpm gcc -Dtpm=disabled -Dman=disabled
	suite build-notpm unit "$@"
}

# fuzz_one NAME SECONDS: what it finds is kept in build-fuzz/corpus/
fuzz_one()
{
	local log=build-fuzz/fuzz-$1.log

	mkdir -p "build-fuzz/corpus/$1"
	"build-fuzz/test/fuzz/fuzz-$1" -max_total_time="$2" \
		-artifact_prefix=build-fuzz/corpus/ "build-fuzz/corpus/$1" \
		"test/corpus/$1/accept" "test/corpus/$1/reject" >"$log" 2>&1 ||
		{
			tail -n 60 "$log"
			return 1
		}
	tail -n 1 "$log"
}

stage_fuzz()
{
	local f

	# other programs do not link with rooms that were built for fuzzers
	target=fuzzers need build-fuzz clang -Dfuzz=true -Db_lundef=false \
		-Db_sanitize=address,undefined
	say "fuzz, ${1:-5} s each (build-fuzz)"
	for f in test/fuzz/fuzz-*.c; do
		f=${f##*/fuzz-}
		[ "$f" != main.c ] || continue
		result "fuzz ${f%.c}" fuzz_one "${f%.c}" "${1:-5}" || true
	done
}

stage_bench()
{
	need build-release gcc -Dbuildtype=release -Db_ndebug=false
	TEST_BUILD=$PWD/build-release test/bench/bench.sh "$@"
}

tree_state()
{
	git -c safe.directory="$PWD" status --porcelain 2>/dev/null || true
}

run_all()
{
	local before stage

	stage_packages
	before=$(tree_state)
	for stage in $ALL; do
		[ "$stage" = packages ] || "stage_$stage"
	done
	result 'building and testing leaves nothing in the tree' \
		test "$before" = "$(tree_state)" || true
}

case ${1:-} in
-h | --help) usage 0 ;;
-*) usage 2 >&2 ;;
esac
trap finish EXIT
if [ $# -eq 0 ]; then
	run_all
	exit 0
fi
while [ $# -gt 0 ]; do
	stage=$1
	shift
	declare -F "stage_$stage" >/dev/null || {
		echo "test.sh: '$stage' is no stage; try ./test.sh --help" >&2
		exit 2
	}
	names=()
	while [ $# -gt 0 ] && ! declare -F "stage_$1" >/dev/null; do
		names+=("$1")
		shift
	done
	"stage_$stage" ${names[@]+"${names[@]}"}
done
