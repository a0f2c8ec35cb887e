// SPDX-License-Identifier: Apache-2.0
/* Return codes of tpm2-tss and of the TPM; see rc.h. Touches no TPM. */
#include "tpm/rc.h"

#include <errno.h>

#include <tss2/tss2_rc.h>
#include <tss2/tss2_tpm2_types.h>

/* Format-one codes carry the number of the handle or parameter as well. */
static TSS2_RC without_position(TSS2_RC rc)
{
	return rc & TPM2_RC_FMT1 ? rc & (0x3f | TPM2_RC_FMT1) : rc;
}

/* The kernel's resource manager answers as the TPM, in a layer of its own. */
static TSS2_RC tpm_code(TSS2_RC rc)
{
	return rc & ~TSS2_RC_LAYER_MASK;
}

bool rc_is_answer(TSS2_RC rc)
{
	switch (rc & TSS2_RC_LAYER_MASK) {
	case TSS2_TPM_RC_LAYER:
	case TSS2_RESMGR_TPM_RC_LAYER:
		return true;
	default:
		return false;
	}
}

bool rc_is_busy(TSS2_RC rc)
{
	if (!rc_is_answer(rc))
		return false;
	switch (tpm_code(rc)) {
	case TPM2_RC_RETRY:
	case TPM2_RC_TESTING:
	case TPM2_RC_YIELDED:
	case TPM2_RC_NV_RATE:
		return true;
	default:
		return false;
	}
}

static int answer_to_errno(TSS2_RC rc)
{
	switch (without_position(tpm_code(rc))) {
	case TPM2_RC_LOCALITY:
		return -EPERM;
	case TPM2_RC_AUTH_FAIL:
	case TPM2_RC_BAD_AUTH:
		return -EACCES;
	case TPM2_RC_VALUE:
		return -ENXIO; /* no such PCR */
	case TPM2_RC_COMMAND_CODE:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

int rc_to_errno(TSS2_RC rc)
{
	if (rc == TSS2_RC_SUCCESS)
		return 0;
	if (rc_is_answer(rc))
		return answer_to_errno(rc);
	switch (rc & ~TSS2_RC_LAYER_MASK) {
	case TSS2_BASE_RC_MEMORY:
		return -ENOMEM;
	case TSS2_BASE_RC_NOT_PERMITTED:
		return -EPERM;
	case TSS2_BASE_RC_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

const char *rc_text(TSS2_RC rc)
{
	return Tss2_RC_Decode(rc);
}
