// SPDX-License-Identifier: Apache-2.0
/*
 * Writes to a file that it has open, maps it for execution, and prints what is
 * there.
 *
 *     map rw|trunc|new FILE TEXT
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	int flags = O_RDWR, fd, to;
	char *map;
	size_t n;

	if (argc != 4)
		return 2;
	n = strlen(argv[3]);
	if (strcmp(argv[1], "trunc") == 0)
		flags = O_RDONLY | O_TRUNC;
	else if (strcmp(argv[1], "new") == 0)
		flags = O_RDWR | O_CREAT | O_EXCL;
	fd = open(argv[2], flags, 0755);
	if (fd < 0)
		return fail("open");
	to = flags & O_RDWR ? fd : open(argv[2], O_WRONLY);
	if (to < 0 || pwrite(to, argv[3], n, 0) != (ssize_t)n)
		return fail("write");
	map = mmap(NULL, n, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return fail("mmap");
	(void)printf("%.*s\n", (int)n, map);
	return 0;
}
