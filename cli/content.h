/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a file once: its digest, and a copy of the very same bytes. */
#ifndef CLI_CONTENT_H
#define CLI_CONTENT_H

#include "digest.h"
#include "walk.h"

/*
 * content_digest() - the digest of all bytes that one pass of reads returned
 * @fd:      from walk_open(); read from its offset 0
 * @to:      -1, or an empty file that receives these bytes
 * @scratch: POOL_SCRATCH bytes
 *
 * Return: 0; -ESTALE if size or times changed meanwhile: the digest then means
 * nothing; -EINTR if walk_stopped(); -ENOPKG; -ENOMEM (also for no @scratch);
 * -errno of I/O.
 */
int content_digest(const struct walk_file *f, int fd, unsigned alg, int to,
		   void *scratch, struct digest *ret);

/* A sentence for these errors of content_digest() and walk_open(). */
const char *content_error(int r);

#endif
