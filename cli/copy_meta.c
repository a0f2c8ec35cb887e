// SPDX-License-Identifier: Apache-2.0
/* Metadata of copies; see copy_meta.h. The order is explained in copy.c. */
#include "copy_meta.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <attr/error_context.h>
#include <attr/libattr.h>

#include "base/cleanup.h"
#include "xattr.h"

/* libattr's callbacks get nothing but this. */
struct attr_context {
	struct error_context base; /* first */
	const char *label;
	const char *path;
	struct out *out;
};

static int is_wanted(const char *name, struct error_context *base)
{
	const struct attr_context *c = (const struct attr_context *)base;

	return strcmp(name, c->label) != 0 && strcmp(name, XATTR_NAME_EVM) != 0;
}

static void on_error(struct error_context *base, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void on_error(struct error_context *base, const char *fmt, ...)
{
	struct attr_context *c = (struct attr_context *)base;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* may be cut */
	va_end(ap);
	out_error_at(c->out, c->path, "cannot copy its attributes: %s", text);
}

static struct attr_context attr_context(const char *path, const char *label,
					struct out *out)
{
	return (struct attr_context){ .base = { .error = on_error },
				      .label = label,
				      .path = path,
				      .out = out };
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
	struct attr_context c = attr_context(path, label, out);
	struct timespec times[2];

	if (fchown(to, st->st_uid, st->st_gid) < 0)
		return refuse(out, path, "owner", -errno);
	drop_inherited(to);
	if (fchmod(to, st->st_mode & 07777) < 0)
		return refuse(out, path, "mode", -errno);
	if (attr_copy_fd("original", from, "copy", to, is_wanted, &c.base) < 0)
		return errno ? -errno : -EIO; /* on_error() has said it */
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
			 struct attr_context *c)
{
	CLEANUP(freep) char *from = NULL;
	CLEANUP(freep) char *to = NULL;

	from = path_at(f->dir ? f->dir->fd : AT_FDCWD, f->name);
	to = path_at(at, name);
	if (!from || !to)
		return refuse(c->out, c->path, "attributes", -ENOMEM);
	/* as drop_inherited(), and the mode that went with it */
	(void)lremovexattr(to, "system.posix_acl_access");
	if (!S_ISLNK(f->st.st_mode) &&
	    fchmodat(at, name, f->st.st_mode & 07777, AT_SYMLINK_NOFOLLOW) < 0)
		return refuse(c->out, c->path, "mode", -errno);
	if (attr_copy_file(from, to, is_wanted, &c->base) < 0)
		return errno ? -errno : -EIO; /* on_error() has said it */
	return 0;
}

int copy_meta_at(const struct walk_file *f, int at, const char *name,
		 const char *label, struct out *out)
{
	struct attr_context c = attr_context(f->path, label, out);
	struct timespec times[2];
	int r;

	if (fchownat(at, name, f->st.st_uid, f->st.st_gid,
		     AT_SYMLINK_NOFOLLOW) < 0)
		return refuse(out, f->path, "owner", -errno);
	r = copy_attrs_at(f, at, name, &c);
	if (r < 0)
		return r;
	times_of(&f->st, times);
	if (utimensat(at, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return refuse(out, f->path, "times", -errno);
	return 0;
}
