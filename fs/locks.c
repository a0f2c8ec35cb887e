// SPDX-License-Identifier: Apache-2.0
/* Who has POSIX locks; see locks.h. Must not set or wait for locks itself. */
#include "locks.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/clock.h"
#include "handle.h"

#define BUCKETS	  1024	    /* chained: no limit, only slower */
#define SETTLE_NS 100000000 /* longest that a release is waited for */

/*
 * An open file with a BSD lock. A RELEASE can be lost when there is no memory
 * for it: then the file goes without our being told, so these are only names.
 */
struct holder {
	struct holder *next;
	const struct inode *inode;
	const struct handle *h;
	bool flushed; /* close(2) was called since it was last waited for */
};

/* Inodes are held while they are in here, so a pointer names one file. */
static struct {
	pthread_mutex_t lock; /* a leaf; guards all below */
	struct lock_owner *bucket[BUCKETS];
	struct holder *holders[BUCKETS];
	pthread_cond_t released; /* a holder went */
} table = { .lock = PTHREAD_MUTEX_INITIALIZER,
	    .released = PTHREAD_COND_INITIALIZER };

/* What belongs to one file shares a bucket: it is looked for together. */
static size_t bucket_number(const struct inode *i)
{
	return XXH3_64bits(&i, sizeof(i)) % BUCKETS;
}

static struct lock_owner **bucket_of(const struct inode *i)
{
	return &table.bucket[bucket_number(i)];
}

static struct lock_owner *find_locked(const struct inode *i, uint64_t owner)
{
	struct lock_owner *o = *bucket_of(i);

	while (o && (o->inode != i || o->owner != owner))
		o = o->next;
	if (o)
		o->users++;
	return o;
}

static void owner_free(struct fs *fs, struct lock_owner *o)
{
	if (o->fd >= 0)
		(void)close(o->fd); /* nothing was written through it */
	inode_unref(fs->inodes, o->inode);
	free(o);
}

struct lock_owner *locks_find(struct inode *i, uint64_t owner)
{
	struct lock_owner *o;

	(void)pthread_mutex_lock(&table.lock);
	o = find_locked(i, owner);
	(void)pthread_mutex_unlock(&table.lock);
	return o;
}

void locks_put(struct fs *fs, struct lock_owner *o)
{
	bool last;

	if (!o)
		return;
	(void)pthread_mutex_lock(&table.lock);
	last = --o->users == 0 && o->gone;
	(void)pthread_mutex_unlock(&table.lock);
	if (last)
		owner_free(fs, o);
}

/*
 * Writable if that is possible at all: an owner may turn a read lock into a
 * write lock, and locks cannot move to another description. -EAGAIN says that
 * somebody has a lease (the store, for a moment, or a program below), which
 * nobody can have on what is open for writing: the lock is for a reader. It
 * must not get out, where it would say that the lock is taken.
 */
static int owner_new(struct fs *fs, struct inode *i, uint64_t owner, pid_t pid,
		     struct lock_owner **ret)
{
	struct lock_owner *o = calloc(1, sizeof(*o));
	int r;

	if (!o)
		return -ENOMEM;
	o->fd = -1;
	r = inode_open(fs->inodes, i, O_RDWR | O_NONBLOCK, &o->fd);
	if (r == -EACCES || r == -EPERM || r == -EROFS || r == -ETXTBSY ||
	    r == -EAGAIN)
		r = inode_open(fs->inodes, i, O_RDONLY, &o->fd);
	/* processes that share a file have an owner each, also dead ones */
	if (r == 0 && !store_descriptor(fs->store, o->fd)) {
		(void)close(o->fd); /* nothing was written through it */
		r = -ENOLCK;
	}
	if (r) {
		free(o);
		return r;
	}
	o->inode = inode_ref(fs->inodes, i);
	o->owner = owner;
	o->pid = pid;
	o->users = 1;
	*ret = o;
	return 0;
}

int locks_get(struct fs *fs, const struct handle *via, uint64_t owner,
	      pid_t pid, struct lock_owner **ret)
{
	struct inode *i = via->node->inode;
	struct lock_owner *o = locks_find(i, owner);
	struct lock_owner *spare = NULL;
	int r;

	if (!o) {
		r = owner_new(fs, i, owner, pid, &spare);
		if (r)
			return r;
	}
	(void)pthread_mutex_lock(&table.lock);
	if (spare) {
		o = find_locked(i, owner);
		if (!o) {
			o = spare;
			spare = NULL;
			o->next = *bucket_of(i);
			*bucket_of(i) = o;
		}
	}
	o->via = via;
	o->unsure = via->noflush;
	(void)pthread_mutex_unlock(&table.lock);
	if (spare) /* another thread of the same process was faster */
		owner_free(fs, spare);
	*ret = o;
	return 0;
}

