/* SPDX-License-Identifier: Apache-2.0 */
/* Everything about a file but its content: owner, mode, attributes, times. */
#ifndef CLI_COPY_META_H
#define CLI_COPY_META_H

#include "walk.h"

/*
 * copy_meta_fd() - give @to what @from has
 * @path:  of the original, for messages
 * @st:    of the original
 * @label: attribute that is left out; security.evm always is
 * Return: 0, or -errno when @out says what could not be kept.
 */
int copy_meta_fd(const char *path, int from, int to, const struct stat *st,
		 const char *label, struct out *out);

/* The same for what cannot be opened: the copy is @name in @at. */
int copy_meta_at(const struct walk_file *f, int at, const char *name,
		 const char *label, struct out *out);

#endif
