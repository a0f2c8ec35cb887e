// SPDX-License-Identifier: Apache-2.0
/* The attribute system calls; see label.h. */
#include "label.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "xattr.h"

const char *label_name(bool xattr_user)
{
	return xattr_user ? "user.ima" : XATTR_NAME_IMA;
}

int label_set(int fd, const char *name, const struct buf *value)
{
	return fsetxattr(fd, name, value->data, value->len, 0) < 0 ? -errno : 0;
}

bool label_is_signature(const struct buf *value)
{
	return value->len && (value->data[0] == EVM_IMA_XATTR_DIGSIG ||
			      value->data[0] == IMA_VERITY_DIGSIG);
}

static const char *remedy(const char *name, int r)
{
	bool user = strncmp(name, "user.", 5) == 0;

	switch (r) {
	case -EPERM:
		return user ? " (the file is not yours, or is immutable)"
			    : " (needs root with CAP_SYS_ADMIN, and a file "
			      "that is not immutable)";
	case -EACCES:
		return " (no write permission, or forbidden by a policy)";
	case -EOPNOTSUPP:
		return " (this file system has no such attributes; copy the "
		       "files to one that has, e.g. with --to)";
	case -EROFS:
		return " (sign a copy with --to)";
	case -ENOSPC:
	case -E2BIG:
	case -ERANGE:
		return " (no room for attributes of this size; a shorter "
		       "signature is made by an EC key)";
	case -EINVAL:
		return " (the kernel's IMA or EVM refuses this value)";
	default:
		return "";
	}
}

void label_set_error(struct out *o, const char *path, const char *name, int r)
{
	out_error_at(o, path, "cannot set %s: %s%s", name, strerrordesc_np(-r),
		     remedy(name, r));
}

void label_get_error(struct out *o, const char *path, const char *name, int r)
{
	out_error_at(o, path, "cannot read %s: %s%s", name, strerrordesc_np(-r),
		     r == -EOPNOTSUPP
			     ? " (this file system has no such attributes)"
			     : "");
}
