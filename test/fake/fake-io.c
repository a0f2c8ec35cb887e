// SPDX-License-Identifier: Apache-2.0
#include "test/fake/fake-io.h"

#include <errno.h>
#include <stdint.h>

/* .io is the first member */
static struct fake_io *fake(const struct io *io)
{
	return (struct fake_io *)(uintptr_t)io;
}

static int interrupted(struct fake_io *f)
{
	f->calls++;
	return f->eintr && f->calls % f->eintr == 0;
}

static ssize_t fake_pread(const struct io *io, int fd, void *to, size_t len,
			  off_t at)
{
	struct fake_io *f = fake(io);

	if (f->read_error)
		return f->read_error;
	if (interrupted(f))
		return -EINTR;
	if (f->at_most && len > f->at_most)
		len = f->at_most;
	return io_system.pread(&io_system, fd, to, len, at);
}

static ssize_t fake_pwrite(const struct io *io, int fd, const void *from,
			   size_t len, off_t at)
{
	struct fake_io *f = fake(io);

	if (interrupted(f))
		return -EINTR;
	if (len && !f->room)
		return f->error;
	if (len > f->room)
		len = f->room;
	if (f->at_most && len > f->at_most)
		len = f->at_most;
	f->room -= len;
	return io_system.pwrite(&io_system, fd, from, len, at);
}

static int fake_ftruncate(const struct io *io, int fd, off_t len)
{
	struct fake_io *f = fake(io);

	return f->truncate_error ? f->truncate_error
				 : io_system.ftruncate(&io_system, fd, len);
}

/* Nobody switches the power off in a test. */
static int fake_fdatasync(const struct io *io, int fd)
{
	(void)fd;
	return fake(io)->sync_error;
}

void fake_io_init(struct fake_io *f)
{
	*f = (struct fake_io){
		.io = { fake_pread, fake_pwrite, fake_ftruncate,
			fake_fdatasync },
		.room = SIZE_MAX,
		.error = -ENOSPC,
	};
}
