// SPDX-License-Identifier: Apache-2.0
/* Metadata of copies; see copy_meta.h. The order is explained in copy.c. */
#include "copy_meta.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/cleanup.h"
#include "xattr.h"

static int copy_attr(const struct attr_file *from, const struct attr_file *to,
		     const char *name)
{
	CLEANUP(buf_release) struct buf value = BUF_INIT;
	int r = attr_read_of(from, name, &value);

	if (r == -ENODATA)
		return 0; /* it is gone by now */
	if (r == 0 &&
	    (to->path ? lsetxattr(to->path, name, value.data, value.len, 0)
		      : fsetxattr(to->fd, name, value.data, value.len, 0)) < 0)
		r = -errno;
	return r;
}

static bool is_wanted(const char *name, const char *label)
{
	return strcmp(name, label) != 0 && strcmp(name, XATTR_NAME_EVM) != 0;
}

static int refuse_attr(struct out *out, const char *path, const char *name,
		       int r)
{
	CLEANUP(buf_release) struct buf shown = BUF_INIT;

	/* the owner of the file has chosen the name */
	if (name && buf_append_u8(&shown, ' ') == 0)
		(void)buf_append_escaped(&shown, name);
	out_error_at(out, path, "cannot copy its attributes%.*s: %s",
		     (int)shown.len, shown.data ? (const char *)shown.data : "",
		     strerrordesc_np(-r));
	return r;
}

/* @path: of the original, for messages */
static int copy_attrs(const struct attr_file *from, const struct attr_file *to,
		      const char *path, const char *label, struct out *out)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT;
	int r = attr_read_of(from, NULL, &names);

	if (r == -EOPNOTSUPP)
		return 0; /* then there is nothing to be copied */
	if (r == 0)
		r = buf_append_u8(&names, 0); /* behind the last one's own */
	if (r < 0)
		return refuse_attr(out, path, NULL, r);
	for (size_t at = 0; at + 1 < names.len;) {
		const char *name = (const char *)names.data + at;

		at += strlen(name) + 1;
		r = is_wanted(name, label) ? copy_attr(from, to, name) : 0;
		if (r < 0)
			return refuse_attr(out, path, name, r);
	}
	return 0;
}

static int refuse(struct out *out, const char *path, const char *what, int r)
{
	out_error_at(out, path, "cannot keep its %s: %s%s", what,
		     strerrordesc_np(-r), r == -EPERM ? " (needs root)" : "");
	return r;
}

static void times_of(const struct stat *st, struct timespec times[2])
{
	times[0] = st->st_atim;
	times[1] = st->st_mtim;
}

/* What the destination's default ACL put there unasked. */
static void drop_inherited(int fd)
{
	/* most files have none, some file systems know none */
	(void)fremovexattr(fd, "system.posix_acl_access");
	(void)fremovexattr(fd, "system.posix_acl_default");
}

int copy_meta_fd(const char *path, int from, int to, const struct stat *st,
		 const char *label, struct out *out)
{
	const struct attr_file original = { .fd = from }, copy = { .fd = to };
	struct timespec times[2];
	int r;

	if (fchown(to, st->st_uid, st->st_gid) < 0)
		return refuse(out, path, "owner", -errno);
	drop_inherited(to);
	if (fchmod(to, st->st_mode & 07777) < 0)
		return refuse(out, path, "mode", -errno);
	r = copy_attrs(&original, &copy, path, label, out);
	if (r < 0)
		return r;
	times_of(st, times);
	if (futimens(to, times) < 0)
		return refuse(out, path, "times", -errno);
	return 0;
}

/*
 * There are no *at() calls for attributes, so the directory is named through
 * its descriptor; the last component is not followed.
 */
static char *path_at(int at, const char *name)
{
	char *path = NULL;

	if (at == AT_FDCWD)
		return strdup(name);
	return asprintf(&path, "/proc/self/fd/%d/%s", at, name) < 0 ? NULL
								    : path;
}

static int copy_attrs_at(const struct walk_file *f, int at, const char *name,
			 const char *label, struct out *out)
{
	CLEANUP(freep) char *from = NULL;
	CLEANUP(freep) char *to = NULL;
	struct attr_file original = { .fd = -1 }, copy = { .fd = -1 };

	from = path_at(f->dir ? f->dir->fd : AT_FDCWD, f->name);
	to = path_at(at, name);
	if (!from || !to)
		return refuse(out, f->path, "attributes", -ENOMEM);
	/* as drop_inherited(), and the mode that went with it */
	(void)lremovexattr(to, "system.posix_acl_access");
	if (!S_ISLNK(f->st.st_mode) &&
	    fchmodat(at, name, f->st.st_mode & 07777, AT_SYMLINK_NOFOLLOW) < 0)
		return refuse(out, f->path, "mode", -errno);
	original.path = from;
	copy.path = to;
	return copy_attrs(&original, &copy, f->path, label, out);
}

int copy_meta_at(const struct walk_file *f, int at, const char *name,
		 const char *label, struct out *out)
{
	struct timespec times[2];
	int r;

	if (fchownat(at, name, f->st.st_uid, f->st.st_gid,
		     AT_SYMLINK_NOFOLLOW) < 0)
		return refuse(out, f->path, "owner", -errno);
	r = copy_attrs_at(f, at, name, label, out);
	if (r < 0)
		return r;
	times_of(&f->st, times);
	if (utimensat(at, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return refuse(out, f->path, "times", -errno);
	return 0;
}
