// SPDX-License-Identifier: Apache-2.0
/* Extended attributes of open files; see attr.h. */
#include "base/attr.h"

#include <errno.h>
#include <sys/xattr.h>

int attr_read(int fd, const char *name, struct buf *to)
{
	size_t room = 512; /* a signature by RSA-2048 needs 265 */

	for (;;) {
		ssize_t n;
		int r = buf_reserve(to, room);

		if (r < 0)
			return r;
		n = fgetxattr(fd, name, to->data + to->len, room);
		if (n >= 0) {
			to->len += (size_t)n;
			return 0;
		}
		if (errno != ERANGE)
			return -errno;
		n = fgetxattr(fd, name, NULL, 0);
		if (n < 0)
			return -errno;
		room = (size_t)n + 64; /* it may be growing */
	}
}
