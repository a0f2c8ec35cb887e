// SPDX-License-Identifier: Apache-2.0
/*
 * Copies trees; see copy.h. Order for each file, so that an interruption at
 * any point leaves either the whole file or a name that starts with ".imafs-":
 *
 *   create it under a temporary name, write the content, owner, mode, ACL and
 *   other attributes, times, the label, fsync, rename to its real name
 *
 * Owner before mode, because chown clears setuid bits; both before the
 * attributes, because chown drops security.capability; the label after the
 * times, because kernels before 5.14 take it away when these are set.
 * Directories get all of this when everything in them is done.
 */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "content.h"
#include "copy_meta.h"
#include "links.h"

struct copy {
	int root;
	struct stat root_st;
	const char *dest; /* its path, if it was made here; else NULL */
	bool entered;	  /* a directory has a copy, even if it is empty */
	const char *label;
	bool alone;
	struct links *links;
};

/* walk_dir.data: where the copy of a directory is. */
struct place {
	int fd;
	char *path; /* below the root; "" for the root itself */
};

static void free_place(struct place *p)
{
	if (!p)
		return;
	if (p->fd >= 0)
		(void)close(p->fd); /* a directory */
	free(p->path);
	free(p);
}

DEFINE_FREEP(struct copy, copy);

static void place_freep(struct place **p)
{
	free_place(*p);
}

int copy_new(const char *dest, const char *label, bool alone, struct copy **ret)
{
	CLEANUP(copy_freep) struct copy *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->root = -1;
	c->label = label;
	c->alone = alone;
	r = links_new(&c->links);
	if (r < 0)
		return r;
	if (mkdir(dest, 0777) == 0)
		c->dest = dest;
	else if (errno != EEXIST)
		return -errno;
	c->root = open(dest, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->root < 0 || fstat(c->root, &c->root_st) < 0)
		return -errno;
	/* every mode is set explicitly, and mknod() has no other way */
	(void)umask(0);
	*ret = STEAL(c);
	return 0;
}

int copy_finish(struct copy *c)
{
	int r = c && syncfs(c->root) < 0 ? -errno : 0;

	/* what was to be copied could not be; else it is not empty */
	if (c && c->dest && !c->entered)
		(void)rmdir(c->dest);
	return r;
}

void copy_free(struct copy *c)
{
	if (!c)
		return;
	links_free(c->links);
	if (c->root >= 0)
		(void)close(c->root); /* a directory */
	free(c);
}

/* The name in the destination of something that the user named. */
static char *last_component(const char *path)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	return strndup(path + start, end - start);
}

static bool is_name(const char *s)
{
	return s[0] && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 &&
	       strcmp(s, "/") != 0;
}

/*
 * Where the copy of @name in @dir goes. @ret_name is the caller's to free.
 * Return: the directory's descriptor, borrowed; -errno, and @out says why.
 */
static int target(const struct copy *c, const struct walk_dir *dir,
		  const char *name, char **ret_name, struct out *out)
{
	const struct place *p = dir ? dir->data : NULL;

	*ret_name = dir ? strdup(name) : last_component(name);
	if (!*ret_name) {
		out_error_at(out, name, "out of memory");
		return -ENOMEM;
	}
	if (!dir && !is_name(*ret_name)) {
		out_error_at(out, name,
			     "has no name of its own to be copied "
			     "under; name it differently");
		return -EINVAL;
	}
	return p ? p->fd : c->root;
}

/* @name below @dir, relative to the root. NULL without memory. */
static char *path_below(const struct walk_dir *dir, const char *name)
{
	const struct place *p = dir ? dir->data : NULL;
	char *path = NULL;

	if (!p || !p->path[0])
		return strdup(name);
	return asprintf(&path, "%s/%s", p->path, name) < 0 ? NULL : path;
}

static int refuse(struct out *out, const char *path, const char *what, int r)
{
	out_error_at(out, path, "cannot %s its copy: %s%s", what,
		     strerrordesc_np(-r), r == -EPERM ? " (needs root)" : "");
	return r;
}

