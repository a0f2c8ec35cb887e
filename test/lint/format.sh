#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# C sources are as clang-format 14 writes them; no trailing space anywhere.
. "$(dirname "$0")/lib.sh"

clang-format --version | grep -q ' 14\.' || {
	echo 'clang-format 14 is needed: others lay out differently'
	[ -z "${TEST_MUST_RUN:-}" ] || exit 1
	exit 77
}
mapfile -t c < <(files '\.[ch]$')
clang-format -n --Werror "${c[@]}" || complain 'run clang-format -i'
while read -r f; do
	if grep -nE '[[:space:]]+$' "$f" /dev/null >&2; then
		complain "$f: space at the end of a line"
	fi
done < <(files '(\.([ch]|sh|py|md|build|txt|[1-8])|^test\.sh|^\.ci/.*)$')
finish
