/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of a session: private to session.c, worker.c and listen.c. */
#ifndef FS_WORKER_H
#define FS_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "passthrough.h"
#include "session.h"

/* What became of looking actively for the next request; see listen.c. */
struct lookout {
	unsigned misses, hits, pause, pauses;
};

/* One for each kind of request: FUSE's opcodes are below that. */
#define LOOKOUTS 64

struct session {
	struct fs *fs;
	struct passthrough_offer offer; /* only used before workers start */
	bool initialised;		/* likewise */
	dev_t dev;			/* of the mount */
	int wake;	   /* eventfd: something to look at for session_run() */
	atomic_bool asked; /* session_stop() was called */
	atomic_bool stopping; /* threads shall leave */

	unsigned base; /* workers that always stay */
	int *clone;    /* [base] their descriptors; -1: the main one */

	/* who listens, see listen.c */
	atomic_uint listening; /* workers in read(2), or just before it */
	atomic_uint wanted;    /* as many as are good: 1 .. base */
	atomic_uint calm;      /* requests since there was a queue */
	atomic_uint served;    /* requests taken */
	atomic_uint done;      /* requests dealt with */
	atomic_bool guarded;   /* the timer runs */
	int guard;	       /* timerfd */
	bool spin;	       /* waiting actively can pay: > 1 CPU */
	atomic_flag spinning;  /* held by who does; guards those below */
	struct lookout lookout[LOOKOUTS];

	pthread_mutex_t lock; /* a leaf; guards all below */
	pthread_cond_t changed;
	pthread_cond_t called;	/* a parked worker shall listen */
	unsigned parked, calls; /* workers that wait for that; calls to them */
	struct thread *threads; /* all that run */
	unsigned workers;	/* of these, workers */
	unsigned started, failed;
	pthread_t finished; /* the last that ended: to be joined */
	bool any_finished;
};

enum thread_role {
	ROLE_BASE = 1, /* a worker that stays */
	ROLE_EXTRA,    /* a worker that leaves when there is little to do */
	ROLE_GUARD,
	ROLE_DETACHED,
};

struct thread {
	struct thread *next, **prev; /* session.threads */
	struct session *s;
	pthread_t id;
	enum thread_role role;
	int fd;		/* its requests come from here and are answered here */
	bool handed_on; /* somebody else was called to listen meanwhile */

	/* detached work only */
	void (*work)(fuse_req_t req, void *arg);
	fuse_req_t req;
	void *arg;
};

/*
 * workers_start() - start the base workers and wait until they serve
 * Return: 0 if at least one does; -errno.
 */
int workers_start(struct session *s);

/* One more worker; without one the others have to do. */
void workers_add(struct session *s);

/* Makes all threads leave and waits for them. */
void workers_end(struct session *s);

/* The descriptor that this thread's requests come from; -1: not a worker. */
int worker_channel(void);

/* listen.c: the life of a worker, and of the guard */
void listen_serve(struct thread *t);
void listen_guard(struct session *s);

/* A worker will be busy for long; @t may be NULL. */
void listen_hand_on(struct thread *t);

/*
 * Waits until no request is queued or being dealt with, but not for ever: the
 * programs that use the mount may never pause.
 */
void listen_drain(const struct session *s);

/* Tells everybody that session.stopping was set. */
void listen_end(struct session *s);

#endif
