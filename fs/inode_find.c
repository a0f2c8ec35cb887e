// SPDX-License-Identifier: Apache-2.0
/*
 * Where a known file is: its name, a descriptor of it, its nodes. Must not
 * change the table; I/O is never done under its lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/cleanup.h"
#include "handle.h"
#include "inode_table.h"

/* Names from the file up to the root, copied; the caller frees each. */
struct trail {
	char **name;
	size_t n, cap;
};

static void trail_release(struct trail *t)
{
	while (t->n)
		free(t->name[--t->n]);
	free(t->name);
}

static int trail_of(struct inode_table *t, struct inode *i, struct trail *ret)
{
	int r = 0;

	(void)pthread_mutex_lock(&t->lock);
	for (; i->parent && r == 0; i = i->parent) {
		if (ret->n == ret->cap) {
			size_t cap = ret->cap ? ret->cap * 2 : 16;
			char **p = reallocarray(ret->name, cap, sizeof(*p));

			if (!p) {
				r = -ENOMEM;
				break;
			}
			ret->name = p;
			ret->cap = cap;
		}
		ret->name[ret->n] = strdup(i->name);
		if (!ret->name[ret->n])
			r = -ENOMEM;
		else
			ret->n++;
	}
	(void)pthread_mutex_unlock(&t->lock);
	return r;
}

/* Does the path have less than PATH_MAX bytes? Under the lock, no memory. */
static bool path_fits(struct inode_table *t, const struct inode *i)
{
	size_t len = 0;

	(void)pthread_mutex_lock(&t->lock);
	for (; i->parent && len < PATH_MAX; i = i->parent)
		len += 1 + strlen(i->name);
	(void)pthread_mutex_unlock(&t->lock);
	return len < PATH_MAX;
}

int inode_name(struct inode_table *t, struct inode *i, struct buf *to)
{
	int r;

	(void)pthread_mutex_lock(&t->lock);
	r = buf_append_str(to, i->name ? i->name : "/");
	(void)pthread_mutex_unlock(&t->lock);
	return r;
}

uint64_t inode_place_in(const struct inode *dir, const char *name)
{
	return XXH3_64bits_withSeed(name, strlen(name), dir->hash);
}

uint64_t inode_place(struct inode_table *t, const struct inode *i)
{
	uint64_t place = 0;

	(void)pthread_mutex_lock(&t->lock);
	if (i->parent)
		place = inode_place_in(i->parent, i->name);
	(void)pthread_mutex_unlock(&t->lock);
	return place;
}

int inode_path(struct inode_table *t, struct inode *i, struct buf *to)
{
	CLEANUP(trail_release) struct trail trail = { 0 };
	int r = path_fits(t, i) ? trail_of(t, i, &trail) : -ENAMETOOLONG;

	if (r == 0 && !trail.n)
		return buf_append_u8(to, '/');
	for (size_t k = trail.n; k > 0 && r == 0; k--) {
		r = buf_append_u8(to, '/');
		if (r == 0)
			r = buf_append_str(to, trail.name[k - 1]);
	}
	return r;
}

/* Without handles: from the root by the names last seen, then compared. */
static int open_by_trail(struct inode_table *t, struct inode *i, int *ret_fd)
{
	CLEANUP(trail_release) struct trail trail = { 0 };
	CLEANUP(closep) int fd = -1;
	struct file_id id = { 0 };
	struct stat st;
	int r;

	r = trail_of(t, i, &trail);
	if (r < 0)
		return r;
	if (!trail.n)
		return source_reopen(t->source->root, O_PATH | O_DIRECTORY,
				     ret_fd);
	for (size_t k = trail.n; k > 0; k--) {
		int next = -1;

		r = source_child(t->source, fd < 0 ? t->source->root : fd,
				 trail.name[k - 1], &next, &st, &id);
		if (r == -ENOENT || r == -ENOTDIR || r == -EXDEV)
			return -ESTALE;
		if (r < 0)
			return r;
		if (fd >= 0)
			(void)close(fd); /* O_PATH */
		fd = next;
	}
	if (!file_id_equal(&id, i->id))
		return -ESTALE;
	*ret_fd = STEAL_FD(fd);
	return 0;
}

ssize_t inode_others(struct inode_table *t, const struct node *n,
		     struct node ***ret)
{
	struct node *o, **all = NULL;
	size_t count = 0, i = 0;

	(void)pthread_mutex_lock(&t->lock);
	for (o = n->inode->nodes; o; o = o->next)
		count += o != n;
	if (count)
		all = calloc(count, sizeof(struct node *));
	for (o = n->inode->nodes; o && all; o = o->next)
		if (o != n)
			all[i++] = o;
	(void)pthread_mutex_unlock(&t->lock);
	*ret = all;
	return count && !all ? -ENOMEM : (ssize_t)i;
}

/* A duplicate of an open handle's descriptor, -1 if the file is not open. */
static int dup_open(struct inode *i)
{
	int fd = -1;

	(void)pthread_mutex_lock(&i->lock);
	if (i->handles)
		fd = fcntl(i->handles->fd, F_DUPFD_CLOEXEC, 0);
	else if (i->pins)
		fd = fcntl(i->pin, F_DUPFD_CLOEXEC, 0);
	(void)pthread_mutex_unlock(&i->lock);
	return fd;
}

int inode_open(struct inode_table *t, struct inode *i, int flags, int *ret_fd)
{
	CLEANUP(closep) int fd = -1;
	int r;

	flags |= O_CLOEXEC | O_NOFOLLOW;
	if (t->source->handles) {
		r = source_by_handle(t->source, i->id, flags, ret_fd);
		if (r != -ESTALE)
			return r;
		fd = dup_open(i);
		if (fd < 0)
			return r;
	} else {
		fd = dup_open(i);
		if (fd < 0) {
			r = open_by_trail(t, i, &fd);
			if (r < 0)
				return r;
			if ((flags & O_ACCMODE) == O_RDONLY &&
			    (flags & O_PATH)) {
				*ret_fd = STEAL_FD(fd);
				return 0;
			}
		}
	}
	/* a link of /proc/self/fd, which must be followed */
	r = source_reopen(fd, flags & ~O_NOFOLLOW, ret_fd);
	/* no name was asked for: whether there is one a new walk shall say */
	return r == -ENOENT ? -ESTALE : r;
}
