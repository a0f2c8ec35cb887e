# shellcheck shell=sh disable=SC2016,SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# The machine's own TPM: imafs goes on where the kernel's list ends, as
# doc/design/006-which-pcr.md says, and one log explains PCR 10.

# What the kernel measures is owned by 5: a policy that covered what imafs
# reads on behalf of others would measure it a second time.
tree()
{
	mkdir protected
	file kernel-1 'measured by the kernel\n' 0644 5:5
	file kernel-2 'measured by the kernel, too late\n' 0644 5:5
	for n in 1 2 3; do
		file protected/$n "$n\n"
	done
	printf 'measure func=FILE_CHECK mask=^MAY_READ\n' >policy
}

guest='
ima=/sys/kernel/security/ima
at=/ima/adopt
mount_it() { mkdir -p /run/imafs/$1; $imafs mount -o \
	$2,policy=/policy,state=/run/imafs/$1 $at/protected $at/protected; }
cp $at/policy /policy
echo "measure func=FILE_CHECK fowner=5" >$ima/policy || exit 1
cat $at/kernel-1
cp $ima/binary_runtime_measurements /out/before
mount_it first tpm=auto || exit 1
cat $at/protected/1 $at/protected/2
cp $at/protected/.ima/binary_runtime_measurements /out/after
cp $at/protected/.ima/ascii_runtime_measurements /out/ascii
cp $ima/runtime_measurements_count /out/kernel-count
pcrs /out
$imafs log --verify $at/protected >/out/verify 2>&1
echo verify $? >>/out/status-of
# The kernel measures on beside us: from then on neither log is right.
cat $at/kernel-2
$imafs log --verify $at/protected >/out/verify-beside 2>&1
echo beside $? >>/out/status-of
umount $at/protected
mount_it second tpm=auto >/out/refused 2>&1
echo second $? >>/out/status-of
# Another PCR is another matter.
mount_it third tpm=auto,pcr=11 || exit 1
cat $at/protected/1 $at/protected/3
$imafs log --verify $at/protected >/out/verify-11 2>&1
echo third $? >>/out/status-of
cp $at/protected/.ima/ascii_runtime_measurements /out/ascii-11
umount $at/protected
'

check()
{
	size=$(wc -c <"$out/before")
	cmp -n "$size" "$out/before" "$out/after" ||
		bad "imafs' list does not begin with the kernel's"
	[ "$(wc -l <"$out/ascii")" -eq $(($(cat "$out/kernel-count") + 2)) ] ||
		bad "it does not go on with the two files that were read"
	replays "$out/after" "$out" || bad 'the list does not explain PCR 10'
	for want in 'verify 0' 'beside 1' 'second 1' 'third 0'; do
		grep -qx "$want" "$out/status-of" || bad "not: $want"
	done
	grep -q 'pcr=' "$out/refused" ||
		bad "the refusal does not name pcr=: $(cat "$out/refused")"
	grep -c '^11 ' "$out/ascii-11" | grep -qx 3 ||
		bad 'PCR 11 wants boot_aggregate and two files'
}
