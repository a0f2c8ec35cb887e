// SPDX-License-Identifier: Apache-2.0
/*
 * The two sides of a race for a file's content.
 *
 *     race write MODE FILE       change FILE without end, until SIGTERM; MODE:
 *         same     write over all of it, keep the size
 *         size     truncate it, write another size
 *         rename   rename a new file over it
 *     race read [-d] [-m] FILE COUNT
 *         open FILE COUNT times, read all of it, print the SHA-256 of each
 *         -m  map it, too: the mapping must show what read(2) gave
 *         -d  EACCES is an answer: it is counted, not an error
 *
 * A reader ends with 1 if an open, a read or a mapping went wrong, and says
 * what it saw on stderr. Every content that a writer makes is different.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* More than the longest content: a file that is longer is an error. */
#define CONTENT_MAX (1 << 20)

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static int complain(const char *path, const char *what)
{
	fprintf(stderr, "race: %s: %s: %s\n", path, what, strerror(errno));
	return -1;
}

/* Marsaglia's xorshift: what comes out has no meaning beyond being new. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void pause_at_random(uint64_t *state)
{
	struct timespec t = { 0, (long)(next(state) % 2000000) };

	if (next(state) % 2)
		(void)nanosleep(&t, NULL); /* a signal ends it early: fine */
}

/* Writing */

static size_t choose_size(uint64_t *state)
{
	static const size_t sizes[] = { 1,     100,   4095,  4096,  4097,
					20000, 65536, 65537, 98304, 200000 };

	return sizes[next(state) % (sizeof(sizes) / sizeof(sizes[0]))];
}

static void fill(uint64_t *state, uint8_t *content, size_t size)
{
	for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t x = next(state);

		memcpy(content + at, &x,
		       size - at < sizeof(x) ? size - at : sizeof(x));
	}
}

/* In pieces, so that there is a middle to be caught in. */
static int put(int fd, const uint8_t *content, size_t size)
{
	size_t at = 0;

	while (at < size) {
		size_t piece = size - at < 8192 ? size - at : 8192;
		ssize_t n = pwrite(fd, content + at, piece, (off_t)at);

		if (n < 0)
			return -1;
		at += (size_t)n;
	}
	return 0;
}

static int write_in_place(const char *path, const uint8_t *content, size_t size,
			  bool truncate)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	int r;

	if (fd < 0)
		return complain(path, "open for writing");
	r = truncate ? ftruncate(fd, 0) : 0;
	if (r == 0)
		r = put(fd, content, size);
	if (r < 0)
		(void)complain(path, "write");
	if (close(fd) < 0)
		return complain(path, "close");
	return r;
}

static int write_and_rename(const char *path, const uint8_t *content,
			    size_t size)
{
	char fresh[PATH_MAX];

	if (snprintf(fresh, sizeof(fresh), "%s.new", path) >=
	    (int)sizeof(fresh)) {
		errno = ENAMETOOLONG;
		return complain(path, "rename");
	}
	if (write_in_place(fresh, content, size, true) < 0)
		return -1;
	return rename(fresh, path) < 0 ? complain(fresh, "rename") : 0;
}

static int write_without_end(const char *mode, const char *path)
{
	static uint8_t content[CONTENT_MAX];
	uint64_t state = (uint64_t)getpid() << 32 | (uint64_t)time(NULL);
	unsigned long count = 0;
	int r = 0;

	while (!ended && r == 0) {
		bool same = strcmp(mode, "same") == 0;
		size_t size = same ? 65536 : choose_size(&state);

		fill(&state, content, size);
		if (strcmp(mode, "rename") == 0)
			r = write_and_rename(path, content, size);
		else
			r = write_in_place(path, content, size, !same);
		count++;
		pause_at_random(&state);
	}
	printf("%lu\n", count);
	return r;
}

/* Reading */

struct reader {
	const char *path;
	bool map, may_deny;
	uint8_t content[CONTENT_MAX + 1];
	unsigned long denied;
};

