#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Spelling, and no work that was left for later.
. "$(dirname "$0")/lib.sh"

later='\b(TO''DO|FIX''ME|X''XX)\b'
mapfile -t all < <(files . | grep -vE '^(LICENSE|test/(corpus|data)/)')
codespell --ignore-words test/lint/spelling "${all[@]}" ||
	complain 'spelling; real words go to test/lint/spelling'
if grep -nE "$later" "${all[@]}"; then
	complain 'unfinished work has an issue, not a mark in the code'
fi
finish
