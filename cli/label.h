/* SPDX-License-Identifier: Apache-2.0 */
/* security.ima of files: its name, setting it, and what to say on failure. */
#ifndef CLI_LABEL_H
#define CLI_LABEL_H

#include <stdbool.h>

#include "base/buf.h"
#include "out.h"

/* The attribute's name; for tests without privileges another one. */
const char *label_name(bool xattr_user);

/* Return: 0 or -errno. */
int label_set(int fd, const char *name, const struct buf *value);

/* Whether a value is a signature, good or bad (its type byte says so). */
bool label_is_signature(const struct buf *value);

/* Says that the attribute of @path could not be set, why, and a remedy. */
void label_set_error(struct out *o, const char *path, const char *name, int r);

/* The same for getting it. */
void label_get_error(struct out *o, const char *path, const char *name, int r);

#endif
