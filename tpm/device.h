/* SPDX-License-Identifier: Apache-2.0 */
/* A TPM behind a TCTI as an extender. */
#ifndef TPM_DEVICE_H
#define TPM_DEVICE_H

#include "base/diag.h"
#include "extender.h"

/*
 * device_open() - connect and find the banks
 * @tcti: a TCTI string for tss2-tctildr
 * @name: what messages call this TPM
 * Return: 0; -ENOENT, -EACCES, -EBUSY of a device node; -ENODEV if the TPM has
 * no bank that can be extended; -EIO; all with a reason.
 */
int device_open(const char *tcti, const char *name, struct extender **ret,
		struct diag *reterr);

#endif
