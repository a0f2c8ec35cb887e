// SPDX-License-Identifier: Apache-2.0
/*
 * Worker threads. A request may take long (a file of many gigabytes is being
 * hashed, or another thread is already at it), so a worker that takes the last
 * place starts another one before it begins to work: somebody always listens.
 */
#include "worker.h"

#include <errno.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

/* More would only pile up behind the same disk. */
#define WORKERS_MOST 512
/* Idle workers above the base ones that are kept for the next burst. */
#define WORKERS_SPARE  4

#define STACK_WORKER   ((size_t)1 << 20)
#define STACK_DETACHED ((size_t)256 << 10)

/*
 * Waking a sleeping thread costs a client 10 to 50 us. After a request the
 * next one is often near, so one worker looks for it actively this long.
 */
#define SPIN_NS	       30000

#define NOBODY_LEFT_MS 10
#define COMPLAIN_MS    5000

struct thread {
	struct thread *next, **prev; /* session.threads */
	struct session *s;
	pthread_t id;
	int fd; /* its requests come from here and are answered here */
	bool worker;
	bool base; /* stays when there is little to do */

	/* detached work only */
	void (*work)(fuse_req_t req, void *arg);
	fuse_req_t req;
	void *arg;
};

static __thread int channel = -1;
static __thread struct buf scratch;

int worker_channel(void)
{
	return channel;
}

struct buf *session_scratch(void)
{
	scratch.len = 0;
	return &scratch;
}

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#endif
}

/* Waits actively for the next request, if nobody else does. */
static void linger(struct session *s, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t until;

	if (!s->spin || atomic_flag_test_and_set(&s->spinning))
		return;
	until = now_ns() + SPIN_NS;
	while (poll(&p, 1, 0) == 0 && now_ns() < until)
		cpu_relax();
	atomic_flag_clear(&s->spinning);
}

/* Requests that never wait for anything: no reason to start a thread. */
static bool is_quick(const struct fuse_buf *buf)
{
	struct fuse_in_header head;

	if (buf->size < sizeof(head))
		return true;
	memcpy(&head, buf->mem, sizeof(head));
	return head.opcode == FUSE_FORGET || head.opcode == FUSE_BATCH_FORGET ||
	       head.opcode == FUSE_INTERRUPT;
}

static int start(struct session *s, const struct thread *like);

/* One more worker, on the main descriptor so that it costs no other. */
static void start_extra(struct session *s)
{
	struct thread like = { .s = s,
			       .fd = fuse_session_fd(s->fs->session),
			       .worker = true };
	int r = start(s, &like);

	if (r)
		log_debug("cannot start another worker error=%s", strerror(-r));
}

/* Return: false if the session is over. */
static bool take_request(struct session *s, struct fuse_buf *buf,
			 bool *ret_alone)
{
	static const struct timespec pause = { .tv_nsec = 10000000 };
	int r;

	for (;;) {
		if (atomic_load(&s->stopping))
			return false;
		atomic_fetch_add(&s->idle, 1);
		r = fuse_session_receive_buf(s->fs->session, buf);
		*ret_alone = atomic_fetch_sub(&s->idle, 1) == 1;
		if (r > 0)
			return true;
		if (r == 0)
			return false; /* unmounted */
		if (r == -ENOMEM)
			(void)nanosleep(&pause, NULL);
		else if (r != -EINTR && r != -EAGAIN)
			break;
	}
	log_err("cannot read requests, the mount ends error=%s", strerror(-r));
	session_stop(s->fs);
	return false;
}

static void serve(struct thread *t)
{
	struct session *s = t->s;
	struct fuse_buf buf = { .mem = NULL };
	bool alone;

	while (take_request(s, &buf, &alone)) {
		if (alone && !is_quick(&buf))
			start_extra(s);
		fuse_session_process_buf(s->fs->session, &buf);
		if (!t->base && atomic_load(&s->idle) > s->base + WORKERS_SPARE)
			break;
		linger(s, t->fd);
	}
	free(buf.mem);
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
	if (t->worker && --s->workers == 0)
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
	int r = caller_thread_init();

	channel = t->fd;
	if (r)
		log_err("cannot prepare a thread error=%s", strerror(-r));
	if (t->worker) {
		if (t->base)
			report(t->s, r == 0);
		if (r == 0)
			serve(t);
	} else if (r) {
		(void)fuse_reply_err(t->req, -r); /* interrupted: no matter */
	} else {
		t->work(t->req, t->arg);
	}
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
	r = pthread_attr_setstacksize(&attr, t->worker ? STACK_WORKER
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
	if (t->worker)
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
	else if (t->worker && s->workers >= WORKERS_MOST)
		r = -EAGAIN;
	else
		r = create(s, t);
	(void)pthread_mutex_unlock(&s->lock);
	if (r)
		free(t);
	return r;
}

int session_detach(fuse_req_t req, void (*work)(fuse_req_t req, void *arg),
		   void *arg)
{
	struct session *s = fs_of(req)->serving;
	struct thread like = {
		.s = s, .fd = channel, .work = work, .req = req, .arg = arg
	};

	return start(s, &like);
}

int workers_start(struct session *s)
{
	int main_fd = fuse_session_fd(s->fs->session);
	unsigned wanted = 0;
	int r = 0;

	for (unsigned i = 0; i < s->base; i++) {
		struct thread like = { .s = s, .worker = true, .base = true };

		like.fd = s->clone[i] >= 0 ? s->clone[i] : main_fd;
		r = start(s, &like);
		if (r)
			break;
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

/* The signal may hit just before a blocking call: so it is sent again. */
static void nudge_all(struct session *s)
{
	struct timespec until;

	for (const struct thread *t = s->threads; t; t = t->next)
		(void)pthread_kill(t->id, SESSION_SIGNAL);
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += NOBODY_LEFT_MS * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
}

void workers_end(struct session *s)
{
	int64_t since = now_ns();
	bool told = false;

	atomic_store(&s->stopping, true);
	fuse_session_exit(s->fs->session);
	(void)pthread_mutex_lock(&s->lock);
	while (s->threads) {
		nudge_all(s);
		if (!told && now_ns() - since > COMPLAIN_MS * 1000000LL) {
			told = true;
			log_warn("waiting for requests that are being served");
		}
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (s->any_finished)
		(void)pthread_join(s->finished, NULL);
	s->any_finished = false;
}
