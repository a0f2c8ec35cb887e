// SPDX-License-Identifier: Apache-2.0
/* Measurements of a tree of small files: what find(1) and tar(1) do. */
#include "bench.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More levels than a benchmark tree has; a loop would not end otherwise. */
#define DEPTH_MAX 32

static int read_one(int dir, const char *name)
{
	char page[65536];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	int64_t n;

	if (fd < 0)
		return complain(name, "open");
	n = read_all(fd, page, sizeof(page));
	(void)close(fd); /* O_RDONLY */
	return n < 0 ? complain(name, "read") : 0;
}

static int walk(int parent, const char *name, bool read_files, unsigned depth);

static int visit(int dir, const char *name, bool read_files, unsigned depth)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return complain(name, "stat");
	if (S_ISDIR(st.st_mode))
		return walk(dir, name, read_files, depth + 1);
	return read_files && S_ISREG(st.st_mode) ? read_one(dir, name) : 0;
}

static int walk(int parent, const char *name, bool read_files, unsigned depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;
	DIR *d;
	int r = 0;

	if (fd < 0 || depth > DEPTH_MAX)
		return complain(name, "open");
	d = fdopendir(fd);
	if (!d) {
		(void)close(fd); /* a directory */
		return complain(name, "open");
	}
	while (r == 0 && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			r = visit(fd, e->d_name, read_files, depth);
	}
	(void)closedir(d); /* a directory */
	return r;
}

static int measure_walk(struct target *t, bool read_files, double *ret)
{
	double start = seconds();
	int r = walk(AT_FDCWD, t->path, read_files, 0);

	*ret = (seconds() - start) * 1e3;
	return r;
}

int measure_find(struct target *t, double *ret)
{
	return measure_walk(t, false, ret);
}

int measure_tar(struct target *t, double *ret)
{
	return measure_walk(t, true, ret);
}
