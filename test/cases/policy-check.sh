#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# imafs policy: what it says of a text, where, and with which status.
. "$(dirname "$0")/lib/harness.sh"
need_program python3

# check STATUS TEXT [OPTIONS...]: of a file of that text; what it says is $OUT
check()
{
	local want=$1

	printf '%b' "$2" >"$T/policy"
	shift 2
	expect_status "$want" "$IMAFS" policy check "$@" "$T/policy"
}

# says TEXT...: lines of $OUT, "@" is the file's name
says()
{
	local text

	for text; do
		grep -qxF -- "${text//@/$T/policy}" <<<"$OUT" ||
			fail "not said: $text" "but: $OUT"
	done
}

# json EXPRESSION: true of the object in $OUT, which is d
json()
{
	python3 -c "import json, sys
d = json.loads(sys.argv[1])
sys.exit(not ($1))" "$OUT" || fail "not true: $1" "of: $OUT"
}

it 'a policy without a fault: status 0, and how many rules'
check 0 '# a comment\nmeasure func=BPRM_CHECK\n\nappraise fowner=0\n'
says '@: 2 rules, 0 warnings'

it 'every bad line is named with file, line and column: status 1'
check 1 'measure\n  bogus\nmeasure func=FILE_CHECK uid=\nmeasure pcr=64\n'
says "@:2:3: error: 'bogus' is not a word of the policy language;\
 imafs-policy(5) lists them" '@: 3 errors'
grep -qF "$T/policy:3:25: error: 'uid=': " <<<"$OUT"
grep -qF "$T/policy:4:9: error: 'pcr=64': " <<<"$OUT"

it 'a rule that is not reached is a warning with its place: status 0'
check 0 'measure\n\n  measure func=FILE_CHECK\n'
says "@:3:3: warning: the rule never decides: rule 1 (line 1, 'measure')\
 matches first whatever this one matches" '@: 2 rules, 1 warning'

it 'what a mount would refuse is a warning, the policy may be the kernel'\''s'
check 0 'measure func=FILE_CHECK subj_type=x\n'
grep -qF "$T/policy:1:1: warning: a mount refuses this rule" <<<"$OUT"

it '--kernel refuses what only imafs has'
for text in 'appraise appraise_type=imasig_optional' memlock dont_memlock; do
	check 0 "$text\n"
	check 1 "$text\n" --kernel
	grep -qF 'the kernel refuses it' <<<"$OUT"
done
check 0 'appraise appraise_type=imasig\n' --kernel
says '@: 1 rule, 0 warnings'

it '--kernel warns of a last line that the kernel would not read'
check 0 'measure\naudit' --kernel
grep -qF "$T/policy:2:6: warning: no newline at the end" <<<"$OUT"
check 0 'measure\naudit'
says '@: 2 rules, 0 warnings'

it '--json: one object with the same'
check 1 'measure\nmeasure func=\\x80\n' --json
json "d['valid'] is False and len(d['errors']) == 1 and d['warnings'] == []"
json "d['errors'][0]['line'] == 2 and d['errors'][0]['column'] == 9"
json "d['file'] == '$T/policy' and 'func=' in d['errors'][0]['message']"
check 0 'measure\naudit\n measure uid=0\n' --json
json "d['valid'] is True and d['rules'] == 3 and d['errors'] == []"
json "(d['warnings'][0]['line'], d['warnings'][0]['column']) == (3, 2)"
check 1 'memlock\n' --json --kernel
json "d['errors'][0]['line'] == 1"

it 'from standard input'
expect_text '<stdin>: 1 rule, 0 warnings' \
	"$IMAFS" policy check - < <(echo measure)

it 'what cannot be read is undetermined: status 3, with name and cause'
expect_status 3 "$IMAFS" policy check "$T/none"
[ "$OUT" = "imafs: cannot read the policy '$T/none': No such file or directory" ]
expect_status 3 "$IMAFS" policy check "$T"
[ "$OUT" = "imafs: cannot read the policy '$T': Is a directory" ]

it 'a wrong command line: status 2'
for words in '' check 'check a b' 'check --frob a' frob 'print' 'print a b' \
	'print --kernel tcb'; do
	# shellcheck disable=SC2086 # words
	expect_status 2 "$IMAFS" policy $words
	grep -qxF "Try 'imafs policy --help'." <<<"$OUT"
done

it 'print: a file in canonical form, which prints as itself'
printf 'measure   mask=0x1\n' >"$T/bad"
expect_status 1 "$IMAFS" policy print "$T/bad"
grep -qF "$T/bad:1:11: error: " <<<"$OUT"
printf 'measure   uid=0 func=PATH_CHECK # x\n' >"$T/policy"
expect_text 'measure func=FILE_CHECK uid=0 ' "$IMAFS" policy print "$T/policy"
expect_status 3 "$IMAFS" policy print "$T/none"

it 'print: the built-in policies, which the check finds good'
for name in tcb ima_tcb appraise_tcb secure_boot critical_data signed_init \
	'tcb|secure_boot'; do
	"$IMAFS" policy print "$name" >"$T/builtin"
	[ -s "$T/builtin" ]
	expect_status 0 "$IMAFS" policy check --kernel "$T/builtin"
	grep -q ' rules*, 0 warnings$' <<<"$OUT"
	"$IMAFS" policy print "$T/builtin" | cmp - "$T/builtin"
done
finish
