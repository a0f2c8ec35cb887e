/* SPDX-License-Identifier: Apache-2.0 */
/* Key files: reading them, and saying what is wrong with one. */
#ifndef CRYPTO_KEY_FILE_H
#define CRYPTO_KEY_FILE_H

#include "base/diag.h"
#include "crypto/key.h"

/* Which file; @dir is only for messages and may be NULL. */
struct key_file {
	int dirfd; /* or AT_FDCWD */
	const char *dir, *name;
};

/*
 * key_file_read() - all keys of one file, as keys_parse()
 * @reterr: "dir/name: reason"
 * Return: as keys_parse(), or -errno of I/O.
 */
int key_file_read(const struct key_file *f, struct key_list *to,
		  struct diag *reterr);

typedef int (*key_file_fn)(const struct key_file *f, void *arg,
			   struct diag *reterr);

/*
 * key_files_of() - @fn for the file @path, or for each key file (by its name,
 * see keyring_load()) in the directory @path; there may be none
 * Return: 0; what @fn returned, if not 0, which ends it; -errno of I/O.
 */
int key_files_of(const char *path, key_file_fn fn, void *arg,
		 struct diag *reterr);

/* The same as key_file_read() for a file that must hold exactly one. */
int key_file_read_one(const struct key_file *f, struct key **ret,
		      struct diag *reterr);

/*
 * Fills @reterr with "dir/name: why", with the meaning of @r where @why is
 * empty. Return: @r.
 */
int key_file_refuse(const struct key_file *f, int r, const char *why,
		    struct diag *reterr);

#endif