/* The directory, made or found, open; -errno. */
static int make_dir(int at, const char *name)
{
	int fd;

	/* ours alone until it is complete */
	if (mkdirat(at, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int copy_enter(struct copy *c, struct walk_dir *d, struct out *out)
{
	CLEANUP(place_freep) struct place *p = calloc(1, sizeof(*p));
	CLEANUP(freep) char *name = NULL;
	int at;

	if (d->st.st_dev == c->root_st.st_dev &&
	    d->st.st_ino == c->root_st.st_ino) {
		out_error_at(out, d->path,
			     "is the destination; not copied "
			     "into itself");
		return -ELOOP;
	}
	if (!p)
		return refuse(out, d->path, "make", -ENOMEM);
	p->fd = -1;
	if (!d->parent && c->alone) {
		p->fd = fcntl(c->root, F_DUPFD_CLOEXEC, 0);
		p->path = strdup("");
	} else {
		at = target(c, d->parent, d->name, &name, out);
		if (at < 0)
			return at;
		p->fd = make_dir(at, name);
		if (p->fd < 0)
			return refuse(out, d->path, "make", p->fd);
		p->path = path_below(d->parent, name);
	}
	if (p->fd < 0 || !p->path)
		return refuse(out, d->path, "make", -ENOMEM);
	d->data = STEAL(p);
	c->entered = true;
	return 0;
}

int copy_leave(struct copy *c, struct walk_dir *d, struct out *out)
{
	CLEANUP(place_freep) struct place *p = d->data;

	d->data = NULL;
	return copy_meta_fd(d->path, d->fd, p->fd, &d->st, c->label, out);
}

#define TEMP_NAME_MAX 32

static void temp_name(char *to)
{
	uint64_t x = 0;

	/* unguessed is nice; unused is what O_EXCL sees to */
	(void)!getrandom(&x, sizeof(x), 0);
	(void)snprintf(to, TEMP_NAME_MAX, ".imafs-%016llx",
		       (unsigned long long)x);
}

static int move_into_place(int at, const char *temp, const char *name)
{
	return renameat(at, temp, at, name) < 0 ? -errno : 0;
}

static void discard(int at, const char *temp)
{
	(void)unlinkat(at, temp, 0); /* the first error is the one to tell */
}

/* A job in hand: one file, to be copied to @name in @at. */
struct job {
	struct copy *c;
	const struct walk_file *f;
	unsigned alg;
	copy_label_fn *label;
	void *arg;
	struct out *out;
	void *scratch;
	int at;
	char *name;
	char temp[TEMP_NAME_MAX];
};

/* From content to label, on the temporary file @to. */
static int fill_regular(const struct job *j, int from, int to)
{
	struct digest d;
	int r;

	r = content_digest(j->f, from, j->alg, to, j->scratch, &d);
	if (r == -ENOSPC || r == -EDQUOT || r == -EFBIG)
		return refuse(j->out, j->f->path, "write", r);
	if (r < 0) {
		out_error_at(j->out, j->f->path, "%s", content_error(r));
		return r;
	}
	r = copy_meta_fd(j->f->path, from, to, &j->f->st, j->c->label, j->out);
	if (r == 0)
		r = j->label(j->arg, j->f, to, &d, j->out);
	if (r < 0)
		return r;
	if (fsync(to) < 0)
		return refuse(j->out, j->f->path, "write", -errno);
	return 0;
}

/* What was made gets its name; if that failed with @r, it is taken away. */
static int finish_copy(const struct job *j, int r)
{
	if (r == 0) {
		r = move_into_place(j->at, j->temp, j->name);
		if (r < 0)
			(void)refuse(j->out, j->f->path, "rename", r);
	}
	if (r < 0)
		discard(j->at, j->temp);
	return r;
}

static int copy_regular(struct job *j)
{
	CLEANUP(closep) int from = walk_open(j->f);
	int to, r;

	if (from < 0) {
		out_error_at(j->out, j->f->path, "%s", content_error(from));
		return from;
	}
	to = openat(j->at, j->temp,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return refuse(j->out, j->f->path, "create", -errno);
	r = fill_regular(j, from, to);
	if (close(to) < 0 && r == 0)
		r = refuse(j->out, j->f->path, "write", -errno);
	r = finish_copy(j, r);
	return r < 0 ? r : 1;
}

/* The target of a symbolic link, to be freed; NULL with errno. */
static char *read_link(int at, const char *name)
{
	size_t room = 256;

	for (;;) {
		char *text = malloc(room);
		ssize_t n = text ? readlinkat(at, name, text, room) : -1;

		if (n >= 0 && (size_t)n < room) {
			text[n] = '\0';
			return text;
		}
		free(text);
		if (n < 0)
			return NULL;
		room *= 2;
	}
}

static int create_special(const struct job *j)
{
	const struct walk_file *f = j->f;
	CLEANUP(freep) char *to = NULL;

	if (!S_ISLNK(f->st.st_mode))
		return mknodat(j->at, j->temp, f->st.st_mode, f->st.st_rdev) < 0
			       ? -errno
			       : 0;
	to = read_link(f->dir ? f->dir->fd : AT_FDCWD, f->name);
	if (!to || symlinkat(to, j->at, j->temp) < 0)
		return -errno;
	return 0;
}

/* Symbolic links, devices, FIFOs, sockets. */
static int copy_special(struct job *j)
{
	int r = create_special(j);

	if (r < 0)
		return refuse(j->out, j->f->path, "create", r);
	r = copy_meta_at(j->f, j->at, j->temp, j->c->label, j->out);
	return finish_copy(j, r);
}

static int copy_first(struct job *j)
{
	return S_ISREG(j->f->st.st_mode) ? copy_regular(j) : copy_special(j);
}

/*
 * The copy that was made for another name of the same file. Its path is looked
 * up again, but inside the destination only, and it must be the same file.
 */
static int open_copy(const struct copy *c, const struct link_copy *l)
{
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	struct stat st;
	int fd;

	fd = (int)syscall(SYS_openat2, c->root, l->path, &how, sizeof(how));
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_ino != l->ino) {
		(void)close(fd); /* no data */
		return -ESTALE;
	}
	return fd;
}

static int link_copy(struct job *j, const struct link_copy *l)
{
	CLEANUP(closep) int fd = -1;
	char self[32];
	int r;

	if (l->result < 0) {
		out_error_at(j->out, j->f->path,
			     "not copied, as its other name was not");
		return l->result;
	}
	fd = open_copy(j->c, l);
	if (fd < 0)
		return refuse(j->out, j->f->path, "link", fd);
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	r = linkat(AT_FDCWD, self, j->at, j->temp, AT_SYMLINK_FOLLOW) < 0
		    ? -errno
		    : move_into_place(j->at, j->temp, j->name);
	/* stays if both names are one file already: rename() then does nothing
	 */
	discard(j->at, j->temp);
	return r < 0 ? refuse(j->out, j->f->path, "link", r) : 0;
}

static int copy_linked(struct job *j)
{
	struct link_copy l = { 0 };
	struct stat st;
	int r;

	r = links_begin(j->c->links, &j->f->st, &l);
	if (r < 0)
		return refuse(j->out, j->f->path, "link", r);
	if (r == 0)
		return link_copy(j, &l);
	r = copy_first(j);
	l = (struct link_copy){ .result = r < 0 ? r : 0 };
	if (r >= 0) {
		l.path = path_below(j->f->dir, j->name);
		if (!l.path ||
		    fstatat(j->at, j->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			l.result = l.path ? -errno : -ENOMEM;
		else
			l.ino = st.st_ino;
	}
	links_done(j->c->links, &j->f->st, &l);
	return r;
}

int copy_file(struct copy *c, const struct walk_file *f, unsigned alg,
	      copy_label_fn *label, void *arg, struct out *out, void *scratch)
{
	CLEANUP(freep) char *name = NULL;
	struct job j = { .c = c,
			 .f = f,
			 .alg = alg,
			 .label = label,
			 .arg = arg,
			 .out = out,
			 .scratch = scratch };

	j.at = target(c, f->dir, f->name, &name, out);
	if (j.at < 0)
		return j.at;
	j.name = name;
	temp_name(j.temp);
	return f->st.st_nlink > 1 ? copy_linked(&j) : copy_first(&j);
}
