// SPDX-License-Identifier: Apache-2.0
/*
 * Who waits for requests.
 *
 * The kernel wakes one reader of /dev/fuse per request, the one that has slept
 * longest. With several readers each request wakes another thread, on another
 * CPU, with cold caches: to open, read and close a file then takes a client
 * half as long again. So one worker listens and the others are parked, unless
 * there is a queue:
 *
 *  - a worker that takes a request and sees another one waiting calls a parked
 *    worker; when that happens again and again, more of them keep listening.
 *    It looks now and then, as a look costs a system call;
 *  - a worker that knows that it will be busy for long (a file is read and
 *    hashed, the TPM is asked) calls one before;
 *  - a guard looks every millisecond, while there is traffic, whether somebody
 *    listens or at least something gets done, and calls one if not.
 *
 * When none is parked a new one is started: however long requests take,
 * somebody takes the next.
 */
#include <errno.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "worker.h"

/* Workers above the base ones that are kept, parked, for the next burst. */
#define WORKERS_SPARE 4

#define GUARD_NS      1000000

#define DRAIN_STEP_NS 5000000
#define DRAIN_STEPS   1000

/* So many requests without a queue: one listener will do again. */
#define CALM 256

/*
 * A look costs a system call. While one listener has been enough it looks at
 * one in so many requests; the guard is there for what that misses.
 */
#define LOOK_EVERY 8

/*
 * Waking a sleeping thread on another CPU costs a client up to 50 us. After a
 * request the next one is often near, so the listener looks for it actively
 * for a while. What was asked says much about when the next one comes: execve()
 * asks for an attribute just after OPEN, and for nothing more for long; so each
 * kind of request has its own experience. Where CPUs are busy, or share a core,
 * looking keeps the client itself from running: a look in vain counts like two
 * that were not, and at SPIN_MISSES there is a pause of so many requests, a
 * longer one each time until it is good again.
 */
#define SPIN_NS	    60000
#define SPIN_MISSES 8
#define SPIN_HITS   64 /* in a row: it is good again */
#define SPIN_PAUSE  64
#define SPIN_PAUSES 7 /* times that the pause is doubled, at most */

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

