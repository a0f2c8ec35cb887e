/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reason why an input was refused, for a person. Parsers fill one in on
 * the failing path only; the caller prints "file:line:column: msg".
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdio.h>

struct diag {
	unsigned line;	 /* from 1; 0 where lines make no sense */
	unsigned column; /* from 1, in bytes; 0 where columns make no sense */
	char msg[512];	 /* names the thing, the cause and what to do */
};

/* Fills @d, which may be NULL; the position stays as the caller set it. */
#define diag_set(d, ...)                                               \
	do {                                                           \
		struct diag *diag_ = (d);                              \
		if (diag_)                                             \
			(void)snprintf(diag_->msg, sizeof(diag_->msg), \
				       __VA_ARGS__);                   \
	} while (0)

/* Fills @d, which may be NULL, with a position. */
#define diag_at(d, ln, col, ...)                                       \
	do {                                                           \
		struct diag *diag_ = (d);                              \
		if (diag_) {                                           \
			diag_->line = (ln);                            \
			diag_->column = (col);                         \
			(void)snprintf(diag_->msg, sizeof(diag_->msg), \
				       __VA_ARGS__);                   \
		}                                                      \
	} while (0)

#endif
