/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes, as they are, also while somebody changes them. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include "base/buf.h"

/* Whose: an open file's, or those of what @path names, even if it is a link. */
struct attr_file {
	int fd;
	const char *path; /* NULL: .fd */
};

/*
 * attr_read_of() - one attribute, whole
 * @name: with its namespace, as "security.ima"; NULL: the names of all, each
 *        with a zero behind it, as listxattr(2) has them
 * @to:   the value is appended on success; else unchanged
 *
 * Return: 0; -ENODATA if there is none; -EOPNOTSUPP if the file system has no
 * such attributes; -ENOMEM; another -errno of getxattr(2) and listxattr(2).
 */
int attr_read_of(const struct attr_file *f, const char *name, struct buf *to);

/* The same of an open file. */
int attr_read(int fd, const char *name, struct buf *to);

#endif
