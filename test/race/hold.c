// SPDX-License-Identifier: Apache-2.0
/*
 * Opens files and keeps them open: hold COUNT FILE... opens at most COUNT of
 * them, stops at the first that cannot be opened, prints how many it had.
 * Exit status 1 if the error was not one of having too many.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long most = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long have = 0;

	for (int i = 2; i < argc && have < most; i++) {
		if (open(argv[i], O_RDONLY | O_CLOEXEC) < 0) {
			fprintf(stderr, "hold: %s: %s\n", argv[i],
				strerror(errno));
			if (errno != EMFILE && errno != ENFILE &&
			    errno != ENOMEM)
				return 1;
			break;
		}
		have++;
	}
	printf("%lu\n", have);
	return 0;
}
