// SPDX-License-Identifier: Apache-2.0
/*
 * Replays a corpus directory through a fuzz target, TAP on stdout. The target
 * returns 0 for accepted and -1 for rejected input; a file's directory
 * (accept/ or reject/) says which it must be.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned number, failed;

static void replay_dir(const char *base, const char *kind, int expected)
{
	char path[4096];
	struct dirent **list = NULL;
	int n;

	(void)snprintf(path, sizeof(path), "%s/%s", base, kind);
	n = scandir(path, &list, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		struct buf b = BUF_INIT;
		char file[8192];
		int r;

		(void)snprintf(file, sizeof(file), "%s/%s", path,
			       list[i]->d_name);
		if (list[i]->d_name[0] != '.') {
			r = io_read_file(AT_FDCWD, file, 1 << 26, &b);
			if (r == 0)
				r = LLVMFuzzerTestOneInput(b.data, b.len) ==
						    expected
					    ? 0
					    : 1;
			if (r)
				failed++;
			(void)printf("%s %u - %s/%s\n", r ? "not ok" : "ok",
				     ++number, kind, list[i]->d_name);
		}
		buf_release(&b);
		free(list[i]);
	}
	free(list);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	replay_dir(argv[1], "accept", 0);
	replay_dir(argv[1], "reject", -1);
	if (!number)
		(void)printf("not ok %u - no corpus in %s\n", ++number,
			     argv[1]);
	(void)printf("1..%u\n", number);
	return failed || !number;
}
