// SPDX-License-Identifier: Apache-2.0
/* A build without a TPM library: only tpm=none works, and says so. */
#include <errno.h>
#include <string.h>

#include "tpm.h"

int tpm_open(const struct tpm_options *o, struct extender **ret,
	     bool *ret_private, struct diag *reterr)
{
	if (strcmp(o->tcti, "none") != 0) {
		diag_set(reterr, "this imafs was built without TPM support; "
				 "use tpm=none, or build with -Dtpm=enabled");
		return -EOPNOTSUPP;
	}
	*ret = NULL;
	*ret_private = false;
	return 0;
}

int tpm_end_private(int dirfd, const char *dirname)
{
	(void)dirfd;
	(void)dirname;
	return 0;
}

bool tpm_supported(void)
{
	return false;
}
