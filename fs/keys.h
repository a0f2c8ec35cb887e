/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a mount: what keys= names, as far as trust= lets it. */
#ifndef FS_KEYS_H
#define FS_KEYS_H

#include "base/diag.h"
#include "fs.h"

/*
 * keys_load() - the keyring that the options ask for
 * @ret: empty without keys=; the caller frees it
 *
 * With trust=, every certificate that is left out is logged with its reason.
 * Return: 0; -ENOKEY if none was admitted; as keyring_load(), trust_load().
 */
int keys_load(const struct mount_options *o, struct keyring **ret,
	      struct diag *reterr);

#endif
