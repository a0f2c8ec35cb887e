// SPDX-License-Identifier: Apache-2.0
/*
 * Maps files, closes them and keeps the mappings, as programs do with their
 * libraries: keep-mapped FILE... says "mapped" and stays until stdin ends.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	(void)close(fd);
	return p == MAP_FAILED ? -1 : 0;
}

int main(int argc, char **argv)
{
	char c;

	for (int i = 1; i < argc; i++) {
		if (map(argv[i])) {
			perror(argv[i]);
			return 1;
		}
	}
	(void)printf("mapped\n");
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}
