/* SPDX-License-Identifier: Apache-2.0 */
/* What one task has to say: kept until it is its turn. */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "base/buf.h"

struct out {
	struct buf to_stdout;
	struct buf to_stderr;
};

/* Appends "imafs: PATH: message" for stderr, the path escaped. */
void out_error_at(struct out *o, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes both, frees both. Return: 0, or -errno if stdout does not take it. */
int out_flush(struct out *o);

#endif
