// SPDX-License-Identifier: Apache-2.0
/*
 * Writes to a file through a shared mapping, twice, to one page; in between
 * another reader looks. Prints what is read during and after: "1 2".
 *
 *     shared FILE NAME      (one file, as the writer and the reader see it)
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static char first(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char c = '?';

	if (fd < 0 || read(fd, &c, 1) != 1)
		perror(path);
	if (fd >= 0)
		(void)close(fd);
	return c;
}

int main(int argc, char **argv)
{
	char *map, during;
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	map = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || map == MAP_FAILED) {
		perror(argv[1]);
		return 2;
	}
	(void)close(fd);
	map[0] = '1';
	(void)usleep(200000); /* more than any tick of a clock */
	during = first(argv[2]);
	map[0] = '2';
	(void)munmap(map, 1);
	(void)printf("%c %c\n", during, first(argv[2]));
	return 0;
}
