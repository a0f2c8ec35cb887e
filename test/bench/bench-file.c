// SPDX-License-Identifier: Apache-2.0
/* Measurements of one file: opening, executing, reading, mapping it. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE  4096
#define CHUNK (1 << 20)
#define MIB   (1024.0 * 1024.0)

/*
 * How long the short measurements are repeated in one turn. A turn is short, as
 * a noisy host is slow for seconds: that is to hit all targets alike, and many
 * turns are taken. The first steps of a turn find other targets' data in the
 * caches and are not counted.
 */
#define REPEAT_SECONDS 0.01
#define LEAD_IN	       4

/*
 * Content that was touched is trusted to be settled only when file times have
 * moved on (one tick of the kernel's coarse clock, 10 ms at most).
 */
#define SETTLE_NS 50000000

static int open_read_close(const char *path)
{
	char page[PAGE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return complain(path, "open");
	if (read(fd, page, sizeof(page)) < 0) {
		(void)complain(path, "read");
		(void)close(fd);
		return -1;
	}
	return close(fd) < 0 ? complain(path, "close") : 0;
}

static int spawn_and_wait(const char *path, char *const argv[], bool quiet)
{
	posix_spawn_file_actions_t actions;
	int r, status;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&actions);
	if (quiet)
		(void)posix_spawn_file_actions_addopen(
			&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	r = posix_spawnp(&pid, path, quiet ? &actions : NULL, NULL, argv,
			 environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r) {
		errno = r;
		return complain(path, "exec");
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return complain(path, "wait");
	}
	if (status) {
		fprintf(stderr, "bench: %s: wait status %d\n", path, status);
		return -1;
	}
	return 0;
}

static int execute(const char *path)
{
	char name[] = "noop";
	char *const argv[] = { name, NULL };

	return spawn_and_wait(path, argv, false);
}

static int take_steps(struct target *t, int (*step)(const char *path), int n)
{
	for (int i = 0; i < n; i++) {
		if (step(t->path) < 0)
			return -1;
	}
	return 0;
}

/* Nanoseconds per call. */
static int repeat(struct target *t, int (*step)(const char *path), double *ret)
{
	unsigned long count = 0;
	double start, now;

	if (take_steps(t, step, LEAD_IN) < 0)
		return -1;
	start = seconds();
	do {
		if (take_steps(t, step, 10) < 0)
			return -1;
		count += 10;
		now = seconds();
	} while (now - start < REPEAT_SECONDS);
	*ret = (now - start) * 1e9 / (double)count;
	return 0;
}

int measure_open(struct target *t, double *ret)
{
	return repeat(t, open_read_close, ret);
}

int measure_exec(struct target *t, double *ret)
{
	return repeat(t, execute, ret);
}

/* Bytes of the file, or -1 after a message. */
static int64_t read_file(const char *path)
{
	char *chunk = malloc(CHUNK);
	int64_t n = -1;
	int fd;

	if (!chunk)
		return complain(path, "read");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)complain(path, "open");
	} else {
		n = read_all(fd, chunk, CHUNK);
		if (n < 0)
			(void)complain(path, "read");
		(void)close(fd); /* O_RDONLY */
	}
	free(chunk);
	return n;
}

/*
 * The next read of @path is to be like the first: nothing of it in this file
 * system's page cache, and its content unknown. The file below stays cached.
 */
static int make_unknown(const char *path, const char *source)
{
	const struct timespec settle = { 0, SETTLE_NS };
	int fd;

	if (!source)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return complain(path, "open");
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); /* advice only */
	(void)close(fd);				    /* O_RDONLY */
	if (utimensat(AT_FDCWD, source, NULL, 0) < 0)
		return complain(source, "touch");
	(void)nanosleep(&settle, NULL);
	return 0;
}

static int openssl_dgst(const char *path, double *ret)
{
	char *file = strdup(path);
	char openssl[] = "openssl", dgst[] = "dgst", alg[] = "-sha256";
	char *const argv[] = { openssl, dgst, alg, file, NULL };
	struct stat st;
	double start;
	int r;

	if (!file || stat(path, &st) < 0) {
		free(file);
		return complain(path, "stat");
	}
	start = seconds();
	r = spawn_and_wait(openssl, argv, true);
	*ret = (double)st.st_size / MIB / (seconds() - start);
	free(file);
	return r;
}

int measure_first(struct target *t, double *ret)
{
	double start;
	int64_t n;

	if (strcmp(t->name, "openssl") == 0)
		return openssl_dgst(t->path, ret);
	if (make_unknown(t->path, t->source) < 0)
		return -1;
	start = seconds();
	n = read_file(t->path);
	*ret = (double)n / MIB / (seconds() - start);
	return n < 0 ? -1 : 0;
}

