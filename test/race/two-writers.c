// SPDX-License-Identifier: Apache-2.0
/*
 * Two descriptors that write one file, each by write(2) and by a mapping, see
 * what the other one did, and all of it is in the file in the end.
 *
 *     two-writers FILE before|between    when a reader opens it, and stays
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE 4096

static int die(const char *what)
{
	perror(what);
	exit(2);
}

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? die(path) : fd;
}

static char *map(int fd)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		(void)die("mmap");
	return p;
}

static int differs(const char *what, const char *got, const char *want)
{
	if (!memcmp(got, want, strlen(want)))
		return 0;
	(void)printf("%s: %.*s, not %s\n", what, (int)strlen(want), got, want);
	return 1;
}

int main(int argc, char **argv)
{
	const char *path = argv[1];
	char now[SIZE] = "";
	int first, second, bad = 0;
	char *p, *q;

	if (argc != 3)
		return 2;
	if (!strcmp(argv[2], "before"))
		(void)open_file(path, O_RDONLY);
	first = open_file(path, O_RDWR);
	if (pread(first, now, SIZE, 0) != SIZE)
		return die("read");
	if (strcmp(argv[2], "before") != 0)
		(void)open_file(path, O_RDONLY);
	second = open_file(path, O_RDWR);
	if (pwrite(second, "written", 7, 0) != 7 ||
	    pread(first, now, SIZE, 0) != SIZE)
		return die("write");
	bad += differs("what the second one wrote", now, "written");
	p = map(first);
	q = map(second);
	memcpy(p + 100, "first", 5);
	memcpy(q + 200, "second", 6);
	bad += differs("in the second mapping", q + 100, "first");
	bad += differs("in the first mapping", p + 200, "second");
	if (msync(p, SIZE, MS_SYNC) || msync(q, SIZE, MS_SYNC) ||
	    munmap(p, SIZE) || munmap(q, SIZE) || close(first) || close(second))
		return die("close");
	if (pread(open_file(path, O_RDONLY), now, SIZE, 0) != SIZE)
		return die("read again");
	bad += differs("in the file", now, "written");
	bad += differs("in the file", now + 100, "first");
	bad += differs("in the file", now + 200, "second");
	return bad ? 1 : 0;
}
