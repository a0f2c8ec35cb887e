/* SPDX-License-Identifier: Apache-2.0 */
/* TSS2_RC stops here: what it means as -errno and for a person. */
#ifndef TPM_RC_H
#define TPM_RC_H

#include <stdbool.h>

#include <tss2/tss2_common.h>

/* 0 for success, else a -errno; -EIO where nothing fits better. */
int rc_to_errno(TSS2_RC rc);

/* The library's words for it; static per thread. */
const char *rc_text(TSS2_RC rc);

/* Whether the TPM has only asked to be sent the command once more, later. */
bool rc_is_busy(TSS2_RC rc);

/* Whether the TPM itself answered: the connection to it is in order. */
bool rc_is_answer(TSS2_RC rc);

#endif