int measure_again(struct target *t, double *ret)
{
	double start;
	int64_t n;

	if (!t->warm && read_file(t->path) < 0)
		return -1;
	t->warm = true;
	start = seconds();
	n = read_file(t->path);
	*ret = (double)n / MIB / (seconds() - start);
	return n < 0 ? -1 : 0;
}

/* A small generator: the same offsets for everybody (Marsaglia, xorshift). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

static int open_sized(const char *path, uint64_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return complain(path, "open");
	if (fstat(fd, &st) < 0 || st.st_size < PAGE) {
		(void)complain(path, "size");
		(void)close(fd); /* O_RDONLY */
		return -1;
	}
	*ret_size = (uint64_t)st.st_size;
	return fd;
}

int measure_random(struct target *t, double *ret)
{
	uint64_t size = 0, state = 88172645463325252U;
	unsigned long count = 0;
	double start, now;
	char page[PAGE];
	int fd;

	if (!t->warm && read_file(t->path) < 0)
		return -1;
	t->warm = true;
	fd = open_sized(t->path, &size);
	if (fd < 0)
		return -1;
	start = seconds();
	do {
		for (int i = 0; i < 1000; i++) {
			off_t at = (off_t)(next_random(&state) % (size / PAGE) *
					   PAGE);

			if (pread(fd, page, PAGE, at) != PAGE) {
				(void)close(fd); /* O_RDONLY */
				return complain(t->path, "read");
			}
		}
		count += 1000;
		now = seconds();
	} while (now - start < REPEAT_SECONDS);
	(void)close(fd); /* O_RDONLY */
	*ret = (now - start) * 1e9 / (double)count;
	return 0;
}

int measure_mmap(struct target *t, double *ret)
{
	volatile unsigned char sum = 0;
	const unsigned char *map;
	uint64_t size = 0;
	double start;
	int fd;

	if (!t->warm && read_file(t->path) < 0)
		return -1;
	t->warm = true;
	fd = open_sized(t->path, &size);
	if (fd < 0)
		return -1;
	start = seconds();
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		(void)close(fd); /* O_RDONLY */
		return complain(t->path, "mmap");
	}
	for (uint64_t at = 0; at < size; at += PAGE)
		sum = (unsigned char)(sum + map[at]);
	*ret = (double)size / MIB / (seconds() - start);
	(void)munmap((void *)(uintptr_t)map, size);
	(void)close(fd); /* O_RDONLY */
	return 0;
}

static void *read_in_thread(void *path)
{
	return read_file(path) < 0 ? path : NULL; /* not NULL: failed */
}

/* PATH and PATH2, and their sources. */
struct pair {
	char path[2][4096];
	bool has_source;
	char source[2][4096];
};

static void pair_of(const struct target *t, struct pair *ret)
{
	ret->has_source = t->source != NULL;
	for (int i = 0; i < 2; i++) {
		(void)snprintf(ret->path[i], sizeof(ret->path[i]), "%s%s",
			       t->path, i ? "2" : "");
		(void)snprintf(ret->source[i], sizeof(ret->source[i]), "%s%s",
			       ret->has_source ? t->source : "", i ? "2" : "");
	}
}

static int make_pair_unknown(const struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		if (make_unknown(p->path[i],
				 p->has_source ? p->source[i] : NULL) < 0)
			return -1;
	}
	return 0;
}

/* Reads both at once, for the first time. Seconds, or -1 after a message. */
static double read_at_once(struct pair *p)
{
	void *failed = NULL, *here;
	double start, end;
	pthread_t other;

	if (make_pair_unknown(p) < 0)
		return -1;
	start = seconds();
	errno = pthread_create(&other, NULL, read_in_thread, p->path[1]);
	if (errno)
		return complain(p->path[1], "thread");
	here = read_in_thread(p->path[0]);
	(void)pthread_join(other, &failed);
	end = seconds();
	return here || failed ? -1 : end - start;
}

int measure_together(struct target *t, double *ret)
{
	struct stat st[2];
	struct pair p;
	double took;

	pair_of(t, &p);
	for (int i = 0; i < 2; i++) {
		if (stat(p.path[i], &st[i]) < 0)
			return complain(p.path[i], "stat");
	}
	took = read_at_once(&p);
	if (took < 0)
		return -1;
	*ret = (double)(st[0].st_size + st[1].st_size) / MIB / took;
	return 0;
}

int measure_pair(struct target *t, double *ret)
{
	double start, alone, together;
	struct pair p;

	pair_of(t, &p);
	if (make_pair_unknown(&p) < 0)
		return -1;
	start = seconds();
	if (read_file(p.path[0]) < 0 || read_file(p.path[1]) < 0)
		return -1;
	alone = seconds() - start;
	together = read_at_once(&p);
	if (together < 0)
		return -1;
	*ret = alone / together;
	return 0;
}
