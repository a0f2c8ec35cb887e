/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a large file into an object's pages while they are hashed.
 *
 * A digest is one long chain and keeps one CPU busy. Reading the file into
 * fresh pages takes half as long again, and a second CPU can do that ahead of
 * the digest, if one is idle. Who hashes takes pages as they come: what nobody
 * has begun to read he reads himself, so nothing depends on the helper.
 */
#ifndef FS_STORE_COPY_H
#define FS_STORE_COPY_H

#include <sys/types.h>

#include "store/object.h"

struct digest_ctx;

/*
 * copy_and_hash() - fill @to with the first @size bytes of @src
 * @ctx: is updated with exactly the bytes that are in @to then
 * Return: how many bytes there were, @size or less; -ENOMEM when there is no
 * memory for a page of @to; -errno of the reads; -EIO of the digest.
 */
ssize_t copy_and_hash(struct store *s, int src, uint8_t *to, size_t size,
		      struct digest_ctx *ctx);

#endif
