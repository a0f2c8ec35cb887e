# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The judgement of others on log and PCR: tpm2_pcrread says what the TPM has,
# evmctl whether the list leads there. Sourced after harness.sh.

# mount_tcti: how tpm2-tools reach the TPM of the mount
mount_tcti()
{
	sed -n 's/^tcti: //p' "$MNT/.ima/tpm"
}

# read_pcrs TCTI: $T/pcrs.sha1 and $T/pcrs.sha256 as evmctl wants them
read_pcrs()
{
	timeout 20 tpm2_pcrread -T "$1" sha1:all+sha256:all >"$T/pcrs" ||
		fail "cannot read PCRs: $(cat "$T/pcrs")"
	awk -v to="$T/pcrs." '
	/^ *sha[0-9]+:/ { file = to substr($1, 1, length($1) - 1); next }
	{
		nr = $1 + 0
		v = $3 == "" ? $2 : $3
		sub(/^0x/, "", v)
		gsub(/../, "& ", v)
		printf "PCR-%02d: %s\n", nr, v >file
	}' "$T/pcrs"
}

# evmctl_agrees LIST: that the kernel-format list leads to the PCRs just read
evmctl_agrees()
{
	evmctl ima_measurement --ignore-violations \
		--pcrs "sha1,$T/pcrs.sha1" --pcrs "sha256,$T/pcrs.sha256" \
		"$1" >"$T/evmctl.out" 2>&1
}
