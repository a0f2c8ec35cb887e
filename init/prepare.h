/* SPDX-License-Identifier: Apache-2.0 */
/* What a process 1 finds missing: proc, sys, dev, run, the TPM's device. */
#ifndef INIT_PREPARE_H
#define INIT_PREPARE_H

#include "base/diag.h"

/*
 * Mounts /proc, /sys, /dev, /run and securityfs where nothing is mounted.
 * Return: 0; -errno, @reterr says what to do.
 */
int prepare_mounts(struct diag *reterr);

/*
 * Waits for a device node of /dev to appear.
 * Return: 0; -ETIMEDOUT after @seconds; -errno.
 */
int prepare_device(const char *name, unsigned seconds);

#endif
