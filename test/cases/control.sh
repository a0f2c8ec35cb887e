#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# .ima/: what is in it, who may use it, and when a written policy takes effect.
. "$(dirname "$0")/lib/harness.sh"
need_root
make_keys

I=$MNT/.ima
measure='measure func=BPRM_CHECK'
other='measure func=FILE_CHECK mask=MAY_READ'

# policy_is RULES...: read back, without the space that ends each line
policy_is()
{
	local got want

	got=$(sed 's/ *$//' "$I/policy")
	want=$(printf '%s\n' "$@")
	[ "$got" = "$want" ] || fail "the policy is '$got', not '$want'"
}

mode_of()
{
	stat -c '%a %u:%g' "$1"
}

start_mount "keys=$KEYS/trusted"

it 'the directory is hidden, and there'
[ -z "$(ls -A "$MNT")" ] || fail "listed: $(ls -A "$MNT")"
[ -d "$I" ]
expect_fail EPERM touch "$I/new"
expect_fail EPERM rm "$I/policy"
expect_fail EEXIST mkdir "$MNT/.ima"
expect_fail EPERM mv "$I" "$MNT/elsewhere"

it 'the files have the modes of securityfs'
expect_text '600 0:0' mode_of "$I/policy"
for f in ascii_runtime_measurements binary_runtime_measurements_sha256 \
	runtime_measurements_count violations; do
	expect_text '440 0:0' mode_of "$I/$f"
done
expect_fail EACCES as_user 1000 cat "$I/policy"
expect_fail EACCES as_user 1000 cat "$I/ascii_runtime_measurements"
expect_fail EACCES as_user 1000 tee "$I/policy"
as_user 1000 cat "$I/status" >/dev/null
expect_fail EACCES tee "$I/violations"

it 'imafs(1) explains each of them'
for f in "$I"/*; do
	f=${f##*/}
	grep -Eq "^\\.IR? (.*[ ,\"])?${f%_sha[0-9]*}([ ,\"]|\$)" \
		"$TEST_SOURCE/doc/man/imafs.1" || fail "not explained: $f"
done

it 'without a policy option there are no rules'
policy_is ''
[ "$(status_of policy_rules)" = 0 ]

it '> replaces the rules, at once, and >> adds'
echo "$measure" >"$I/policy"
policy_is "$measure"
echo "$other" >>"$I/policy"
policy_is "$measure" "$other"
echo "$other" >"$I/policy"
policy_is "$other"
[ "$(status_of policy_rules)" = 1 ]

it 'cp, tee, dd and printf without a newline work as well'
echo "$measure" >"$T/rules"
cp "$T/rules" "$I/policy"
policy_is "$measure"
echo "$other" | tee "$I/policy" >/dev/null
policy_is "$other"
dd if="$T/rules" of="$I/policy" bs=1 status=none
policy_is "$measure"
printf '%s' "$other" >"$I/policy"
policy_is "$other"

it 'commands that share a redirection make one policy'
before=$(status_of policy_generation)
{
	echo "$measure"
	cat "$T/rules"
	policy_is "$other"
} >"$I/policy"
policy_is "$measure" "$measure"
[ "$(status_of policy_generation)" -eq $((before + 1)) ]

it 'a bad line fails the write, names the place, and changes nothing'
expect_fail EINVAL bash -c \
	"printf '%s\n%s\n' '$measure' 'measure func=NO_CHECK' >'$I/policy'"
grep -q '^2:[1-9][0-9]*: ' "$I/policy_error" ||
	fail "policy_error: $(cat "$I/policy_error")"
policy_is "$measure" "$measure"
expect_fail EINVAL cp /etc/passwd "$I/policy"
policy_is "$measure" "$measure"
echo "$other" >"$I/policy"
expect_text '' cat "$I/policy_error"

it 'an empty writer and one with comments only change nothing'
: >"$I/policy"
policy_is "$other"
expect_fail EINVAL bash -c "printf '# nothing\n' | tee '$I/policy'"
policy_is "$other"
echo dont_measure >"$I/policy" # what policy_error advises
policy_is dont_measure

it 'there is one writer at a time'
exec 7>"$I/policy"
expect_fail EBUSY tee "$I/policy"
exec 7>&-
echo "$measure" >"$I/policy"
policy_is "$measure"

it 'a line with a path loads that file'
printf '%s\n%s\n' "$other" "$measure" >"$T/two"
echo "$T/two" >"$I/policy"
policy_is "$other" "$measure"
printf '%s' "$measure" >"$T/cut"
expect_fail EINVAL bash -c "echo '$T/cut' >'$I/policy'"
grep -qF "$T/cut: " "$I/policy_error"
expect_fail ENOENT bash -c "echo '$T/missing' >'$I/policy'"
expect_text "$T/missing: cannot be read: No such file or directory" \
	cat "$I/policy_error"
expect_fail EINVAL bash -c "echo '$T' >'$I/policy'"
expect_text "$T: cannot be read: not a regular file" cat "$I/policy_error"
policy_is "$other" "$measure"

