/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes of open files, as they are. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include "base/buf.h"

/*
 * attr_read() - one extended attribute of the file @fd, whole
 * @name: with its namespace, as "security.ima"
 * @to:   the value is appended on success; else unchanged
 *
 * Return: 0; -ENODATA if there is none; -EOPNOTSUPP if the file system has no
 * such attributes; -ENOMEM; another -errno of fgetxattr(2).
 */
int attr_read(int fd, const char *name, struct buf *to);

#endif
