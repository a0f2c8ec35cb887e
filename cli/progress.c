// SPDX-License-Identifier: Apache-2.0
/* The progress bar; see progress.h. Draws ten times a second at most. */
#include "progress.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL_MS 100
#define BAR_MAX	    40

struct progress {
	bool visible;
	_Atomic uint64_t files, bytes, all_files, all_bytes;
	_Atomic int64_t drawn_ms; /* when; 0: never */
	int64_t begun_ms;
	pthread_mutex_t lock; /* guards the terminal and shown */
	bool shown;
};

static int64_t now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) < 0)
		return 1;
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int progress_new(bool wanted, struct progress **ret)
{
	const char *term = getenv("TERM");
	struct progress *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	if (pthread_mutex_init(&p->lock, NULL) != 0) {
		free(p);
		return -ENOMEM;
	}
	p->visible = wanted && isatty(STDERR_FILENO) && term &&
		     strcmp(term, "dumb") != 0;
	p->begun_ms = now_ms();
	*ret = p;
	return 0;
}

void progress_free(struct progress *p)
{
	if (!p)
		return;
	progress_pause(p);
	progress_resume(p);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

bool progress_visible(const struct progress *p)
{
	return p->visible;
}

uint64_t progress_bytes(const struct progress *p)
{
	return p->bytes;
}

const char *progress_size(uint64_t bytes, char *to)
{
	static const char *const unit[] = { "B",   "KiB", "MiB", "GiB",
					    "TiB", "PiB", "EiB" };
	double v = (double)bytes;
	size_t u = 0;

	while (v >= 1024 && u + 1 < sizeof(unit) / sizeof(unit[0])) {
		v /= 1024;
		u++;
	}
	(void)snprintf(to, 16, u ? "%.1f %s" : "%.0f %s", v, unit[u]);
	return to;
}

/* Part done, 0 to 1: by bytes, or by files where there are only empty ones. */
static double part(const struct progress *p)
{
	uint64_t all = p->all_bytes, done = p->bytes;

	if (!all) {
		all = p->all_files;
		done = p->files;
	}
	if (!all)
		return 0;
	return done >= all ? 1 : (double)done / (double)all;
}

static int columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || !w.ws_col)
		return 80;
	return w.ws_col;
}

/* With the lock held. */
static void draw(struct progress *p, int64_t now)
{
	int64_t ms = now - p->begun_ms;
	char done[16], rate[16], bar[BAR_MAX + 1], line[160];
	int width = columns() - 60, n;

	if (width > BAR_MAX)
		width = BAR_MAX;
	if (width < 0)
		width = 0;
	memset(bar, '.', sizeof(bar));
	memset(bar, '#', (size_t)(part(p) * width));
	bar[width] = '\0';
	n = snprintf(line, sizeof(line),
		     "\r\033[K%3d%% [%s] %" PRIu64 "/%" PRIu64
		     " files, %s, %s/s",
		     (int)(part(p) * 100), bar, (uint64_t)p->files,
		     (uint64_t)p->all_files, progress_size(p->bytes, done),
		     progress_size(ms > 0 ? p->bytes * 1000 / (uint64_t)ms : 0,
				   rate));
	if (n > 0 && (size_t)n < sizeof(line))
		(void)fwrite(line, 1, (size_t)n, stderr); /* decoration */
	p->shown = true;
}

void progress_expect(struct progress *p, uint64_t files, uint64_t bytes)
{
	p->all_files += files;
	p->all_bytes += bytes;
}

void progress_advance(struct progress *p, uint64_t files, uint64_t bytes)
{
	int64_t now, last;

	p->files += files;
	p->bytes += bytes;
	if (!p->visible)
		return;
	now = now_ms();
	last = p->drawn_ms;
	if (now - last < INTERVAL_MS ||
	    !atomic_compare_exchange_strong(&p->drawn_ms, &last, now))
		return;
	(void)pthread_mutex_lock(&p->lock);
	draw(p, now);
	(void)pthread_mutex_unlock(&p->lock);
}

void progress_pause(struct progress *p)
{
	(void)pthread_mutex_lock(&p->lock);
	if (p->shown)
		(void)fputs("\r\033[K", stderr);
	p->shown = false;
}

void progress_resume(struct progress *p)
{
	(void)pthread_mutex_unlock(&p->lock);
}
