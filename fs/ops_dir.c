// SPDX-License-Identifier: Apache-2.0
/*
 * Reading directories. Offsets are the cookies of the file system below, so
 * they stay good while names come and go. Must not decide what is shown but
 * for the one name .ima.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "control.h"
#include "ops.h"

#define CHUNK 32768

/*
 * Where .ima stands, first in the root: a cookie that no file system uses
 * (they end with INT64_MAX, if they go so far). What follows it is at 0.
 */
#define COOKIE_AFTER_CONTROL (INT64_MAX - 1)

/* One open directory. */
struct dir {
	struct dir *next_open, **prev_open; /* fs.dirs, by its lock */
	int fd;				    /* O_RDONLY; -1 for .ima */
	struct node *node;

	pthread_mutex_t lock; /* guards all below */
	off_t next;	      /* cookie of the entry at chunk + at */
	size_t at, len;	      /* of chunk */
	char *chunk;	      /* from getdents64() */
};

/* A reply that is being filled with entries. */
struct listing {
	fuse_req_t req;
	struct fs *fs;
	struct dir *dir;
	bool plus;
	char *reply;
	size_t used, size;
	struct node **held; /* for the kernel, by what is in the reply */
	size_t n_held;
};

/* struct fuse_direntplus without its name: no entry is smaller. */
#define PLUS_MIN 152

static struct dir *dir_of(const struct fuse_file_info *fi)
{
	return (struct dir *)(uintptr_t)fi->fh;
}

static void dir_free(struct dir *d)
{
	if (!d)
		return;
	if (d->fd >= 0)
		(void)close(d->fd); /* read-only */
	(void)pthread_mutex_destroy(&d->lock);
	free(d->chunk);
	free(d);
}

static int dir_new(struct fs *fs, struct node *n, const struct caller *c,
		   struct dir **ret)
{
	struct dir *d = calloc(1, sizeof(*d));
	int r = 0;

	if (!d)
		return -ENOMEM;
	(void)pthread_mutex_init(&d->lock, NULL);
	d->fd = -1;
	d->node = n;
	if (!n->control) {
		d->chunk = malloc(CHUNK);
		r = d->chunk ? inode_open(fs->inodes, n->inode,
					  O_RDONLY | O_DIRECTORY, &d->fd)
			     : -ENOMEM;
	}
	if (r == 0 && !store_descriptor(fs->store, d->fd) && c->fsuid)
		r = -ENFILE;
	if (r) {
		dir_free(d);
		return r;
	}
	(void)pthread_mutex_lock(&fs->dirs_lock);
	d->prev_open = &fs->dirs;
	d->next_open = fs->dirs;
	if (d->next_open)
		d->next_open->prev_open = &d->next_open;
	fs->dirs = d;
	(void)pthread_mutex_unlock(&fs->dirs_lock);
	*ret = d;
	return 0;
}

static void dir_release(struct fs *fs, struct dir *d)
{
	(void)pthread_mutex_lock(&fs->dirs_lock);
	*d->prev_open = d->next_open;
	if (d->next_open)
		d->next_open->prev_open = d->prev_open;
	(void)pthread_mutex_unlock(&fs->dirs_lock);
	dir_free(d);
}

void dirs_release(struct fs *fs)
{
	while (fs->dirs)
		dir_release(fs, fs->dirs);
}

void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);
	struct caller c = caller_of(req);
	struct dir *d;
	int r;

	r = dir_new(fs, node_of(fs, ino), &c, &d);
	if (r) {
		reply_error(req, r);
		return;
	}
	fi->fh = (uintptr_t)d;
	if (fuse_reply_open(req, fi))
		dir_release(fs, d); /* interrupted: it will not be released */
}

void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	dir_release(fs_of(req), dir_of(fi));
	reply_error(req, 0);
}

void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync,
		 struct fuse_file_info *fi)
{
	const struct dir *d = dir_of(fi);
	int r = 0;

	(void)ino;
	if (d->fd >= 0)
		r = datasync ? fdatasync(d->fd) : fsync(d->fd);
	reply_error(req, r ? -errno : 0);
}

/*
 * The next entry from cookie @off on. Return: 1, 0 at the end, -errno. The
 * entry is valid until the next call. Called with the lock.
 */
static int dir_entry(struct dir *d, off_t off, const struct dirent64 **ret)
{
	const struct dirent64 *e;
	ssize_t n;

	/* from the start means afresh: rewinddir(3) */
	if (off == 0 || off != d->next) {
		d->at = d->len = 0;
		if (lseek(d->fd, off, SEEK_SET) < 0)
			return -errno;
	}
	if (d->at == d->len) {
		d->next = -1; /* unless this works, there is no telling */
		n = getdents64(d->fd, d->chunk, CHUNK);
		if (n < 0)
			return -errno;
		d->at = 0;
		d->len = (size_t)n;
		if (n == 0)
			return 0;
	}
	e = (const void *)(d->chunk + d->at);
	d->at += e->d_reclen;
	d->next = e->d_off;
	*ret = e;
	return 1;
}

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Adds an entry if there is room. Return: was there? */
static bool put_name(struct listing *l, const char *name, const struct stat *st,
		     off_t next)
{
	size_t room = l->size - l->used;
	size_t n = fuse_add_direntry(l->req, l->reply + l->used, room, name, st,
				     next);

	if (n > room)
		return false;
	l->used += n;
	return true;
}

