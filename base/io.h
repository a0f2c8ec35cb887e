/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam between imafs and the files it keeps (journal, state). Everything
 * that must survive a crash goes through a struct io, so that a test can
 * inject short writes, ENOSPC, EIO or a stop after N bytes.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

struct io {
	/* As the system calls of the same name, but 0/n or -errno. */
	ssize_t (*pread)(const struct io *io, int fd, void *to, size_t len,
			 off_t at);
	ssize_t (*pwrite)(const struct io *io, int fd, const void *from,
			  size_t len, off_t at);
	int (*ftruncate)(const struct io *io, int fd, off_t len);
	int (*fdatasync)(const struct io *io, int fd);
};

/* The system calls themselves. */
extern const struct io io_system;

/*
 * Reads until @len bytes or the end. Return: bytes read, or -errno. EINTR is
 * retried.
 */
ssize_t io_pread_full(const struct io *io, int fd, void *to, size_t len,
		      off_t at);

/* Writes all of it. Return: 0, or -errno (-EIO if a write returns 0). */
int io_pwrite_full(const struct io *io, int fd, const void *from, size_t len,
		   off_t at);

/*
 * io_read_file() - read a whole file into memory
 * @dirfd: directory that @path is relative to, or AT_FDCWD
 * @max:   larger files are refused with -EFBIG
 * @ret:   contents, appended; the caller releases it
 *
 * Return: 0; -errno of open or read; -EISDIR for anything but a regular file,
 * a pipe or a character device.
 */
int io_read_file(int dirfd, const char *path, size_t max, struct buf *ret);

#endif
