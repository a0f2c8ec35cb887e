/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of a session: private to session.c and worker.c. */
#ifndef FS_WORKER_H
#define FS_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "passthrough.h"
#include "session.h"

struct thread;

struct session {
	struct fs *fs;
	struct passthrough_offer offer; /* only used before workers start */
	bool initialised;		/* likewise */
	dev_t dev;			/* of the mount */
	int wake;	   /* eventfd: something to look at for session_run() */
	atomic_bool asked; /* session_stop() was called */
	atomic_bool stopping; /* workers shall leave */

	bool spin;	      /* waiting actively is worth it: > 1 CPU */
	atomic_flag spinning; /* one worker at most does */
	unsigned base;	      /* workers that always stay */
	int *clone;	      /* [base] their descriptors; -1: the main one */
	atomic_uint idle;     /* workers that wait for a request */

	pthread_mutex_t lock; /* a leaf; guards all below */
	pthread_cond_t changed;
	struct thread *threads; /* all that run */
	unsigned workers;	/* of these, workers */
	unsigned started, failed;
	pthread_t finished; /* the last that ended: to be joined */
	bool any_finished;
};

/*
 * workers_start() - start the base workers and wait until they serve
 * Return: 0 if at least one does; -errno.
 */
int workers_start(struct session *s);

/* Makes all threads leave and waits for them. */
void workers_end(struct session *s);

/* The descriptor that this thread's requests come from; -1: not a worker. */
int worker_channel(void);

#endif
