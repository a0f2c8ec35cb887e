// SPDX-License-Identifier: Apache-2.0
/*
 * Worker threads; see pool.h. One list holds everything in the order of its
 * arrival:
 *
 *     head ... done, but something before it is not
 *          ... being done
 *     todo ... waiting
 *     tail
 *
 * A task leaves the list at its head, when its output has been printed.
 */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

/* Tasks hold descriptors of directories; so not more wait than this. */
#define WAITING_MAX 256

struct node {
	struct node *next;
	void *task; /* NULL: a message only */
	bool done;
	struct out out;
};

struct pool {
	pool_fn *fn;
	void *arg;
	struct progress *progress;

	pthread_mutex_t lock; /* guards all below, and printing */
	pthread_cond_t more;  /* for the workers: a task, or the end */
	pthread_cond_t room;  /* for pool_add() */
	struct node *head, *todo, *tail;
	size_t waiting;
	bool ending;
	int write_error;

	pthread_t *thread;
	unsigned n_threads;
};

/* With the lock held. */
static void print(struct pool *p, struct out *o)
{
	int r;

	if (!o->to_stdout.len && !o->to_stderr.len)
		return;
	progress_pause(p->progress);
	r = out_flush(o);
	progress_resume(p->progress);
	if (r < 0 && p->write_error == 0)
		p->write_error = r;
}

/* Prints and frees what is complete. With the lock held. */
static void flush(struct pool *p)
{
	while (p->head && p->head->done) {
		struct node *n = p->head;

		print(p, &n->out);
		p->head = n->next;
		if (!p->head)
			p->tail = NULL;
		free(n);
	}
}

/* With the lock held. */
static void append(struct pool *p, struct node *n)
{
	if (p->tail)
		p->tail->next = n;
	else
		p->head = n;
	p->tail = n;
}

/* The next task that nobody does yet. With the lock held. */
static struct node *take(struct pool *p)
{
	struct node *n = p->todo;

	p->todo = n->next;
	/* messages have nothing to be done */
	while (p->todo && !p->todo->task)
		p->todo = p->todo->next;
	p->waiting--;
	(void)pthread_cond_signal(&p->room);
	return n;
}

static void *work(void *arg)
{
	struct pool *p = arg;
	void *scratch = malloc(POOL_SCRATCH);

	(void)pthread_mutex_lock(&p->lock);
	for (;;) {
		struct node *n;

		while (!p->todo && !p->ending)
			(void)pthread_cond_wait(&p->more, &p->lock);
		if (!p->todo)
			break;
		n = take(p);
		(void)pthread_mutex_unlock(&p->lock);
		/* without scratch fn() says ENOMEM for each of its files */
		p->fn(p->arg, n->task, &n->out, scratch);
		(void)pthread_mutex_lock(&p->lock);
		n->done = true;
		flush(p);
	}
	(void)pthread_mutex_unlock(&p->lock);
	free(scratch);
	return NULL;
}

static int start_threads(struct pool *p, unsigned jobs)
{
	sigset_t all, old;
	int r = 0;

	p->thread = calloc(jobs, sizeof(*p->thread));
	if (!p->thread)
		return -ENOMEM;
	/* signals are for the main thread */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	while (p->n_threads < jobs && r == 0) {
		r = -pthread_create(&p->thread[p->n_threads], NULL, work, p);
		if (r == 0)
			p->n_threads++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	/* fewer than wanted do as well */
	return p->n_threads ? 0 : r;
}

int pool_new(unsigned jobs, pool_fn *fn, void *arg, struct progress *progress,
	     struct pool **ret)
{
	struct pool *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->fn = fn;
	p->arg = arg;
	p->progress = progress;
	(void)pthread_mutex_init(&p->lock, NULL); /* cannot fail on Linux */
	(void)pthread_cond_init(&p->more, NULL);
	(void)pthread_cond_init(&p->room, NULL);
	r = start_threads(p, jobs);
	if (r < 0) {
		(void)pool_end(p);
		return r;
	}
	*ret = p;
	return 0;
}

int pool_add(struct pool *p, void *task)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	n->task = task;
	(void)pthread_mutex_lock(&p->lock);
	while (p->waiting >= WAITING_MAX)
		(void)pthread_cond_wait(&p->room, &p->lock);
	append(p, n);
	if (!p->todo)
		p->todo = n;
	p->waiting++;
	(void)pthread_cond_signal(&p->more);
	(void)pthread_mutex_unlock(&p->lock);
	return 0;
}

void pool_say(struct pool *p, struct out *o)
{
	struct node *n = calloc(1, sizeof(*n));

	(void)pthread_mutex_lock(&p->lock);
	if (n) {
		n->out = *o;
		n->done = true;
		append(p, n);
		flush(p);
	} else {
		/* out of turn is better than not at all */
		print(p, o);
	}
	(void)pthread_mutex_unlock(&p->lock);
	*o = (struct out){ BUF_INIT, BUF_INIT };
}

int pool_end(struct pool *p)
{
	int r;

	if (!p)
		return 0;
	(void)pthread_mutex_lock(&p->lock);
	p->ending = true;
	(void)pthread_cond_broadcast(&p->more);
	(void)pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		(void)pthread_join(p->thread[i], NULL);
	r = p->write_error;
	(void)pthread_cond_destroy(&p->room);
	(void)pthread_cond_destroy(&p->more);
	(void)pthread_mutex_destroy(&p->lock);
	free(p->thread);
	free(p);
	return r;
}
