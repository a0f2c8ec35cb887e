// SPDX-License-Identifier: Apache-2.0
/* In place of all of this folder where there is no tpm2-tss. */
#include "tpm.h"

#include <errno.h>
#include <string.h>

bool tpm_supported(void)
{
	return false;
}

int tpm_open(const struct tpm_options *o, struct extender **ret,
	     bool *ret_private, struct diag *reterr)
{
	if (strcmp(o->tcti, "none") != 0) {
		diag_set(reterr, "this imafs was built without TPM support; "
				 "tpm=none does without");
		return -EOPNOTSUPP;
	}
	*ret = NULL;
	*ret_private = false;
	return 0;
}

bool tpm_private_runs(int dirfd)
{
	(void)dirfd;
	return false;
}

/* No program of this build can have started one. */
int tpm_end_private(int dirfd)
{
	(void)dirfd;
	return 0;
}
