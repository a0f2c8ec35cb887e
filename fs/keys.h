/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a mount: what keys= and evm_keys= name, as far as trust= lets
 * them. */
#ifndef FS_KEYS_H
#define FS_KEYS_H

#include "base/diag.h"
#include "fs.h"

/*
 * keys_load() - the keyring that an option asks for
 * @word: the option, "keys", for messages
 * @path: its values, a NULL-terminated list; NULL: none
 * @trust: of trust=; NULL: none
 * @ret:  empty without any path; the caller frees it
 *
 * With trust=, every certificate that is left out is logged with its reason.
 * Return: 0; -ENOKEY if none was admitted; as keyring_load(), trust_load().
 */
int keys_load(const char *word, char **path, const char *trust,
	      struct keyring **ret, struct diag *reterr);

#endif