static bool put_plus(struct listing *l, const char *name,
		     const struct fuse_entry_param *e, off_t next)
{
	size_t room = l->size - l->used;
	size_t n = fuse_add_direntry_plus(l->req, l->reply + l->used, room,
					  name, e, next);

	if (n > room)
		return false;
	l->used += n;
	return true;
}

static bool has_room_plus(const struct listing *l, const char *name)
{
	return fuse_add_direntry_plus(l->req, NULL, 0, name, NULL, 0) <=
	       l->size - l->used;
}

/*
 * One name with its attributes. A name whose file cannot be looked at (a mount
 * point, no memory) is listed all the same; who asks for it gets the error.
 */
static bool put_looked_up(struct listing *l, const char *name,
			  const struct stat *st, off_t next)
{
	struct fuse_entry_param e = { 0 };
	int r = 0;

	if (!has_room_plus(l, name))
		return false;
	/* the kernel takes no reference to these two, so they get no node */
	if (!is_dots(name))
		r = lookup_in(l->fs, l->dir->node, l->dir->fd, name, &e);
	if (r == -ENOENT)
		return true; /* removed since the chunk was read */
	if (e.ino)
		l->held[l->n_held++] = node_of(l->fs, e.ino);
	else
		e.attr = *st;
	return put_plus(l, name, &e, next);
}

static bool put_control(struct listing *l, struct node *n, const char *name,
			off_t next)
{
	struct fuse_entry_param e;

	entry_of_control(l->fs, n, &e);
	return l->plus ? put_plus(l, name, &e, next)
		       : put_name(l, name, &e.attr, next);
}

static bool put_dirent(struct listing *l, const struct dirent64 *e)
{
	struct stat st = { .st_ino = e->d_ino, .st_mode = DTTOIF(e->d_type) };

	if (name_is_control(l->fs, l->dir->node, e->d_name))
		return true; /* a file of that name below is hidden */
	return l->plus ? put_looked_up(l, e->d_name, &st, e->d_off)
		       : put_name(l, e->d_name, &st, e->d_off);
}

/* Return: 0, or -errno if not even one entry could be read. */
static int list_real(struct listing *l, off_t off)
{
	const struct dirent64 *e = NULL;
	struct dir *d = l->dir;
	int r;

	if (off == 0 && l->fs->opt->control == CONTROL_VISIBLE &&
	    d->node == inode_root(l->fs->inodes) &&
	    !put_control(l, control_dir(l->fs), CONTROL_DIR,
			 COOKIE_AFTER_CONTROL))
		return 0;
	if (off == COOKIE_AFTER_CONTROL)
		off = 0;
	for (;;) {
		r = dir_entry(d, off, &e);
		if (r <= 0)
			break;
		if (!put_dirent(l, e)) {
			/* it comes next time; no need to read it again */
			d->at -= e->d_reclen;
			d->next = off;
			break;
		}
		off = e->d_off;
	}
	return r < 0 && !l->used ? r : 0;
}

/* .ima: "." and ".." are 0 and 1, the control files follow. */
static void list_control(struct listing *l, off_t off)
{
	const char *name;
	struct node *n;

	for (; off < 2; off++) {
		struct fuse_entry_param e = { 0 };

		control_attr(l->fs, l->dir->node, NULL, &e.attr);
		name = off ? ".." : ".";
		if (off)
			e.attr.st_ino = inode_root(l->fs->inodes)->inode->ino;
		if (!(l->plus ? put_plus(l, name, &e, off + 1)
			      : put_name(l, name, &e.attr, off + 1)))
			return;
	}
	while (control_entry(l->fs, (size_t)off - 2, &name, &n)) {
		off++;
		if (!put_control(l, n, name, off))
			return;
	}
}

static int listing_fill(struct listing *l, off_t off)
{
	int r = 0;

	l->reply = malloc(l->size);
	if (l->plus)
		l->held = calloc(l->size / PLUS_MIN + 1, sizeof(*l->held));
	if (!l->reply || (l->plus && !l->held))
		return -ENOMEM;
	(void)pthread_mutex_lock(&l->dir->lock);
	if (l->dir->node->control)
		list_control(l, off);
	else
		r = list_real(l, off);
	(void)pthread_mutex_unlock(&l->dir->lock);
	return r;
}

static void list(fuse_req_t req, size_t size, off_t off,
		 const struct fuse_file_info *fi, bool plus)
{
	struct fs *fs = fs_of(req);
	struct listing l = { .req = req,
			     .fs = fs,
			     .dir = dir_of(fi),
			     .plus = plus,
			     .size = size };
	int r = listing_fill(&l, off);

	if (r)
		reply_error(req, r);
	else if (fuse_reply_buf(req, l.reply, l.used))
		/* it never arrived: the kernel knows none of these */
		for (size_t k = 0; k < l.n_held; k++)
			inode_forget(fs->inodes, l.held[k], 1);
	free(l.reply);
	free(l.held);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		struct fuse_file_info *fi)
{
	(void)ino;
	list(req, size, off, fi, false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi)
{
	(void)ino;
	list(req, size, off, fi, true);
}
