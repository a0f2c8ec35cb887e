// SPDX-License-Identifier: Apache-2.0
/*
 * Several openers of one file at the same moment, after its content changed.
 *
 *     together SOURCE FILE ROUNDS
 *
 * Each round gives SOURCE a new content of the same size. Then all threads
 * open FILE at once, and read it or map it: each must see the new content, and
 * nothing of the one before, which the page cache may have. Between the rounds
 * nobody has FILE open.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#define SIZE	(48 << 10)
/* For the releases of the last round to arrive. */
#define PAUSE_NS 1500000

static const char *file;
static unsigned long rounds;
static uint64_t want[SIZE / sizeof(uint64_t)];
static pthread_barrier_t barrier;

static bool complain(const char *what)
{
	fprintf(stderr, "together: %s: %s\n", what, strerror(errno));
	return false;
}

static bool same(const void *seen, const char *how, unsigned long round)
{
	uint64_t first;

	if (memcmp(seen, want, SIZE) == 0)
		return true;
	for (size_t at = 0; at < SIZE; at += sizeof(first)) {
		memcpy(&first, (const char *)seen + at, sizeof(first));
		if (first == want[0])
			continue;
		fprintf(stderr, "round %lu: %s gave content %llu at %zu\n",
			round, how, (unsigned long long)first, at);
		break;
	}
	return false;
}

static bool look(bool by_map, unsigned long round)
{
	static _Thread_local char seen[SIZE];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	bool good;
	void *map;

	if (fd < 0)
		return complain("open");
	if (by_map) {
		map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
		good = map != MAP_FAILED ? same(map, "a mapping", round)
					 : complain("mmap");
		if (map != MAP_FAILED)
			(void)munmap(map, SIZE);
	} else {
		good = pread(fd, seen, SIZE, 0) == SIZE
			       ? same(seen, "reading", round)
			       : complain("read");
	}
	(void)close(fd);
	return good;
}

static void *opener(void *arg)
{
	bool by_map = *(const unsigned *)arg % 2, good = true;

	for (unsigned long r = 1; r <= rounds; r++) {
		(void)pthread_barrier_wait(&barrier);
		good &= look(by_map, r);
		(void)pthread_barrier_wait(&barrier);
	}
	return good ? NULL : arg;
}

static bool change(const char *source, unsigned long round)
{
	int fd = open(source, O_WRONLY | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return complain(source);
	for (size_t i = 0; i < SIZE / sizeof(want[0]); i++)
		want[i] = round;
	good = pwrite(fd, want, SIZE, 0) == SIZE;
	return close(fd) == 0 && good ? true : complain(source);
}

int main(int argc, char **argv)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_NS };
	unsigned number[THREADS];
	pthread_t id[THREADS];
	bool good = true;
	void *bad;

	rounds = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	if (!rounds)
		return 2;
	file = argv[2];
	(void)pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (unsigned i = 0; i < THREADS; i++) {
		number[i] = i;
		errno = pthread_create(&id[i], NULL, opener, &number[i]);
		if (errno)
			return complain("thread"), 1;
	}
	for (unsigned long r = 1; r <= rounds; r++) {
		good &= change(argv[1], r);
		(void)pthread_barrier_wait(&barrier);
		(void)pthread_barrier_wait(&barrier);
		(void)nanosleep(&pause, NULL);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		(void)pthread_join(id[i], &bad);
		good &= !bad;
	}
	return good ? 0 : 1;
}
