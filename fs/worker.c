// SPDX-License-Identifier: Apache-2.0
/*
 * The threads of a session: workers, the guard, and detached work. How they
 * begin and end; what workers do in between is in listen.c.
 */
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "ops.h"

/* More would only pile up behind the same disk. */
#define WORKERS_MOST   512

#define STACK_WORKER   ((size_t)1 << 20)
#define STACK_DETACHED ((size_t)256 << 10)

#define NUDGE_MS       10
#define COMPLAIN_MS    5000

static __thread struct thread *self;
static __thread struct buf scratch;

int worker_channel(void)
{
	return self ? self->fd : -1;
}

struct buf *session_scratch(void)
{
	scratch.len = 0;
	return &scratch;
}

void session_busy(void)
{
	listen_hand_on(self);
}

static bool is_worker(const struct thread *t)
{
	return t->role == ROLE_BASE || t->role == ROLE_EXTRA;
}

/*
 * Threads are joined, so that what they leave to per-thread destructors is
 * done before the process ends: each joins the one that ended before it.
 */
static void leave(struct thread *t)
{
	struct session *s = t->s;
	pthread_t before;
	bool any;

	(void)pthread_mutex_lock(&s->lock);
	*t->prev = t->next;
	if (t->next)
		t->next->prev = t->prev;
	before = s->finished;
	any = s->any_finished;
	s->finished = t->id;
	s->any_finished = true;
	if (is_worker(t) && --s->workers == 0)
		(void)eventfd_write(s->wake, 1); /* nothing to do about it */
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
	if (any)
		(void)pthread_join(before, NULL);
	free(t);
}

static void report(struct session *s, bool good)
{
	(void)pthread_mutex_lock(&s->lock);
	if (good)
		s->started++;
	else
		s->failed++;
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
}

static void *thread_main(void *arg)
{
	struct thread *t = arg;
	int r = is_worker(t) ? caller_thread_init() : 0;

	self = t;
	if (r)
		log_err("cannot prepare a thread error=%s", strerror(-r));
	if (t->role == ROLE_BASE)
		report(t->s, r == 0);
	if (t->role == ROLE_DETACHED)
		t->work(t->req, t->arg);
	else if (t->role == ROLE_GUARD)
		listen_guard(t->s);
	else if (r == 0)
		listen_serve(t);
	buf_release(&scratch);
	leave(t);
	return NULL;
}

/* What a thread of ours may be disturbed by: SESSION_SIGNAL and its own bugs */
static void block_signals(sigset_t *ret_before)
{
	static const int own[] = { SESSION_SIGNAL, SIGSEGV, SIGBUS,
				   SIGFPE,	   SIGILL,  SIGABRT };
	sigset_t set;

	(void)sigfillset(&set);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)sigdelset(&set, own[i]);
	(void)pthread_sigmask(SIG_SETMASK, &set, ret_before);
}

/* s->lock is held, so that the thread cannot leave before it is listed. */
static int create(struct session *s, struct thread *t)
{
	pthread_attr_t attr;
	sigset_t before;
	int r = pthread_attr_init(&attr);

	if (r)
		return -r;
	r = pthread_attr_setstacksize(&attr, is_worker(t) ? STACK_WORKER
							  : STACK_DETACHED);
	if (r == 0) {
		block_signals(&before);
		r = pthread_create(&t->id, &attr, thread_main, t);
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	(void)pthread_attr_destroy(&attr);
	if (r)
		return -r;
	t->next = s->threads;
	t->prev = &s->threads;
	if (t->next)
		t->next->prev = &t->next;
	s->threads = t;
	if (is_worker(t))
		s->workers++;
	return 0;
}

static int start(struct session *s, const struct thread *like)
{
	struct thread *t = malloc(sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	*t = *like;
	(void)pthread_mutex_lock(&s->lock);
	if (atomic_load(&s->stopping))
		r = -ECANCELED;
	else if (is_worker(t) && s->workers >= WORKERS_MOST)
		r = -EAGAIN;
	else
		r = create(s, t);
	(void)pthread_mutex_unlock(&s->lock);
	if (r)
		free(t);
	return r;
}

void workers_add(struct session *s)
{
	/* on the main descriptor, so that it costs none */
	struct thread like = { .s = s,
			       .role = ROLE_EXTRA,
			       .fd = fuse_session_fd(s->fs->session) };
	int r = start(s, &like);

	if (r)
		log_debug("cannot start another worker error=%s", strerror(-r));
}

int session_detach(fuse_req_t req, void (*work)(fuse_req_t req, void *arg),
		   void *arg)
{
	struct session *s = fs_of(req)->serving;
	struct thread like = { .s = s,
			       .role = ROLE_DETACHED,
			       .work = work,
			       .req = req,
			       .arg = arg };

	like.fd = worker_channel();
	return start(s, &like);
}

int workers_start(struct session *s)
{
	struct thread watch = { .s = s, .role = ROLE_GUARD, .fd = -1 };
	int main_fd = fuse_session_fd(s->fs->session);
	unsigned wanted = 0;
	int r = start(s, &watch);

	for (unsigned i = 0; r == 0 && i < s->base; i++) {
		struct thread like = { .s = s, .role = ROLE_BASE };

		like.fd = s->clone[i] >= 0 ? s->clone[i] : main_fd;
		r = start(s, &like);
		if (r == 0)
			wanted++;
	}
	(void)pthread_mutex_lock(&s->lock);
	while (s->started + s->failed < wanted)
		(void)pthread_cond_wait(&s->changed, &s->lock);
	if (s->started)
		r = 0;
	else if (r == 0)
		r = -EPERM; /* the thread has logged why */
	(void)pthread_mutex_unlock(&s->lock);
	return r;
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The signal may hit just before a blocking call: so it is sent again. */
static void nudge_all(struct session *s)
{
	struct timespec until = clock_after_ns(NUDGE_MS * 1000000);

	for (const struct thread *t = s->threads; t; t = t->next)
		(void)pthread_kill(t->id, SESSION_SIGNAL);
	(void)pthread_cond_clockwait(&s->changed, &s->lock, CLOCK_MONOTONIC,
				     &until);
}

void workers_end(struct session *s)
{
	int64_t since = now_ms();
	bool told = false;

	atomic_store(&s->stopping, true);
	fuse_session_exit(s->fs->session);
	listen_end(s);
	(void)pthread_mutex_lock(&s->lock);
	while (s->threads) {
		nudge_all(s);
		if (!told && now_ms() - since > COMPLAIN_MS) {
			told = true;
			log_warn("waiting for requests that are being served");
		}
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (s->any_finished)
		(void)pthread_join(s->finished, NULL);
	s->any_finished = false;
}