/* Is there a request that nobody has taken? */
static bool is_queued(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void spin(struct session *s, struct lookout *l, int fd)
{
	int64_t until = now_ns() + SPIN_NS;

	do {
		if (is_queued(fd)) {
			l->misses -= l->misses > 0;
			if (++l->hits >= SPIN_HITS)
				l->pauses = 0;
			return;
		}
		cpu_relax();
	} while (now_ns() < until && !atomic_load(&s->stopping));
	l->hits = 0;
	l->misses += 2;
	if (l->misses < SPIN_MISSES)
		return;
	l->misses = 0;
	l->pause = SPIN_PAUSE << l->pauses;
	l->pauses += l->pauses < SPIN_PAUSES;
}

/*
 * Waits actively for what comes after a request of kind @opcode, if this is the
 * only listener.
 */
static void linger(struct session *s, uint32_t opcode, int fd)
{
	struct lookout *l = &s->lookout[opcode % LOOKOUTS];

	if (!s->spin || atomic_load(&s->listening) ||
	    atomic_load(&s->wanted) > 1 ||
	    atomic_flag_test_and_set(&s->spinning))
		return;
	if (l->pause)
		l->pause--;
	else
		spin(s, l, fd);
	atomic_flag_clear(&s->spinning);
}

static uint32_t opcode_of(const struct fuse_buf *buf)
{
	struct fuse_in_header head;

	if (buf->size < sizeof(head))
		return 0;
	memcpy(&head, buf->mem, sizeof(head));
	return head.opcode;
}

/* Requests that wait for a disk, or move as much as somebody likes. */
static bool takes_long(uint32_t opcode)
{
	return opcode == FUSE_FSYNC || opcode == FUSE_FSYNCDIR ||
	       opcode == FUSE_FALLOCATE || opcode == FUSE_COPY_FILE_RANGE;
}

/*
 * Nobody waits for these: the same client may have sent the next one already,
 * so a request behind them is no sign of a queue.
 */
static bool nobody_waits(uint32_t opcode)
{
	return opcode == FUSE_RELEASE || opcode == FUSE_RELEASEDIR ||
	       opcode == FUSE_FORGET || opcode == FUSE_BATCH_FORGET ||
	       opcode == FUSE_INTERRUPT;
}

static void call_another(struct session *s)
{
	bool called;

	(void)pthread_mutex_lock(&s->lock);
	called = s->calls < s->parked;
	if (called) {
		s->calls++;
		(void)pthread_cond_signal(&s->called);
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (!called)
		workers_add(s);
}

void listen_hand_on(struct thread *t)
{
	if (!t || t->handed_on || atomic_load(&t->s->listening))
		return;
	t->handed_on = true;
	call_another(t->s);
}

static void set_timer(const struct session *s)
{
	static const struct itimerspec once = { .it_value.tv_nsec = GUARD_NS };

	(void)timerfd_settime(s->guard, 0, &once, NULL); /* a valid time */
}

static void guard(struct session *s)
{
	if (!atomic_exchange(&s->guarded, true))
		set_timer(s);
}

void listen_guard(struct session *s)
{
	unsigned before = 0;
	uint64_t ticks;

	while (!atomic_load(&s->stopping)) {
		unsigned served;
		bool idle;

		if (read(s->guard, &ticks, sizeof(ticks)) < 0)
			continue; /* EINTR: asked to leave, perhaps */
		served = atomic_load(&s->served);
		idle = atomic_load(&s->listening) > 0 && served == before;
		if (served == before && !atomic_load(&s->listening))
			call_another(s);
		before = served;
		if (!idle) {
			set_timer(s);
			continue;
		}
		atomic_store(&s->guarded, false);
		/* whoever took a request just before relied on us */
		if (!atomic_load(&s->listening))
			guard(s);
	}
}

/*
 * Waits until called. Return: false if this worker is to leave: it is one too
 * many, or the session is over.
 */
static bool park(struct thread *t)
{
	struct session *s = t->s;
	bool stay;

	(void)pthread_mutex_lock(&s->lock);
	stay = t->role == ROLE_BASE || s->parked < s->base + WORKERS_SPARE;
	if (stay) {
		s->parked++;
		while (!s->calls && !atomic_load(&s->stopping))
			(void)pthread_cond_wait(&s->called, &s->lock);
		if (s->calls)
			s->calls--;
		s->parked--;
		stay = !atomic_load(&s->stopping);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return stay;
}

void listen_end(struct session *s)
{
	(void)pthread_mutex_lock(&s->lock);
	(void)pthread_cond_broadcast(&s->called);
	(void)pthread_mutex_unlock(&s->lock);
}

void listen_drain(const struct session *s)
{
	static const struct timespec pause = { .tv_nsec = DRAIN_STEP_NS };
	int fd = fuse_session_fd(s->fs->session);

	for (int i = 0; i < DRAIN_STEPS; i++) {
		/* a request is in one of the two places, or between them */
		unsigned done = atomic_load(&s->done);
		bool queued = is_queued(fd);

		(void)nanosleep(&pause, NULL);
		if (!queued && done == atomic_load(&s->served))
			return;
	}
}

/* Return: false if the session is over. */
static bool take_request(struct thread *t, struct fuse_buf *buf)
{
	static const struct timespec pause = { .tv_nsec = 10000000 };
	struct session *s = t->s;
	int r = -EINTR;

	while (!atomic_load(&s->stopping)) {
		atomic_fetch_add(&s->listening, 1);
		r = fuse_session_receive_buf(s->fs->session, buf);
		t->handed_on = atomic_fetch_sub(&s->listening, 1) > 1;
		if (r > 0) {
			atomic_fetch_add(&s->served, 1);
			return true;
		}
		if (r == -ENOMEM)
			(void)nanosleep(&pause, NULL);
		else if (r != -EINTR && r != -EAGAIN)
			break;
	}
	if (r < 0 && r != -EINTR && r != -EAGAIN)
		log_err("cannot read requests, the mount ends error=%s",
			strerror(-r));
	/* unmounted, stopped or broken */
	atomic_store(&s->stopping, true);
	listen_end(s);
	return false;
}

/* How many shall listen from now on? */
static void learn(struct session *s, uint32_t opcode, bool queued)
{
	unsigned wanted = atomic_load(&s->wanted);

	if (queued && !nobody_waits(opcode)) {
		atomic_store(&s->calm, 0);
		if (wanted < s->base)
			atomic_store(&s->wanted, wanted + 1);
	} else if (wanted > 1 && atomic_fetch_add(&s->calm, 1) > CALM) {
		atomic_store(&s->calm, 0);
		atomic_store(&s->wanted, wanted - 1);
	}
}

void listen_serve(struct thread *t)
{
	struct session *s = t->s;
	struct fuse_buf buf = { .mem = NULL };
	uint32_t opcode = 0; /* no request's */
	bool queued = false;
	unsigned taken = 0;

	for (;;) {
		bool look;

		if (!queued &&
		    atomic_load(&s->listening) >= atomic_load(&s->wanted) &&
		    !park(t))
			break;
		if (!queued)
			linger(s, opcode, t->fd);
		if (!take_request(t, &buf))
			break;
		opcode = opcode_of(&buf);
		look = atomic_load(&s->wanted) > 1 || ++taken % LOOK_EVERY == 0;
		if (takes_long(opcode) ||
		    (look && !nobody_waits(opcode) && is_queued(t->fd)))
			listen_hand_on(t);
		else if (!t->handed_on)
			guard(s);
		fuse_session_process_buf(s->fs->session, &buf);
		atomic_fetch_add(&s->done, 1);
		queued = look && is_queued(t->fd);
		if (look)
			learn(s, opcode, queued);
	}
	free(buf.mem);
}
