#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# enforce, log, fix and off; the hash that is updated when the last writer
# closes; who may set which security.ima.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/label.sh"

need_root
make_keys

fresh_files()
{
	rm -rf "${SRC:?}"/*
	program "$SRC/unlabelled" unlabelled
	program "$SRC/hashed" hashed
	label "$SRC/hashed" "$(hash_label sha256 "$SRC/hashed")"
	program "$SRC/wrong" wrong
	label "$SRC/wrong" \
		"$(another_last_byte "$(hash_label sha256 "$SRC/wrong")")"
	program "$SRC/wrong512" wrong512
	label "$SRC/wrong512" \
		"$(another_last_byte "$(hash_label sha512 "$SRC/wrong512")")"
	program "$SRC/signed" signed
	sign rsa "$SRC/signed"
	program "$SRC/tampered" tampered
	sign rsa "$SRC/tampered"
	echo '# tampered' >>"$SRC/tampered"
	sleep 0.1
}

# restart OPTIONS POLICY
restart()
{
	if t_mounted; then
		stop_mount
	fi
	fresh_files
	start_mount "keys=$KEYS/trusted,$1"
	set_policy "$2"
}

denials_of()
{
	grep -c "name=\"$MNT/$1\"" "$MNT/.ima/denials" || true
}

it 'log: everything may be opened, what would be denied is said, not counted'
restart appraise=log 'appraise func=FILE_CHECK mask=^MAY_READ
appraise func=BPRM_CHECK appraise_type=imasig'
expect_text log status_of appraise
for f in unlabelled wrong tampered signed hashed; do
	cat "$MNT/$f" >/dev/null
	expect_text "$f" "$MNT/$f"
done
expect_text 0 status_of denials
grep -q " cause=missing-hash .*$MNT/unlabelled.* res=1 " "$MNT/.ima/denials"
grep -q " cause=invalid-hash .*$MNT/wrong\".* res=1 " "$MNT/.ima/denials"
grep -q " cause=invalid-signature .*$MNT/tampered\"" "$MNT/.ima/denials"
grep -q " cause=IMA-signature-required .*$MNT/hashed\"" "$MNT/.ima/denials"
expect_text 0 denials_of signed

it 'log: labels are left alone'
no_label "$SRC/unlabelled"
expect_label "$(another_last_byte "$(hash_label sha256 "$SRC/wrong")")" \
	"$SRC/wrong"

it 'fix: a file without a label gets its hash'
restart appraise=fix 'appraise func=FILE_CHECK mask=^MAY_READ'
cat "$MNT/unlabelled" >/dev/null
expect_label "$(hash_label sha256 "$SRC/unlabelled")" "$SRC/unlabelled"
it 'fix: a wrong hash is corrected, by its own algorithm'
cat "$MNT/wrong" "$MNT/wrong512" >/dev/null
expect_label "$(hash_label sha256 "$SRC/wrong")" "$SRC/wrong"
expect_label "$(hash_label sha512 "$SRC/wrong512")" "$SRC/wrong512"
it 'fix: a signature is never replaced, not even a bad one'
good=$(label_of "$SRC/signed") bad=$(label_of "$SRC/tampered")
cat "$MNT/signed" "$MNT/tampered" >/dev/null
expect_label "$good" "$SRC/signed"
expect_label "$bad" "$SRC/tampered"
it 'fix: what was fixed is accepted by enforce'
stop_mount
start_mount "keys=$KEYS/trusted"
set_policy 'appraise func=FILE_CHECK mask=^MAY_READ'
cat "$MNT/unlabelled" "$MNT/wrong" "$MNT/wrong512" "$MNT/signed" >/dev/null
expect_fail EACCES cat "$MNT/tampered"

it 'fix: hash= is the algorithm of new labels'
restart appraise=fix,hash=sha512 'appraise func=FILE_CHECK mask=^MAY_READ'
cat "$MNT/unlabelled" "$MNT/wrong" >/dev/null
expect_label "$(hash_label sha512 "$SRC/unlabelled")" "$SRC/unlabelled"
expect_label "$(hash_label sha256 "$SRC/wrong")" "$SRC/wrong"

it 'off: nothing is appraised, measuring goes on'
restart appraise=off 'appraise func=FILE_CHECK
measure func=FILE_CHECK'
for f in unlabelled wrong tampered; do
	cat "$MNT/$f" >/dev/null
	log_has "$MNT/$f\$"
done
expect_text 1 sh -c "wc -l <'$MNT/.ima/denials'"

it 'enforce: a new file gets its hash when its writer closes'
restart appraise=enforce 'appraise fowner=0'
echo new >"$MNT/new"
expect_label "$(hash_label sha256 "$SRC/new")" "$SRC/new"
expect_text new cat "$MNT/new"
it 'an appended one a new hash'
echo more >>"$MNT/new"
expect_label "$(hash_label sha256 "$SRC/new")" "$SRC/new"
expect_text "$(cat "$SRC/new")" cat "$MNT/new"
it 'a truncated and rewritten one, too'
echo other >"$MNT/new"
expect_label "$(hash_label sha256 "$SRC/new")" "$SRC/new"
it 'with two writers, when the last one closes'
before=$(label_of "$SRC/new")
exec 7>>"$MNT/new" 8>>"$MNT/new"
echo seven >&7
echo eight >&8
exec 7>&-
sleep 0.3
expect_label "$before" "$SRC/new"
exec 8>&-
expect_text "$(cat "$SRC/new")" cat "$MNT/new"
expect_label "$(hash_label sha256 "$SRC/new")" "$SRC/new"
it 'a writer that wrote nothing leaves the label as it is'
before=$(label_of "$SRC/hashed")
: >>"$MNT/hashed"
expect_label "$before" "$SRC/hashed"
it 'an old algorithm is replaced by the default one'
label "$SRC/new" "$(hash_label sha1 "$SRC/new")"
sleep 0.1
echo again >>"$MNT/new"
expect_label "$(hash_label sha256 "$SRC/new")" "$SRC/new"
it 'a file with a bad hash cannot be opened for writing'
expect_fail EACCES sh -c "echo x >>'$MNT/wrong'"
expect_label "$(another_last_byte "$(hash_label sha256 "$SRC/wrong")")" \
	"$SRC/wrong"
it 'a signed file cannot be written at all'
good=$(label_of "$SRC/signed")
expect_fail EACCES sh -c "echo x >>'$MNT/signed'"
expect_fail EACCES sh -c ": >'$MNT/signed'"
expect_label "$good" "$SRC/signed"
expect_text signed "$MNT/signed"
it 'but it can be replaced'
program "$MNT/signed.new" successor
mv "$MNT/signed.new" "$MNT/signed"
expect_text successor "$MNT/signed"
it 'an owner that the rule does not name is left alone'
echo theirs >"$SRC/theirs"
chown 1000 "$SRC/theirs"
echo x >>"$MNT/theirs"
no_label "$SRC/theirs"

it 'a hash rule labels what was written, and denies nothing'
restart appraise=enforce 'hash func=FILE_CHECK'
echo x >>"$MNT/unlabelled"
expect_label "$(hash_label sha256 "$SRC/unlabelled")" "$SRC/unlabelled"
cat "$MNT/wrong" >/dev/null
it 'and leaves signatures'
good=$(label_of "$SRC/tampered")
echo x >>"$MNT/tampered"
expect_label "$good" "$SRC/tampered"

# Who may set which security.ima

set_label()
{
	setfattr -n security.ima -v "0x$1" "$2"
}

it 'security.ima: types that do not exist are EINVAL, also an empty value'
restart appraise=enforce 'appraise func=FILE_CHECK mask=^MAY_READ'
expect_fail EINVAL setfattr -n security.ima "$MNT/hashed"
for v in 07 0a00 ff 7f0102; do
	expect_fail EINVAL set_label "$v" "$MNT/hashed"
done
expect_text hashed "$MNT/hashed"
it 'an algorithm that nobody offers is EACCES'
expect_fail EACCES set_label "0410$(printf '00%.0s' $(seq 24))" "$MNT/hashed"
denied_because unavailable-hash-algorithm "$MNT/hashed"
it 'only root may set or remove it'
chown 1000 "$SRC/unlabelled"
expect_fail EPERM as_user 1000 setfattr -n security.ima -v 0x0404 \
	"$MNT/unlabelled"
chown 1000 "$SRC/hashed"
expect_fail EPERM as_user 1000 setfattr -x security.ima "$MNT/hashed"
chown 0 "$SRC/hashed"
it 'content is not looked at: garbage of a known type is stored, and denies'
for v in 0404 03 00 02 05; do
	cat "$MNT/hashed" >/dev/null
	set_label "$v" "$MNT/hashed"
	expect_label "$v" "$SRC/hashed"
	expect_fail EACCES cat "$MNT/hashed"
	set_label "$(hash_label sha256 "$SRC/hashed")" "$MNT/hashed"
done
cat "$MNT/hashed" >/dev/null
it 'removed through the mount: denied at once'
setfattr -x security.ima "$MNT/hashed"
expect_fail EACCES cat "$MNT/hashed"
denied_because missing-hash "$MNT/hashed"
it 'set again through the mount: allowed at once'
set_label "$(hash_label sha256 "$SRC/hashed")" "$MNT/hashed"
expect_text hashed "$MNT/hashed"
it 'a signature set through the mount makes the file immutable'
sign rsa "$MNT/hashed"
expect_text hashed "$MNT/hashed"
set_policy 'appraise func=FILE_CHECK'
expect_fail EACCES sh -c "echo x >>'$MNT/hashed'"

it 'SETXATTR_CHECK: only the algorithms of the rule'
set_policy 'appraise func=SETXATTR_CHECK appraise_algos=sha256,sha384
appraise func=FILE_CHECK mask=^MAY_READ'
for alg in sha1 md5 sha512; do
	expect_fail EACCES set_label "$(hash_label $alg "$SRC/wrong")" \
		"$MNT/wrong"
	denied_because denied-hash-algorithm "$MNT/wrong"
done
for alg in sha384 sha256; do
	set_label "$(hash_label $alg "$SRC/wrong")" "$MNT/wrong"
	cat "$MNT/wrong" >/dev/null
done
it 'other attributes are nobody'\''s business here'
setfattr -n user.comment -v x "$MNT/wrong"
expect_text x getfattr -n user.comment --only-values --absolute-names \
	"$MNT/wrong"

stop_mount
finish
