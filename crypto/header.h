/* SPDX-License-Identifier: Apache-2.0 */
/* From the header of a signature value to the key that made it. */
#ifndef CRYPTO_HEADER_H
#define CRYPTO_HEADER_H

#include "digest.h"
#include "keyring.h"
#include "xattr.h"

/*
 * header_check() - is it a signature over @d?
 * @d:    by the algorithm that @h names: anything else is SIG_BAD
 * @keys: NULL: none
 *
 * Version 2 signs the digest, version 3 the digest of ima_file_id: type,
 * algorithm, digest (the kernel's calc_file_id_hash()). Thread-safe.
 */
enum sig_result header_check(const struct sig_header *h, const struct digest *d,
			     const struct keyring *keys);

#endif
