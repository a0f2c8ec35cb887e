/* SPDX-License-Identifier: Apache-2.0 */
/* What trust.c tells keyring.c, and what the build tells trust.c. */
#ifndef CRYPTO_TRUST_CHECK_H
#define CRYPTO_TRUST_CHECK_H

#include "base/diag.h"
#include "crypto/key.h"
#include "trust.h"

/*
 * trust_check() - did a certificate of @t sign the one that @k is from, and may
 * that one be used for signatures?
 * Return: 0, or as keyring_admit() tells of rejections; -ENOMEM.
 */
int trust_check(const struct trust *t, const struct key *k,
		struct diag *reterr);

/* The file that the build option trusted_keys named; empty: none. */
extern const unsigned char trust_builtin[];
extern const size_t trust_builtin_len;

#endif