it 'a path below the mountpoint is found without asking the mount'
cp "$T/rules" "$SRC/rules"
echo "$MNT/rules" >"$I/policy"
policy_is "$measure"

it 'with an appraise rule for POLICY_CHECK only signed files are taken'
seal='appraise func=POLICY_CHECK appraise_type=imasig'
echo "$seal" >"$I/policy"
expect_fail EACCES bash -c "echo '$measure' >'$I/policy'"
expect_fail EACCES bash -c "echo '$T/two' >'$I/policy'"
denied_because IMA-signature-required "$T/two"
sign other "$T/two"
expect_fail EACCES bash -c "echo '$T/two' >'$I/policy'"
policy_is "$seal"
sign ec "$T/two"
echo "$T/two" >"$I/policy"
policy_is "$other" "$measure"

it 'lists grow under an open descriptor, and under tail -f'
program "$SRC/one" 1
program "$SRC/two" 2
exec 8<"$I/ascii_runtime_measurements"
cat <&8 >"$T/seen"
tail -n 0 -f -s 0.05 "$I/ascii_runtime_measurements" >"$T/tail" &
tail=$!
at_end end_process "$tail"
sleep 0.2
expect_text 1 "$MNT/one"
grep -q "$MNT/one" <&8 || fail 'the descriptor does not see the new entry'
exec 8<&-
! grep -q "$MNT/one" "$T/seen" || fail 'it was in the list before'
wait_for 5 grep -q "$MNT/one" "$T/tail" || fail 'tail -f does not see it'
end_process "$tail"
size=$(stat -c %s "$I/ascii_runtime_measurements")
[ "$size" -eq "$(wc -c <"$I/ascii_runtime_measurements")" ]

it 'the counters count what the lists hold'
[ "$(cat "$I/runtime_measurements_count")" -eq \
	"$(wc -l <"$I/ascii_runtime_measurements")" ]
[ "$(status_of journal_entries)" -eq "$(cat "$I/runtime_measurements_count")" ]
[ "$(cat "$I/violations")" -eq 0 ]
cmp "$I/ascii_runtime_measurements" "$I/ascii_runtime_measurements_sha1"
expect_text 'tcti: none' cat "$I/tpm"
[ "$(wc -l <"$I/keys")" -eq 2 ]

it 'a denial is kept with cause, file and rule'
echo 'appraise func=BPRM_CHECK appraise_type=imasig' >"$I/policy"
expect_fail EACCES "$MNT/two"
denied_because IMA-signature-required "$MNT/two"
tail -n 1 "$I/denials" |
	grep -q 'func=BPRM_CHECK rule=1 "appraise func=BPRM_CHECK appraise_type=imasig"'
[ "$(status_of denials)" -eq \
	"$(sed -n '1s/^# denied \([0-9]*\),.*/\1/p' "$I/denials")" ]

it 'and is one line of the log stream, with the same words'
line=$(tail -n 1 "$I/denials")
wait_for 5 grep -qF -- "${line#pid=* uid=}" "$T/daemon.log" ||
	fail "not in the log: $line"
[[ $line == *' uid=0 op=appraise_data cause=IMA-signature-required comm='* ]]

it 'every file is read by sendfile(2), too, or says that it cannot be'
need_program busybox # its cat takes sendfile's word for the end of a file
for f in policy denials status keys version ascii_runtime_measurements \
	binary_runtime_measurements_sha256 runtime_measurements_count; do
	cat "$I/$f" >"$T/read"
	busybox cat "$I/$f" | cmp - "$T/read"
	cp "$I/$f" "$T/copy"
	cmp "$T/copy" "$T/read"
	[ "$(stat -c %s "$I/$f")" -eq "$(wc -c <"$T/read")" ] ||
		fail "$f: $(stat -c %s "$I/$f") bytes, $(wc -c <"$T/read") read"
done
expect_text "$(tail -n 2 "$T/read")" busybox tail -n 2 "$I/$f"

it 'and a list that has grown is never read from a cache'
exec 8<"$I/ascii_runtime_measurements"
busybox cat <&8 >"$T/first"
program "$SRC/grown" grown
echo 'measure func=BPRM_CHECK' >"$I/policy"
"$MNT/grown" >"$T/none"
stat "$I/ascii_runtime_measurements" >"$T/none" # tells the kernel the size
busybox cat <&8 >"$T/second"
exec 8<&-
cat "$T/first" "$T/second" | cmp - "$I/ascii_runtime_measurements"
grep -q "$MNT/grown" "$T/second"
stop_mount

it 'policy_once locks the policy after the first one'
start_mount policy_once
echo "$measure" >"$I/policy"
expect_fail EPERM bash -c "echo '$other' >>'$I/policy'"
policy_is "$measure"
[ "$(status_of policy_locked)" = yes ]
stop_mount

it 'control=visible lists it, control=none has none'
start_mount control=visible
find "$MNT" -maxdepth 1 -name .ima | grep -q .
stop_mount
start_mount control=none
expect_fail ENOENT ls "$I"
grep -q 'control=none nobody can write one: .* use policy=' "$T/daemon.log"
stop_mount
finish
