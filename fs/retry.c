// SPDX-License-Identifier: Apache-2.0
/* Who was sent back with ESTALE; see retry.h. Decides nothing about access. */
#include "retry.h"

#include <stdlib.h>
#include <time.h>

/* A caller that was answered ESTALE and will be back at once. */
struct retry {
	struct retry *next;
	pid_t pid; /* 0: any thread that has no number here */
	uid_t uid;
	gid_t gid;
	uint64_t file;	/* inode.hash */
	uint64_t place; /* inode_place(), when it was sent back */
	uint64_t after; /* nodes with a higher serial are newer */
	bool strip;	/* it wants a stripped node */
	time_t when;	/* monotonic seconds */
};

/* How long a caller that was sent back is remembered, in seconds. */
#define RETRY_SECONDS 5

static time_t now(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

static void forget(struct fs *fs, struct retry **p)
{
	struct retry *r = *p;

	*p = r->next;
	free(r);
	atomic_fetch_sub(&fs->n_retries, 1);
}

/*
 * Who never came back must not be looked at by every lookup that follows. The
 * newest are first. Called with the lock.
 */
static void forget_old(struct fs *fs)
{
	struct retry **p = &fs->retries;
	time_t t = now();

	while (*p && t - (*p)->when <= RETRY_SECONDS)
		p = &(*p)->next;
	while (*p)
		forget(fs, p);
}

static bool same_caller(const struct retry *a, const struct caller *c)
{
	return a->pid == c->pid && a->uid == c->fsuid && a->gid == c->fsgid;
}

static bool same_file(const struct retry *a, uint64_t file, uint64_t place)
{
	return a->file == file || a->place == place;
}

void retries_free(struct fs *fs)
{
	while (fs->retries)
		forget(fs, &fs->retries);
}

/* Is @old of no use any more when @fresh is there? */
static bool outdated(const struct retry *old, const struct retry *fresh)
{
	/* one thread does one open at a time; those without a number are many,
	 * and share what is the same for all of them */
	return old->pid == fresh->pid &&
	       (fresh->pid ||
		(old->uid == fresh->uid && old->gid == fresh->gid &&
		 old->file == fresh->file && old->place == fresh->place));
}

static void remember(struct fs *fs, const struct caller *c, struct node *n,
		     uint64_t after, bool strip)
{
	struct retry *fresh = malloc(sizeof(*fresh));

	if (!fresh)
		return; /* the second try may then fail with ESTALE */
	*fresh = (struct retry){
		.pid = c->pid,
		.uid = c->fsuid,
		.gid = c->fsgid,
		.file = n->inode->hash,
		.place = inode_place(fs->inodes, n->inode),
		.after = after,
		.strip = strip,
		.when = now(),
	};
	(void)pthread_mutex_lock(&fs->retry_lock);
	fresh->next = fs->retries;
	fs->retries = fresh;
	atomic_fetch_add(&fs->n_retries, 1);
	forget_old(fs);
	for (struct retry **p = &fresh->next; *p;) {
		if (outdated(*p, fresh))
			forget(fs, p);
		else
			p = &(*p)->next;
	}
	(void)pthread_mutex_unlock(&fs->retry_lock);
}

void retry_send_back(struct fs *fs, const struct caller *c, struct node *n,
		     bool strip)
{
	/*
	 * Not the newest node's serial: the caller may have walked here before
	 * that one was looked up by somebody else.
	 */
	remember(fs, c, n, n->serial, strip);
}

void retry_walk_again(struct fs *fs, const struct caller *c, struct node *n)
{
	bool strip;

	(void)pthread_mutex_lock(&n->inode->lock);
	strip = n->stripped;
	(void)pthread_mutex_unlock(&n->inode->lock);
	remember(fs, c, n, UINT64_MAX, strip);
}

bool retry_looks_up(struct fs *fs, const struct caller *c,
		    const struct inode *dir, const char *name, bool *ret_strip)
{
	const struct retry *r;
	uint64_t place;
	bool yes = false;

	if (!atomic_load(&fs->n_retries))
		return false;
	place = inode_place_in(dir, name);
	(void)pthread_mutex_lock(&fs->retry_lock);
	forget_old(fs);
	for (r = fs->retries; r; r = r->next) {
		bool certain = r->pid && r->after != UINT64_MAX;

		if (same_caller(r, c) && (certain || r->place == place))
			break;
	}
	if (r) {
		*ret_strip = r->strip;
		yes = true;
	}
	(void)pthread_mutex_unlock(&fs->retry_lock);
	return yes;
}

/* The record of a thread that has a number. */
static uint64_t take(struct fs *fs, const struct caller *c, struct inode *i)
{
	uint64_t after = UINT64_MAX, place = inode_place(fs->inodes, i);
	struct retry **p;

	(void)pthread_mutex_lock(&fs->retry_lock);
	forget_old(fs);
	for (p = &fs->retries; *p; p = &(*p)->next) {
		if (same_caller(*p, c) && same_file(*p, i->hash, place))
			break;
	}
	if (*p) {
		after = (*p)->after;
		forget(fs, p);
	}
	(void)pthread_mutex_unlock(&fs->retry_lock);
	return after;
}

uint64_t retry_came_back(struct fs *fs, const struct caller *c, struct node *n)
{
	uint64_t after = UINT64_MAX;
	bool alone;

	(void)pthread_mutex_lock(&n->inode->lock);
	alone = n->alone;
	n->alone = false;
	(void)pthread_mutex_unlock(&n->inode->lock);
	/*
	 * Of those without a number, a first open must not take what another's
	 * second waits for; the second has a node of its own. That was made
	 * after its open(2) began, whoever it is.
	 */
	if (c->pid && atomic_load(&fs->n_retries))
		after = take(fs, c, n->inode);
	if (after == UINT64_MAX && alone)
		after = n->serial - 1;
	return after;
}
