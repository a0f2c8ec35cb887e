// SPDX-License-Identifier: Apache-2.0
/* System calls behind the io seam; see io.h. The only place that turns
 * -1/errno of file I/O into -errno. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static ssize_t system_pread(const struct io *io, int fd, void *to, size_t len,
			    off_t at)
{
	ssize_t n = pread(fd, to, len, at);

	(void)io;
	return n < 0 ? -errno : n;
}

static ssize_t system_pwrite(const struct io *io, int fd, const void *from,
			     size_t len, off_t at)
{
	ssize_t n = pwrite(fd, from, len, at);

	(void)io;
	return n < 0 ? -errno : n;
}

static int system_ftruncate(const struct io *io, int fd, off_t len)
{
	(void)io;
	return ftruncate(fd, len) < 0 ? -errno : 0;
}

static int system_fdatasync(const struct io *io, int fd)
{
	(void)io;
	return fdatasync(fd) < 0 ? -errno : 0;
}

const struct io io_system = {
	.pread = system_pread,
	.pwrite = system_pwrite,
	.ftruncate = system_ftruncate,
	.fdatasync = system_fdatasync,
};

ssize_t io_pread_full(const struct io *io, int fd, void *to, size_t len,
		      off_t at)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = io->pread(io, fd, (char *)to + done, len - done,
				      at + (off_t)done);

		if (n == -EINTR)
			continue;
		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int io_pwrite_full(const struct io *io, int fd, const void *from, size_t len,
		   off_t at)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = io->pwrite(io, fd, (const char *)from + done,
				       len - done, at + (off_t)done);

		if (n == -EINTR)
			continue;
		if (n < 0)
			return (int)n;
		if (n == 0)
			return -EIO;
		done += (size_t)n;
	}
	return 0;
}

int io_read_file(int dirfd, const char *path, size_t max, struct buf *ret)
{
	CLEANUP(closep) int fd = -1;
	struct stat st;
	int r;

	fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) &&
	    !S_ISCHR(st.st_mode))
		return -EISDIR;
	for (size_t total = 0;;) {
		ssize_t n;

		r = buf_reserve(ret, 65536);
		if (r < 0)
			return r;
		n = read(fd, ret->data + ret->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		total += (size_t)n;
		if (total > max)
			return -EFBIG;
		ret->len += (size_t)n;
	}
}
