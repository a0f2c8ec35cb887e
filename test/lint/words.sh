#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Spelling, and no work that was left for later.
. "$(dirname "$0")/lib.sh"

later='\b(TO''DO|FIX''ME|X''XX)\b'
mapfile -t all < <(files . | grep -vE '^(LICENSE|test/(corpus|data)/)')
codespell --ignore-words test/lint/spelling "${all[@]}" ||
	complain 'spelling; real words go to test/lint/spelling'
# a TAP line's own word for it is no mark in the code
if grep -nE "$later" "${all[@]}" | grep -v ' # TO''DO \$'; then
	complain 'unfinished work has an issue, not a mark in the code'
fi
finish
