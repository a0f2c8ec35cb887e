/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FUSE passthrough (Linux >= 6.9). The only file that knows its ABI, and how
 * to have it with a libfuse that does not know it.
 */
#ifndef FS_PASSTHROUGH_H
#define FS_PASSTHROUGH_H

#include "ops.h"

/*
 * Registers @fd with the kernel. Return: backing id > 0; -EPERM without
 * CAP_SYS_ADMIN; -ELOOP if the file is on a stacked file system; -errno.
 */
int passthrough_register(struct fs *fs, int fd);
void passthrough_unregister(struct fs *fs, int id);

/*
 * Replies to an OPEN with a backing id. Return: 0, or -ENOENT if the request
 * was interrupted and nobody will release the handle.
 */
int passthrough_reply_open(fuse_req_t req, const struct fuse_file_info *fi,
			   int id);
int passthrough_reply_create(fuse_req_t req, const struct fuse_entry_param *e,
			     const struct fuse_file_info *fi, int id);

#endif
