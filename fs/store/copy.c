// SPDX-License-Identifier: Apache-2.0
/* Two threads that share the work of filling an object; see copy.h. */
#include "store/copy.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* Read at a time where it is hashed at once: stays in second-level cache. */
#define STEP ((size_t)256 << 10)

/* A huge page is made by one thread, so this is the least to share. */
#define UNIT ((size_t)2 << 20)

/* Below this a thread is not worth starting. */
#define HELP_FROM    ((size_t)8 << 20)

#define HELPER_STACK ((size_t)128 << 10)

struct copy {
	struct store *store;
	int src;
	uint8_t *to;
	size_t size, units;
	atomic_size_t next; /* the first unit that nobody has begun */

	pthread_mutex_t lock;
	pthread_cond_t more;
	size_t ready; /* units that the helper has done; guarded by lock */
	ssize_t *got; /* [units] bytes or -errno; by the helper, before ready */
};

static ssize_t read_some(int fd, void *to, size_t len, off_t at)
{
	ssize_t n;

	do {
		n = pread(fd, to, len, at);
	} while (n < 0 && errno == EINTR);
	/* the pages are a file's: a lack of memory is the copy's fault */
	return n >= 0 ? n : errno == EFAULT ? -ENOMEM : -errno;
}

/* All of @len, or less at the end of the file. */
static ssize_t read_all(int fd, uint8_t *to, size_t len, size_t from)
{
	size_t at = 0;

	while (at < len) {
		ssize_t n =
			read_some(fd, to + at, len - at, (off_t)(from + at));

		if (n < 0)
			return n;
		if (n == 0)
			break;
		at += (size_t)n;
	}
	return (ssize_t)at;
}

static size_t unit_len(const struct copy *c, size_t unit)
{
	size_t from = unit * UNIT;

	return c->size - from < UNIT ? c->size - from : UNIT;
}

/* CPUs are for digests first: two threads for each only while that fits. */
static bool may_help(const struct copy *c)
{
	return 2 * atomic_load(&c->store->loading) <= c->store->cpus;
}

static void *help(void *arg)
{
	struct copy *c = arg;

	while (may_help(c)) {
		size_t unit = atomic_fetch_add(&c->next, 1);

		if (unit >= c->units)
			break;
		c->got[unit] = read_all(c->src, c->to + unit * UNIT,
					unit_len(c, unit), unit * UNIT);
		(void)pthread_mutex_lock(&c->lock);
		c->ready = unit + 1;
		(void)pthread_cond_signal(&c->more);
		(void)pthread_mutex_unlock(&c->lock);
	}
	return NULL;
}

/* Signals are for the threads that know what they mean. */
static bool start_helper(struct copy *c, pthread_t *ret)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int r;

	if (c->size < HELP_FROM || !may_help(c) || pthread_attr_init(&attr))
		return false;
	c->got = malloc(c->units * sizeof(*c->got));
	if (!c->got) {
		(void)pthread_attr_destroy(&attr);
		return false;
	}
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	(void)pthread_attr_setstacksize(&attr, HELPER_STACK);
	r = pthread_create(ret, &attr, help, c);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	return r == 0;
}

static ssize_t wait_for(struct copy *c, size_t unit)
{
	(void)pthread_mutex_lock(&c->lock);
	while (c->ready <= unit)
		(void)pthread_cond_wait(&c->more, &c->lock);
	(void)pthread_mutex_unlock(&c->lock);
	return c->got[unit];
}

/*
 * One unit, hashed from the pages that it is served from. @mine: it is still
 * to be read. Return: its bytes, less than asked for at the end; -errno.
 */
static ssize_t take_unit(struct copy *c, size_t unit, bool mine,
			 struct digest_ctx *ctx)
{
	uint8_t *to = c->to + unit * UNIT;
	size_t len = unit_len(c, unit), at = 0;
	ssize_t got = mine ? (ssize_t)len : wait_for(c, unit);

	while (got >= 0 && at < (size_t)got) {
		size_t want = (size_t)got - at < STEP ? (size_t)got - at : STEP;
		ssize_t n =
			mine ? read_all(c->src, to + at, want, unit * UNIT + at)
			     : (ssize_t)want;
		int r = n > 0 ? digest_update(ctx, to + at, (size_t)n) : 0;

		if (n < 0 || r < 0)
			return n < 0 ? n : r;
		at += (size_t)n;
		if ((size_t)n < want)
			break;
	}
	return got < 0 ? got : (ssize_t)at;
}

static ssize_t take_all(struct copy *c, struct digest_ctx *ctx)
{
	size_t total = 0;

	for (size_t unit = 0; unit < c->units; unit++) {
		size_t expected = unit;
		bool mine = atomic_compare_exchange_strong(&c->next, &expected,
							   unit + 1);
		ssize_t n = take_unit(c, unit, mine, ctx);

		if (n < 0)
			return n;
		total += (size_t)n;
		if ((size_t)n < unit_len(c, unit))
			break;
	}
	return (ssize_t)total;
}

ssize_t copy_and_hash(struct store *s, int src, uint8_t *to, size_t size,
		      struct digest_ctx *ctx)
{
	struct copy c = { .store = s, .src = src, .to = to, .size = size };
	pthread_t helper;
	bool helped;
	ssize_t n;

	c.units = (size + UNIT - 1) / UNIT;
	(void)pthread_mutex_init(&c.lock, NULL);
	(void)pthread_cond_init(&c.more, NULL);
	atomic_fetch_add(&s->loading, 1);
	helped = start_helper(&c, &helper);
	n = take_all(&c, ctx);
	atomic_fetch_sub(&s->loading, 1);
	if (helped) {
		atomic_store(&c.next, c.units); /* there is nothing left */
		(void)pthread_join(helper, NULL);
	}
	free(c.got);
	(void)pthread_cond_destroy(&c.more);
	(void)pthread_mutex_destroy(&c.lock);
	return n;
}
