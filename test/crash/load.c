// SPDX-License-Identifier: Apache-2.0
/*
 * Work for a daemon that is about to be killed:
 *
 *     load SOURCE MOUNTPOINT FIRST THREADS
 *
 * makes files "fNNN" with new content in SOURCE, opens each through MOUNTPOINT,
 * reads it and only then prints its name: whoever had the content must find it
 * in the log. Now and then a file is opened for writing while it is being
 * read, for the violation. Ends with 0 when the daemon is gone, with 1 if
 * anything else goes wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 64

/* One file in this many is written while it is read. */
#define WRITE_EVERY 16

static const char *source, *mountpoint;
static atomic_ulong next_file;
static atomic_bool failed;

static bool daemon_is_gone(int error)
{
	return error == ENOTCONN || error == ECONNABORTED;
}

static int complain(const char *path, const char *what)
{
	if (!daemon_is_gone(errno)) {
		fprintf(stderr, "load: %s: %s: %s\n", path, what,
			strerror(errno));
		atomic_store(&failed, true);
	}
	return -1;
}

static int make_file(const char *path, unsigned long number)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "content of file %lu\n", number);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool whole;

	if (fd < 0)
		return complain(path, "create");
	whole = write(fd, text, (size_t)n) == n;
	if (close(fd) < 0 || !whole)
		return complain(path, "write");
	return 0;
}

static int write_meanwhile(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return complain(path, "open for writing");
	return close(fd) < 0 ? complain(path, "close") : 0;
}

static int use_file(const char *path, unsigned long number)
{
	char text[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = 0;
	int n;

	if (fd < 0)
		return complain(path, "open");
	if (read(fd, text, sizeof(text)) <= 0) {
		r = complain(path, "read");
	} else {
		/* one write(2) per line: threads do not mix */
		n = snprintf(text, sizeof(text), "f%lu\n", number);
		if (write(STDOUT_FILENO, text, (size_t)n) != n)
			r = complain("stdout", "write");
		if (r == 0 && number % WRITE_EVERY == 0)
			r = write_meanwhile(path);
	}
	(void)close(fd); /* O_RDONLY */
	return r;
}

static void *work(void *unused)
{
	char below[4096], above[4096];
	int r = 0;

	while (r == 0 && !atomic_load(&failed)) {
		unsigned long n = atomic_fetch_add(&next_file, 1);

		(void)snprintf(below, sizeof(below), "%s/f%lu", source, n);
		(void)snprintf(above, sizeof(above), "%s/f%lu", mountpoint, n);
		r = make_file(below, n);
		if (r == 0)
			r = use_file(above, n);
		(void)unlink(below); /* the next run does not look at it */
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS_MAX];
	unsigned long first, threads;

	if (argc != 5) {
		fprintf(stderr,
			"usage: load SOURCE MOUNTPOINT FIRST THREADS\n");
		return 2;
	}
	source = argv[1];
	mountpoint = argv[2];
	first = strtoul(argv[3], NULL, 10);
	threads = strtoul(argv[4], NULL, 10);
	if (threads == 0 || threads > THREADS_MAX)
		threads = 1;
	atomic_store(&next_file, first);
	for (unsigned long i = 0; i < threads; i++) {
		if (pthread_create(&thread[i], NULL, work, NULL)) {
			fprintf(stderr, "load: no thread\n");
			return 1;
		}
	}
	for (unsigned long i = 0; i < threads; i++)
		(void)pthread_join(thread[i], NULL);
	fprintf(stderr, "%lu\n", atomic_load(&next_file));
	return atomic_load(&failed) ? 1 : 0;
}
