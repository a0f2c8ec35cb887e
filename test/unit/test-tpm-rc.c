// SPDX-License-Identifier: Apache-2.0
/* tpm/rc.c: what the TPM and its library say, as -errno. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tss2/tss2_tpm2_types.h>

#include "tpm/rc.h"

static void codes_become_errno(void **state)
{
	static const struct {
		TSS2_RC rc;
		int want;
		bool busy, answer;
		const char *why;
	} t[] = {
		{ TSS2_RC_SUCCESS, 0, false, true, "success" },
		{ TPM2_RC_RETRY, -EIO, true, true, "not started" },
		{ TPM2_RC_TESTING, -EIO, true, true, "self-test" },
		{ TPM2_RC_YIELDED, -EIO, true, true, "suspended" },
		{ TPM2_RC_NV_RATE, -EIO, true, true, "spares its memory" },
		{ TPM2_RC_LOCALITY, -EPERM, false, true, "PCR 17-22" },
		{ TPM2_RC_VALUE + TPM2_RC_H + TPM2_RC_1, -ENXIO, false, true,
		  "a handle that is no PCR" },
		{ TPM2_RC_VALUE + TPM2_RC_P + TPM2_RC_2, -ENXIO, false, true,
		  "the same of a parameter" },
		{ TPM2_RC_BAD_AUTH + TPM2_RC_S + TPM2_RC_1, -EACCES, false,
		  true, "the PCR has a password" },
		{ TPM2_RC_FAILURE, -EIO, false, true, "failure mode" },
		{ TPM2_RC_INITIALIZE, -EIO, false, true, "not started up" },
		{ TSS2_RESMGR_TPM_RC_LAYER | TPM2_RC_RETRY, -EIO, true, true,
		  "the kernel's resource manager" },
		{ TSS2_TCTI_RC_IO_ERROR, -EIO, false, false, "the connection" },
		{ TSS2_TCTI_RC_NO_CONNECTION, -EIO, false, false,
		  "the connection" },
		{ TSS2_ESYS_RC_MEMORY, -ENOMEM, false, false, "memory" },
		/* the number of RETRY in a layer where it is another thing */
		{ TSS2_ESAPI_RC_LAYER | TPM2_RC_RETRY, -EIO, false, false,
		  "another layer" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (rc_to_errno(t[i].rc) != t[i].want ||
		    rc_is_busy(t[i].rc) != t[i].busy ||
		    rc_is_answer(t[i].rc) != t[i].answer)
			fail_msg("%s: %d busy %d answer %d", t[i].why,
				 rc_to_errno(t[i].rc), rc_is_busy(t[i].rc),
				 rc_is_answer(t[i].rc));
		assert_non_null(rc_text(t[i].rc));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_become_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
