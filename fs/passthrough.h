/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FUSE passthrough (Linux >= 6.9). The only file that knows its ABI, and how
 * to have it with a libfuse that does not know it: the INIT reply is completed
 * on its way out, and OPEN replies are built here.
 */
#ifndef FS_PASSTHROUGH_H
#define FS_PASSTHROUGH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "ops.h"

/*
 * Registers @fd with the kernel. Return: backing id > 0; -EOPNOTSUPP where
 * fs->passthrough is false; -EPERM without CAP_SYS_ADMIN; -ELOOP if the file
 * is on a stacked file system; -errno.
 */
int passthrough_register(struct fs *fs, int fd);

/* Cannot fail; does nothing once the session is closed. */
void passthrough_unregister(struct fs *fs, int id);

/*
 * Replies to an OPEN with a backing id. Of @fi only fh, direct_io and noflush
 * are used: the kernel admits nothing else together with passthrough.
 * Return: 0, or -ENOENT if the request was interrupted and nobody will release
 * the handle.
 */
int passthrough_reply_open(fuse_req_t req, const struct fuse_file_info *fi,
			   int id);
int passthrough_reply_create(fuse_req_t req, const struct fuse_entry_param *e,
			     const struct fuse_file_info *fi, int id);

/* The INIT handshake, for session.c; used by one thread. Zeroed at first. */
struct passthrough_offer {
	uint64_t unique; /* of the INIT request */
	bool offered;	 /* the kernel can do it */
	bool accepted;	 /* our reply said yes */
};

/* Looks at a request before libfuse does. */
void passthrough_see_request(struct passthrough_offer *o, const void *request,
			     size_t len);

/*
 * Adds passthrough to the INIT reply if it was offered and this process may
 * use it; other replies are left alone.
 */
void passthrough_complete_reply(struct passthrough_offer *o,
				const struct iovec *iov, int count);

/*
 * passthrough_probe() - try whether it works, after INIT was answered
 * Return: 0; -EOPNOTSUPP: not agreed on; -EPERM and others of the kernel.
 */
int passthrough_probe(struct fs *fs, const struct passthrough_offer *o);

#endif
