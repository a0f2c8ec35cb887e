// SPDX-License-Identifier: Apache-2.0
/* Hash table of files by device and inode; see links.h. */
#include "links.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

struct entry {
	struct entry *next;
	dev_t dev;
	ino_t ino;
	bool done;
	struct link_copy copy;
};

struct links {
	pthread_mutex_t lock; /* guards all */
	pthread_cond_t done;
	struct entry **bucket;
	size_t n_buckets; /* a power of two */
	size_t used;
};

#define FIRST_BUCKETS 256

int links_new(struct links **ret)
{
	struct links *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->n_buckets = FIRST_BUCKETS;
	l->bucket = calloc(l->n_buckets, sizeof(struct entry *));
	if (!l->bucket) {
		free(l);
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&l->lock, NULL); /* cannot fail on Linux */
	(void)pthread_cond_init(&l->done, NULL);
	*ret = l;
	return 0;
}

void links_free(struct links *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n_buckets; i++) {
		while (l->bucket[i]) {
			struct entry *e = l->bucket[i];

			l->bucket[i] = e->next;
			free(e->copy.path);
			free(e);
		}
	}
	(void)pthread_cond_destroy(&l->done);
	(void)pthread_mutex_destroy(&l->lock);
	free(l->bucket);
	free(l);
}

static size_t slot(dev_t dev, ino_t ino, size_t n_buckets)
{
	uint64_t h = ((uint64_t)ino ^ (uint64_t)dev << 40) *
		     UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(h >> 32) & (n_buckets - 1);
}

static struct entry *find(const struct links *l, const struct stat *st)
{
	size_t i = slot(st->st_dev, st->st_ino, l->n_buckets);
	struct entry *e = l->bucket[i];

	while (e && (e->dev != st->st_dev || e->ino != st->st_ino))
		e = e->next;
	return e;
}

/* Without memory the table only gets slower. */
static void grow(struct links *l)
{
	size_t n = l->n_buckets * 2;
	struct entry **bucket = calloc(n, sizeof(struct entry *));

	if (!bucket)
		return;
	for (size_t i = 0; i < l->n_buckets; i++) {
		while (l->bucket[i]) {
			struct entry *e = l->bucket[i];
			size_t to = slot(e->dev, e->ino, n);

			l->bucket[i] = e->next;
			e->next = bucket[to];
			bucket[to] = e;
		}
	}
	free(l->bucket);
	l->bucket = bucket;
	l->n_buckets = n;
}

static int add(struct links *l, const struct stat *st)
{
	struct entry *e = calloc(1, sizeof(*e));
	size_t i;

	if (!e)
		return -ENOMEM;
	if (l->used >= l->n_buckets)
		grow(l);
	i = slot(st->st_dev, st->st_ino, l->n_buckets);
	e->dev = st->st_dev;
	e->ino = st->st_ino;
	e->next = l->bucket[i];
	l->bucket[i] = e;
	l->used++;
	return 1;
}

int links_begin(struct links *l, const struct stat *st, struct link_copy *ret)
{
	struct entry *e;
	int r = 0;

	(void)pthread_mutex_lock(&l->lock);
	e = find(l, st);
	if (!e)
		r = add(l, st);
	while (e && !e->done)
		(void)pthread_cond_wait(&l->done, &l->lock);
	if (e)
		*ret = e->copy;
	(void)pthread_mutex_unlock(&l->lock);
	return r;
}

void links_done(struct links *l, const struct stat *st,
		const struct link_copy *copy)
{
	struct entry *e;

	(void)pthread_mutex_lock(&l->lock);
	e = find(l, st);
	if (e) {
		e->copy = *copy;
		e->done = true;
		(void)pthread_cond_broadcast(&l->done);
	}
	(void)pthread_mutex_unlock(&l->lock);
}
