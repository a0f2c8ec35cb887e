// SPDX-License-Identifier: Apache-2.0
/*
 * What works on an open file and decides nothing. A handle that is served from
 * an object is read there; what is written, and what is asked of a disk, goes
 * to the file below.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "bind.h"
#include "control.h"
#include "handle.h"
#include "locks.h"
#include "ops.h"

static struct control_handle *control_of(const struct fuse_file_info *fi)
{
	return (struct control_handle *)(uintptr_t)fi->fh;
}

/* Where the content that was promised to this handle is. */
static int content_fd(const struct handle *h)
{
	return h->object ? object_fd(h->object) : h->fd;
}

/* Some file systems (NFS) report a failed write only when it is closed. */
static int flush_below(const struct handle *h)
{
	int fd;

	if (!h->writes)
		return 0;
	fd = dup(h->fd);
	return fd < 0 || close(fd) ? -errno : 0;
}

void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);
	struct node *n = node_of(fs, ino);
	struct caller c = caller_of(req);

	if (n->control) {
		reply_error(req, control_flush(fs, control_of(fi), &c));
		return;
	}
	bind_flushed(handle_of(fi->fh));
	locks_flock_flushed(handle_of(fi->fh));
	locks_drop(fs, n->inode, fi->lock_owner);
	reply_error(req, flush_below(handle_of(fi->fh)));
}

void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync,
	      struct fuse_file_info *fi)
{
	int r = 0, fd;

	if (!node_of(fs_of(req), ino)->control) {
		fd = handle_of(fi->fh)->fd;
		r = datasync ? fdatasync(fd) : fsync(fd);
	}
	reply_error(req, r ? -errno : 0);
}

void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset,
		  off_t length, struct fuse_file_info *fi)
{
	int r = -EOPNOTSUPP;

	if (!node_of(fs_of(req), ino)->control) {
		do {
			r = fallocate(handle_of(fi->fh)->fd, mode, offset,
				      length)
				    ? -errno
				    : 0;
		} while (r == -EINTR);
	}
	reply_error(req, r);
}

void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence,
	      struct fuse_file_info *fi)
{
	off_t at;

	if (node_of(fs_of(req), ino)->control) {
		reply_error(req, -EINVAL); /* no holes, and no end to seek to */
		return;
	}
	at = lseek(content_fd(handle_of(fi->fh)), off, whence);
	if (at < 0)
		reply_error(req, -errno);
	else
		(void)fuse_reply_lseek(req, at);
}

/* EXDEV and EOPNOTSUPP make the kernel copy by reading and writing. */
void op_copy_file_range(fuse_req_t req, fuse_ino_t ino_in, off_t off_in,
			struct fuse_file_info *fi_in, fuse_ino_t ino_out,
			off_t off_out, struct fuse_file_info *fi_out,
			size_t len, int flags)
{
	struct fs *fs = fs_of(req);
	ssize_t n;

	if (node_of(fs, ino_in)->control || node_of(fs, ino_out)->control) {
		reply_error(req, -EXDEV);
		return;
	}
	n = copy_file_range(content_fd(handle_of(fi_in->fh)), &off_in,
			    handle_of(fi_out->fh)->fd, &off_out, len,
			    (unsigned)flags);
	if (n < 0)
		reply_error(req, -errno);
	else
		(void)fuse_reply_write(req, (size_t)n);
}
