/* SPDX-License-Identifier: Apache-2.0 */
/*
 * security.ima + digest + keys -> appraisal (ima-abi 2.8). Implemented in
 * crypto/appraise.c; pure but for the public key operation.
 */
#ifndef IMAFS_APPRAISE_H
#define IMAFS_APPRAISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest.h"
#include "keyring.h"
#include "verdict.h"

struct appraise_input {
	/* security.ima; NULL with xattr_err when it could not be read */
	const uint8_t *xattr;
	size_t xattr_len;
	int xattr_err; /* 0, -ENODATA, -EOPNOTSUPP, or any other -errno */

	const struct digest *digest; /* of the locked content; by the algorithm
					that ima_xattr_alg() names */
	unsigned options; /* OPT_* of policy.h, from the matching rules */
	bool created; /* this very open created the file, or it is NEW_FILE */
	bool empty;   /* size 0 */
	const struct keyring *keys;
};

/*
 * appraise() - find out whether content and label agree
 *
 * Fills @ret always; what could not be done is INTEGRITY_UNKNOWN with a
 * cause, which denies. OPT_SIG_OPTIONAL: no signature (no xattr, or a plain
 * hash that matches) passes with ->unsigned_; a plain hash that does not match
 * fails; a signature with any error fails.
 */
void appraise(const struct appraise_input *in, struct appraisal *ret);

#endif
