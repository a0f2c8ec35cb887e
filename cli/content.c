// SPDX-License-Identifier: Apache-2.0
/* One pass over a file; see content.h. */
#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "pool.h"

DEFINE_FREEP(struct digest_ctx, digest);

static bool all_zero(const uint8_t *p, size_t len)
{
	return len && p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

/* Return: bytes read, 0 at the end, -errno. */
static ssize_t read_some(int fd, void *to)
{
	ssize_t n;

	do {
		n = read(fd, to, POOL_SCRATCH);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Holes of a sparse file stay holes; the end is set by the caller. */
static int write_some(int to, const void *data, size_t len, off_t at,
		      bool sparse)
{
	if (sparse && all_zero(data, len))
		return 0;
	return io_pwrite_full(&io_system, to, data, len, at);
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool unchanged(const struct stat *before, const struct stat *now,
		      off_t size)
{
	return now->st_size == size &&
	       same_time(&before->st_mtim, &now->st_mtim) &&
	       same_time(&before->st_ctim, &now->st_ctim);
}

int content_digest(const struct walk_file *f, int fd, unsigned alg, int to,
		   void *scratch, struct digest *ret)
{
	CLEANUP(digest_freep) struct digest_ctx *c = NULL;
	struct stat before, after;
	struct digest d;
	off_t size = 0;
	bool sparse;
	int r;

	if (!scratch)
		return -ENOMEM;
	r = digest_new(alg, &c);
	if (r < 0)
		return r;
	if (fstat(fd, &before) < 0)
		return -errno;
	sparse = before.st_blocks * 512 < before.st_size;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice */
	for (;;) {
		ssize_t n = read_some(fd, scratch);

		if (n < 0)
			return (int)n;
		if (n == 0)
			break;
		r = digest_update(c, scratch, (size_t)n);
		if (r == 0 && to >= 0)
			r = write_some(to, scratch, (size_t)n, size, sparse);
		if (r < 0)
			return r;
		size += n;
		progress_advance(f->progress, 0, (uint64_t)n);
		if (walk_stopped())
			return -EINTR;
	}
	if (to >= 0 && sparse && ftruncate(to, size) < 0)
		return -errno;
	if (fstat(fd, &after) < 0)
		return -errno;
	if (!unchanged(&before, &after, size))
		return -ESTALE;
	r = digest_final(c, &d);
	if (r == 0)
		*ret = d;
	return r;
}

const char *content_error(int r)
{
	switch (r) {
	case -ESTALE:
		return "changed while it was read; try again when nobody "
		       "writes to it";
	case -ELOOP:
		return "has become a symbolic link; not followed";
	case -EINTR:
		return "interrupted";
	case -EACCES:
		return "Permission denied (by its mode or, below a mount of "
		       "imafs, by its policy: see .ima/denials)";
	case -ENOPKG:
		return "hash algorithm not available in this OpenSSL";
	default:
		return strerrordesc_np(-r);
	}
}
