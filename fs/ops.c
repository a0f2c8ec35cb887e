// SPDX-License-Identifier: Apache-2.0
/*
 * The table of operations, and what all of them need: nodes, callers, replies.
 * Must not do file system work itself.
 */
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/proc.h"
#include "control.h"
#include "retry.h"

/*
 * Not there: access (default_permissions: the kernel checks), ioctl, poll,
 * bmap (we are no block device), init and destroy (session.c's).
 */
const struct fuse_lowlevel_ops fs_ops = {
	.lookup = op_lookup,
	.forget = op_forget,
	.forget_multi = op_forget_multi,
	.getattr = op_getattr,
	.setattr = op_setattr,
	.readlink = op_readlink,
	.statfs = op_statfs,

	.mknod = op_mknod,
	.mkdir = op_mkdir,
	.symlink = op_symlink,
	.link = op_link,
	.unlink = op_unlink,
	.rmdir = op_rmdir,
	.rename = op_rename,

	.opendir = op_opendir,
	.readdir = op_readdir,
	.readdirplus = op_readdirplus,
	.releasedir = op_releasedir,
	.fsyncdir = op_fsyncdir,

	.setxattr = op_setxattr,
	.getxattr = op_getxattr,
	.listxattr = op_listxattr,
	.removexattr = op_removexattr,

	.open = op_open,
	.create = op_create,
	.read = op_read,
	.write = op_write,
	.release = op_release_locked,

	.flush = op_flush,
	.fsync = op_fsync,
	.fallocate = op_fallocate,
	.lseek = op_lseek,
	.copy_file_range = op_copy_file_range,

	.getlk = op_getlk,
	.setlk = op_setlk,
	.flock = op_flock,
};

/* No address has this bit, so every number of ours does: none is 0, or 1. */
#define ID_OURS (UINT64_C(1) << 63)

int id_key_make(struct fs *fs)
{
	/* so few bytes come whole */
	if (getrandom(&fs->id_key, sizeof(fs->id_key), 0) < 0)
		return -errno;
	fs->id_key |= ID_OURS;
	return 0;
}

fuse_ino_t id_of(const struct fs *fs, const struct node *n)
{
	return (uintptr_t)n ^ fs->id_key;
}

struct node *node_of(struct fs *fs, fuse_ino_t ino)
{
	if (ino == FUSE_ROOT_ID)
		return inode_root(fs->inodes);
	return (struct node *)(uintptr_t)(ino ^ fs->id_key);
}

struct caller caller_of(fuse_req_t req)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);

	return (struct caller){ .fsuid = ctx->uid,
				.fsgid = ctx->gid,
				.pid = ctx->pid,
				.umask = ctx->umask };
}

void reply_error(fuse_req_t req, int r)
{
	(void)fuse_reply_err(req, r == -ENOSYS ? EOPNOTSUPP : -r);
}

void reply_node_error(fuse_req_t req, struct node *n, int r)
{
	struct caller c = caller_of(req);

	if (r == -ESTALE && !n->control && S_ISREG(n->inode->type))
		retry_walk_again(fs_of(req), &c, n);
	reply_error(req, r);
}

bool name_is_control(struct fs *fs, const struct node *parent, const char *name)
{
	return parent == inode_root(fs->inodes) && !strcmp(name, CONTROL_DIR) &&
	       control_dir(fs);
}

int name_check(struct fs *fs, const struct node *parent, const char *name)
{
	return parent->control || name_is_control(fs, parent, name) ? -EPERM
								    : 0;
}

int name_dir_open(struct fs *fs, const struct node *parent, const char *name,
		  int exists, int *ret_fd)
{
	if (name_check(fs, parent, name))
		return parent->control ? -EPERM : exists;
	return inode_open(fs->inodes, parent->inode, O_PATH | O_DIRECTORY,
			  ret_fd);
}

void reply_entry(fuse_req_t req, int r, const struct fuse_entry_param *e)
{
	struct fs *fs = fs_of(req);

	if (r)
		reply_error(req, r);
	else if (fuse_reply_entry(req, e))
		entry_undo(fs, e); /* interrupted: the kernel never saw it */
}

struct fd_path fd_path(int fd)
{
	struct fd_path p;

	(void)snprintf(p.text, sizeof(p.text), "%s/self/fd/%d", proc_dir(), fd);
	return p;
}