/* Bytes, or -1 after a message. */
static ssize_t read_all(struct reader *r, int fd)
{
	size_t at = 0;

	while (at < sizeof(r->content)) {
		ssize_t n = read(fd, r->content + at, sizeof(r->content) - at);

		if (n < 0)
			return complain(r->path, "read");
		if (n == 0)
			return (ssize_t)at;
		at += (size_t)n;
	}
	errno = EFBIG;
	return complain(r->path, "read");
}

static int print_digest(const struct reader *r, size_t size)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n;

	if (!EVP_Digest(r->content, size, digest, &n, EVP_sha256(), NULL)) {
		errno = ENOMEM;
		return complain(r->path, "digest");
	}
	for (unsigned i = 0; i < n; i++)
		printf("%02x", digest[i]);
	printf("\n");
	return 0;
}

static int compare_mapping(const struct reader *r, int fd, size_t size)
{
	struct stat st;
	void *map;
	int same;

	if (fstat(fd, &st) < 0)
		return complain(r->path, "fstat");
	if ((size_t)st.st_size != size) {
		fprintf(stderr,
			"race: %s: %zu bytes were read, st_size is %lld\n",
			r->path, size, (long long)st.st_size);
		return -1;
	}
	if (size == 0)
		return 0;
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return complain(r->path, "mmap");
	same = memcmp(map, r->content, size) == 0;
	(void)munmap(map, size);
	if (!same)
		fprintf(stderr, "race: %s: the mapping shows something else\n",
			r->path);
	return same ? 0 : -1;
}

static int read_once(struct reader *r, uint64_t *state)
{
	int fd = open(r->path, O_RDONLY | O_CLOEXEC);
	int result = -1;
	ssize_t n;

	if (fd < 0 && errno == EACCES && r->may_deny) {
		r->denied++;
		return 0;
	}
	if (fd < 0)
		return complain(r->path, "open");
	pause_at_random(state);
	n = read_all(r, fd);
	if (n >= 0)
		result = print_digest(r, (size_t)n);
	if (result == 0 && r->map)
		result = compare_mapping(r, fd, (size_t)n);
	(void)close(fd); /* O_RDONLY */
	return result;
}

static int read_often(struct reader *r, unsigned long count)
{
	uint64_t state = (uint64_t)getpid() << 32 | 1;
	unsigned long failed = 0;

	for (unsigned long i = 0; i < count; i++)
		failed += read_once(r, &state) < 0;
	if (fflush(stdout) < 0)
		return complain("stdout", "write");
	fprintf(stderr, "%lu opened, %lu denied, %lu failed\n",
		count - r->denied - failed, r->denied, failed);
	return failed ? -1 : 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: race write same|size|rename FILE\n"
			"       race read [-d] [-m] FILE COUNT\n");
	return 2;
}

static int read_command(int argc, char **argv)
{
	static struct reader r;
	unsigned long count;
	char *rest;
	int c;

	while ((c = getopt(argc, argv, "dm")) != -1) {
		if (c == 'd')
			r.may_deny = true;
		else if (c == 'm')
			r.map = true;
		else
			return usage();
	}
	if (argc - optind != 2)
		return usage();
	r.path = argv[optind];
	errno = 0;
	count = strtoul(argv[optind + 1], &rest, 10);
	if (errno || *rest)
		return usage();
	return read_often(&r, count) < 0 ? 1 : 0;
}

static int write_command(int argc, char **argv)
{
	static const struct sigaction on_end = { .sa_handler = end };

	if (argc != 3 || (strcmp(argv[1], "same") && strcmp(argv[1], "size") &&
			  strcmp(argv[1], "rename")))
		return usage();
	(void)sigaction(SIGTERM, &on_end, NULL);
	return write_without_end(argv[1], argv[2]) < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "read") == 0)
		return read_command(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "write") == 0)
		return write_command(argc - 1, argv + 1);
	return usage();
}
