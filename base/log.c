// SPDX-License-Identifier: Apache-2.0
/* The log ring; see log.h. Lock order: ring.lock is a leaf. */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define RING_SLOTS   1024
#define LINE_MAX_LEN 1024

struct line {
	enum log_level level;
	char text[LINE_MAX_LEN];
};

/* One log per process: stderr is one per process, too. */
static struct {
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t more;
	struct line slot[RING_SLOTS];
	unsigned first, used;
	uint64_t dropped, dropped_told;
	bool running;
	enum log_level level;
	enum log_target target;
	pthread_t thread;
	int syslog_fd; /* only used by the thread */
} ring = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.more = PTHREAD_COND_INITIALIZER,
	.level = LOG_LEVEL_INFO,
	.syslog_fd = -1,
};

static const char *const level_name[] = {
	[LOG_LEVEL_ERR] = "error",
	[LOG_LEVEL_WARN] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static void put_stderr(const struct line *l)
{
	char out[LINE_MAX_LEN + 32];
	int n = snprintf(out, sizeof(out), "imafs: %s: %s\n",
			 level_name[l->level], l->text);
	ssize_t done;

	if (n <= 0)
		return;
	if ((size_t)n >= sizeof(out))
		n = (int)sizeof(out) - 1;
	do {
		done = write(STDERR_FILENO, out, (size_t)n);
	} while (done < 0 && errno == EINTR);
	/* nobody is left to be told that stderr is gone */
}

/* RFC 3164 datagram; connects on demand, so syslogd may start after us. */
static bool put_syslog(const struct line *l)
{
	static const int severity[] = { 3, 4, 6, 7 };
	struct sockaddr_un sa = { .sun_family = AF_UNIX,
				  .sun_path = "/dev/log" };
	char out[LINE_MAX_LEN + 64];
	int n = snprintf(out, sizeof(out), "<%d>imafs[%d]: %s",
			 3 * 8 + severity[l->level], getpid(), l->text);

	if (n <= 0)
		return false;
	if ((size_t)n >= sizeof(out))
		n = (int)sizeof(out) - 1;
	for (int tries = 0; tries < 2; tries++) {
		if (ring.syslog_fd < 0) {
			ring.syslog_fd =
				socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
			if (ring.syslog_fd < 0)
				return false;
			if (connect(ring.syslog_fd, (struct sockaddr *)&sa,
				    sizeof(sa)) < 0)
				tries = 2;
		}
		if (tries < 2 &&
		    send(ring.syslog_fd, out, (size_t)n, MSG_NOSIGNAL) == n)
			return true;
		/* a datagram socket loses nothing */
		(void)close(ring.syslog_fd);
		ring.syslog_fd = -1;
	}
	return false;
}

static void put(enum log_target target, const struct line *l)
{
	if (target == LOG_TO_STDERR || !put_syslog(l))
		put_stderr(l);
}

static void *writer(void *arg)
{
	struct line l;

	(void)arg;
	(void)pthread_mutex_lock(&ring.lock);
	while (ring.running || ring.used) {
		enum log_target target = ring.target;

		if (!ring.used) {
			(void)pthread_cond_wait(&ring.more, &ring.lock);
			continue;
		}
		if (ring.dropped != ring.dropped_told) {
			l.level = LOG_LEVEL_WARN;
			(void)snprintf(l.text, sizeof(l.text),
				       "log messages were dropped, the log "
				       "reader is too slow count=%llu",
				       (unsigned long long)(ring.dropped -
							    ring.dropped_told));
			ring.dropped_told = ring.dropped;
		} else {
			l = ring.slot[ring.first];
			ring.first = (ring.first + 1) % RING_SLOTS;
			ring.used--;
		}
		(void)pthread_mutex_unlock(&ring.lock);
		put(target, &l);
		(void)pthread_mutex_lock(&ring.lock);
	}
	(void)pthread_mutex_unlock(&ring.lock);
	return NULL;
}

void log_set_level(enum log_level level)
{
	(void)pthread_mutex_lock(&ring.lock);
	ring.level = level;
	(void)pthread_mutex_unlock(&ring.lock);
}

int log_start(enum log_target target)
{
	sigset_t all, old;
	int r;

	(void)sigfillset(&all);
	(void)pthread_mutex_lock(&ring.lock);
	ring.target = target;
	r = 0;
	if (!ring.running) {
		ring.running = true;
		/* signals are for the main thread */
		(void)pthread_sigmask(SIG_SETMASK, &all, &old);
		r = -pthread_create(&ring.thread, NULL, writer, NULL);
		(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
		if (r < 0)
			ring.running = false;
	}
	(void)pthread_mutex_unlock(&ring.lock);
	return r;
}

void log_stop(void)
{
	bool was;

	(void)pthread_mutex_lock(&ring.lock);
	was = ring.running;
	ring.running = false;
	(void)pthread_cond_signal(&ring.more);
	(void)pthread_mutex_unlock(&ring.lock);
	if (was)
		(void)pthread_join(ring.thread, NULL);
}

uint64_t log_dropped(void)
{
	uint64_t n;

	(void)pthread_mutex_lock(&ring.lock);
	n = ring.dropped;
	(void)pthread_mutex_unlock(&ring.lock);
	return n;
}

void log_msg(enum log_level level, const char *fmt, ...)
{
	struct line l = { .level = level };
	bool direct = false;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(l.text, sizeof(l.text), fmt, ap);
	va_end(ap);

	(void)pthread_mutex_lock(&ring.lock);
	if (level > ring.level) {
		/* not wanted */
	} else if (!ring.running) {
		direct = true;
	} else if (ring.used == RING_SLOTS) {
		ring.dropped++;
	} else {
		ring.slot[(ring.first + ring.used) % RING_SLOTS] = l;
		ring.used++;
		(void)pthread_cond_signal(&ring.more);
	}
	(void)pthread_mutex_unlock(&ring.lock);
	if (direct)
		put_stderr(&l);
}
