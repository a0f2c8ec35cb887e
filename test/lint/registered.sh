#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A test that meson does not know of would never run and never fail.
. "$(dirname "$0")/lib.sh"

for dir in cases interop crash boot lint unit fuzz; do
	while read -r f; do
		name=$(basename "${f%.*}")
		name=${name#fuzz-}
		grep -q "'$name'" "test/$dir/meson.build" ||
			complain "$f is not in test/$dir/meson.build"
	done < <(files "^test/$dir/([^/]*\.sh|test-[^/]*\.c|fuzz-[^/]*\.c)$" |
		grep -vE '/(lib\.sh|fuzz-main\.c)$')
done
# and one of a suite that is no stage would not run in ./test.sh
while read -r suite; do
	grep -q "^stage_$suite()" test.sh ||
		complain "test.sh has no stage for the suite '$suite'"
done < <(grep -ho "suite: '[a-z]*'" test/*/meson.build | cut -d"'" -f2 | sort -u)
finish