int locks_others(struct inode *i, uint64_t owner, struct lock_owner ***ret,
		 size_t *ret_n)
{
	struct lock_owner **all, *o;
	size_t n = 0;

	(void)pthread_mutex_lock(&table.lock);
	for (o = *bucket_of(i); o; o = o->next)
		n += o->inode == i && o->owner != owner;
	all = calloc(n + 1, sizeof(*all));
	n = 0;
	for (o = *bucket_of(i); o && all; o = o->next) {
		if (o->inode == i && o->owner != owner) {
			o->users++;
			all[n++] = o;
		}
	}
	(void)pthread_mutex_unlock(&table.lock);
	if (!all)
		return -ENOMEM;
	*ret = all;
	*ret_n = n;
	return 0;
}

/* Its locks go now, even if a call that waits for one more still uses it. */
static void drop_now(struct fs *fs, struct lock_owner *o)
{
	struct flock all = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	(void)fcntl(o->fd, F_OFD_SETLK, &all); /* close() does it, at last */
	locks_put(fs, o);
}

void locks_drop(struct fs *fs, struct inode *i, uint64_t owner)
{
	struct lock_owner **p, *o;

	(void)pthread_mutex_lock(&table.lock);
	o = find_locked(i, owner);
	if (o) {
		for (p = bucket_of(i); *p != o; p = &(*p)->next)
			;
		*p = o->next;
		o->gone = true;
	}
	(void)pthread_mutex_unlock(&table.lock);
	if (o)
		drop_now(fs, o);
}

void locks_handle_gone(struct fs *fs, const struct handle *h)
{
	const struct inode *i = h->node->inode;
	struct lock_owner **p, *o, *gone = NULL;

	(void)pthread_mutex_lock(&table.lock);
	for (p = bucket_of(i); (o = *p);) {
		if (o->inode == i && o->via == h) {
			*p = o->next;
			o->next = gone;
			o->gone = true;
			o->users++;
			gone = o;
		} else {
			p = &o->next;
		}
	}
	(void)pthread_mutex_unlock(&table.lock);
	if (!gone)
		return;
	while (gone) {
		o = gone;
		gone = o->next;
		drop_now(fs, o);
	}
	(void)pthread_mutex_lock(&table.lock);
	(void)pthread_cond_broadcast(&table.released);
	(void)pthread_mutex_unlock(&table.lock);
}

/* Where @h is in the list of its file, or the list's end. */
static struct holder **holder_of(const struct handle *h)
{
	struct holder **p = &table.holders[bucket_number(h->node->inode)];

	while (*p && (*p)->h != h)
		p = &(*p)->next;
	return p;
}

void locks_flock_taken(const struct handle *h)
{
	struct holder *fresh = calloc(1, sizeof(*fresh));
	struct holder **p;

	(void)pthread_mutex_lock(&table.lock);
	p = holder_of(h);
	if (!*p && fresh) { /* without memory it is only not waited for */
		fresh->inode = h->node->inode;
		fresh->h = h;
		*p = fresh;
		fresh = NULL;
	}
	/* nobody will say when it is closed: it may be any time */
	if (*p && h->noflush)
		(*p)->flushed = true;
	(void)pthread_mutex_unlock(&table.lock);
	free(fresh);
}

void locks_flock_gone(const struct handle *h)
{
	struct holder **p, *o;

	(void)pthread_mutex_lock(&table.lock);
	p = holder_of(h);
	o = *p;
	if (o) {
		*p = o->next;
		(void)pthread_cond_broadcast(&table.released);
	}
	(void)pthread_mutex_unlock(&table.lock);
	free(o);
}

void locks_flock_flushed(const struct handle *h)
{
	struct holder *o;

	(void)pthread_mutex_lock(&table.lock);
	o = *holder_of(h);
	if (o)
		o->flushed = true;
	(void)pthread_mutex_unlock(&table.lock);
}

/* Is a release on the way? With @give_up, do not wait for these again. */
static bool flock_is_due(const struct inode *i, bool give_up)
{
	struct holder *o = table.holders[bucket_number(i)];
	bool due = false;

	for (; o; o = o->next) {
		if (o->inode != i || !o->flushed)
			continue;
		due = true;
		if (give_up)
			o->flushed = false;
	}
	return due;
}

static bool posix_is_due(const struct inode *i, bool give_up)
{
	struct lock_owner *o = *bucket_of(i);
	bool due = false;

	for (; o; o = o->next) {
		if (o->inode != i || !o->unsure)
			continue;
		due = true;
		if (give_up)
			o->unsure = false;
	}
	return due;
}

static void settle(const struct inode *i,
		   bool (*is_due)(const struct inode *i, bool give_up))
{
	struct timespec until = clock_after_ns(SETTLE_NS);

	(void)pthread_mutex_lock(&table.lock);
	while (is_due(i, false)) {
		/* a duplicate was closed, or nothing, and the file is open */
		if (pthread_cond_clockwait(&table.released, &table.lock,
					   CLOCK_MONOTONIC, &until))
			(void)is_due(i, true);
	}
	(void)pthread_mutex_unlock(&table.lock);
}

void locks_flock_settle(const struct inode *i)
{
	settle(i, flock_is_due);
}

void locks_posix_settle(const struct inode *i)
{
	settle(i, posix_is_due);
}
