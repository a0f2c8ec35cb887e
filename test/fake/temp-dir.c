// SPDX-License-Identifier: Apache-2.0
#include "test/fake/temp-dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

static void give_up(const char *what)
{
	perror(what);
	abort();
}

void temp_dir_make(struct temp_dir *d)
{
	(void)strcpy(d->path, "/tmp/imafs-test-XXXXXX");
	if (!mkdtemp(d->path))
		give_up("mkdtemp");
	d->fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		give_up(d->path);
}

static void empty(int fd)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;

	if (!dir)
		give_up("fdopendir");
	while ((e = readdir(dir)) != NULL) {
		int sub;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, e->d_name, 0) == 0)
			continue;
		sub = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (sub < 0)
			give_up(e->d_name);
		empty(sub);
		if (unlinkat(fd, e->d_name, AT_REMOVEDIR) < 0)
			give_up(e->d_name);
	}
	(void)closedir(dir);
}

void temp_dir_remove(struct temp_dir *d)
{
	empty(d->fd);
	if (rmdir(d->path) < 0)
		give_up(d->path);
}

uint8_t *temp_dir_read(const struct temp_dir *d, const char *name,
		       size_t *ret_len)
{
	struct buf b = BUF_INIT;

	if (io_read_file(d->fd, name, 1u << 30, &b) < 0 ||
	    buf_reserve(&b, 1) < 0)
		give_up(name);
	*ret_len = b.len;
	return b.data;
}

void temp_dir_write(const struct temp_dir *d, const char *name,
		    const void *data, size_t len)
{
	int fd = openat(d->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			0600);

	if (fd < 0 || io_pwrite_full(&io_system, fd, data, len, 0) < 0 ||
	    close(fd) < 0)
		give_up(name);
}
