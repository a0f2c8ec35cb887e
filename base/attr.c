// SPDX-License-Identifier: Apache-2.0
/* Extended attributes; see attr.h. */
#include "base/attr.h"

#include <errno.h>
#include <sys/xattr.h>

static ssize_t read_once(const struct attr_file *f, const char *name, void *to,
			 size_t room)
{
	if (!name)
		return f->path ? llistxattr(f->path, to, room)
			       : flistxattr(f->fd, to, room);
	return f->path ? lgetxattr(f->path, name, to, room)
		       : fgetxattr(f->fd, name, to, room);
}

/*
 * There is always some room: with none these calls do not read, they ask how
 * much there is, and that answer may be old when it is used.
 */
int attr_read_of(const struct attr_file *f, const char *name, struct buf *to)
{
	size_t room = 512; /* a signature by RSA-2048 needs 265 */

	for (;;) {
		ssize_t n;
		int r = buf_reserve(to, room);

		if (r < 0)
			return r;
		n = read_once(f, name, to->data + to->len, room);
		if (n >= 0) {
			to->len += (size_t)n;
			return 0;
		}
		if (errno != ERANGE)
			return -errno;
		n = read_once(f, name, NULL, 0);
		if (n < 0)
			return -errno;
		room = (size_t)n + 64; /* it may be growing */
	}
}

int attr_read(int fd, const char *name, struct buf *to)
{
	return attr_read_of(&(struct attr_file){ .fd = fd }, name, to);
}
