/* SPDX-License-Identifier: Apache-2.0 */
/* From the launcher to what is signed: only through the mount. */
#ifndef INIT_ENTER_H
#define INIT_ENTER_H

#include "base/diag.h"

/*
 * enter_exec() - execute a file of the mount in place of this process
 * Return: only on failure: -errno, @reterr says why it was refused, as far as
 * the mount tells.
 */
int enter_exec(const char *mountpoint, const char *path, char *const *argv,
	       struct diag *reterr);

/*
 * enter_try() - can @path be opened through the mount? For those who leave the
 * execution to somebody else.
 * Return: 0; -errno, @reterr.
 */
int enter_try(const char *mountpoint, const char *path, struct diag *reterr);

#endif
