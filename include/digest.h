/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A digest as a value, and the functions that compute one. They are
 * implemented in crypto/digest.c; tpm/journal and fs/store use them through
 * this header only.
 */
#ifndef IMAFS_DIGEST_H
#define IMAFS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash_alg.h"

struct digest {
	uint8_t alg;  /* enum hash_alg */
	uint8_t size; /* bytes used of bytes[]; 0: no digest */
	uint8_t bytes[DIGEST_MAX];
};

/* Same algorithm and same bytes, in constant time. Two empty ones differ. */
bool digest_equal(const struct digest *a, const struct digest *b);

/* Whether this build and its OpenSSL configuration can compute @alg. */
bool digest_available(unsigned alg);

/* One running computation; owned by one thread at a time. */
struct digest_ctx;

/*
 * Return: 0; -ENOPKG if @alg is not available; -ENOMEM.
 * digest_new() leaves the context ready for update; digest_restart() begins
 * anew with the same algorithm.
 */
int digest_new(unsigned alg, struct digest_ctx **ret);
void digest_free(struct digest_ctx *c); /* accepts NULL */
int digest_restart(struct digest_ctx *c);

/* Return: 0, or -EIO if the library fails (an error, never a result). */
int digest_update(struct digest_ctx *c, const void *data, size_t len);

/* Ends the computation. @ret is written on success only. */
int digest_final(struct digest_ctx *c, struct digest *ret);

/* All of it at once. Thread-safe, keeps a context per thread. */
int digest_of(unsigned alg, const void *data, size_t len, struct digest *ret);

#endif
