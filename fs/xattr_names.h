/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which extended attributes exist on the mount. The file system below shows
 * its own to the daemon, which is root there, and takes them from it.
 */
#ifndef FS_XATTR_NAMES_H
#define FS_XATTR_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * xattr_exists() - does this name lead to the file below?
 *
 * Of system.* only POSIX ACLs do, whose owner the kernel has checked. Nobody
 * checks the others before us (xattr_permission() in fs/xattr.c leaves them to
 * the file system): an NFSv4 ACL would be set by root, for anybody. On ext4
 * there are no others either: EOPNOTSUPP.
 */
bool xattr_exists(const char *name);

/*
 * xattr_list_shown() - leave out of a list what the caller does not see
 * @list: names, each with its NUL; changed in place
 * @root: trusted.* is shown
 * Return: the bytes that stay.
 */
size_t xattr_list_shown(char *list, size_t len, bool root);

#endif
