// SPDX-License-Identifier: Apache-2.0
/* Names to nodes, and what can be asked of a node without opening it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "control.h"
#include "handle.h"
#include "ops.h"
#include "retry.h"

void entry_of_control(struct fs *fs, struct node *n,
		      struct fuse_entry_param *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->ino = id_of(fs, n);
	ret->entry_timeout = fs->timeout;
	/* attributes change by themselves: logs grow */
	control_attr(fs, n, NULL, &ret->attr);
}

/* @alone: NULL, or whether a node for one opener is to be stripped */
static int find_in(struct fs *fs, struct node *parent, int dirfd,
		   const char *name, const bool *alone,
		   struct fuse_entry_param *ret)
{
	CLEANUP(closep) int fd = -1;
	struct file_id id;
	struct stat st;
	struct node *n;
	int r;

	if (name_is_control(fs, parent, name)) {
		entry_of_control(fs, control_dir(fs), ret);
		return 0;
	}
	r = source_child(&fs->source, dirfd, name, &fd, &st, &id);
	if (r)
		return r;
	if (!S_ISREG(st.st_mode))
		alone = NULL;
	if (alone)
		r = inode_lookup_alone(fs->inodes, fd, &st, &id, parent->inode,
				       name, *alone, &n);
	else
		r = inode_lookup(fs->inodes, &st, &id, parent->inode, name, &n);
	if (r)
		return r;
	node_attr(n, &st);
	memset(ret, 0, sizeof(*ret));
	ret->ino = id_of(fs, n);
	ret->attr = st;
	ret->attr_timeout = fs->timeout;
	ret->entry_timeout = alone ? 0 : fs->timeout;
	return 0;
}

int lookup_in(struct fs *fs, struct node *parent, int dirfd, const char *name,
	      struct fuse_entry_param *ret)
{
	return find_in(fs, parent, dirfd, name, NULL, ret);
}

void entry_undo(struct fs *fs, const struct fuse_entry_param *e)
{
	inode_forget(fs->inodes, node_of(fs, e->ino), 1);
}

static int do_lookup(struct fs *fs, struct node *parent, const char *name,
		     struct fuse_entry_param *ret)
{
	CLEANUP(closep) int dirfd = -1;
	struct node *n;
	int r;

	if (parent->control) {
		n = control_lookup(fs, name);
		if (!n)
			return -ENOENT;
		entry_of_control(fs, n, ret);
		return 0;
	}
	r = inode_open(fs->inodes, parent->inode, O_PATH | O_DIRECTORY, &dirfd);
	if (r)
		return r;
	return lookup_in(fs, parent, dirfd, name, ret);
}

/*
 * The walk that the kernel repeats after it was answered ESTALE. It does so
 * once, so the opener gets a node that nobody else can bind first.
 */
static int lookup_again(struct fs *fs, struct node *parent, const char *name,
			bool strip, struct fuse_entry_param *ret)
{
	CLEANUP(closep) int dirfd = -1;
	int r;

	r = inode_open(fs->inodes, parent->inode, O_PATH | O_DIRECTORY, &dirfd);
	return r ? r : find_in(fs, parent, dirfd, name, &strip, ret);
}

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fs *fs = fs_of(req);
	struct node *dir = node_of(fs, parent);
	struct caller c = caller_of(req);
	struct fuse_entry_param e;
	bool strip;
	int r;

	if (!dir->control && retry_looks_up(fs, &c, dir->inode, name, &strip))
		r = lookup_again(fs, dir, name, strip, &e);
	else
		r = do_lookup(fs, dir, name, &e);
	reply_entry(req, r, &e);
}

void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup)
{
	struct fs *fs = fs_of(req);

	inode_forget(fs->inodes, node_of(fs, ino), nlookup);
	fuse_reply_none(req);
}

void op_forget_multi(fuse_req_t req, size_t count,
		     struct fuse_forget_data *forgets)
{
	struct fs *fs = fs_of(req);

	for (size_t k = 0; k < count; k++)
		inode_forget(fs->inodes, node_of(fs, forgets[k].ino),
			     forgets[k].nlookup);
	fuse_reply_none(req);
}

static int do_getattr(struct fs *fs, struct node *n,
		      const struct fuse_file_info *fi, struct stat *ret)
{
	CLEANUP(closep) int fd = -1;
	int r;

	if (fi)
		return fstat(handle_of(fi->fh)->fd, ret) ? -errno : 0;
	r = inode_open(fs->inodes, n->inode, O_PATH, &fd);
	if (r)
		return r;
	return fstat(fd, ret) ? -errno : 0;
}

void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);
	struct node *n = node_of(fs, ino);
	struct stat st = { 0 };
	int r;

	if (n->control) {
		control_attr(fs, n, fi ? (void *)(uintptr_t)fi->fh : NULL, &st);
		(void)fuse_reply_attr(req, &st, 0);
		return;
	}
	r = do_getattr(fs, n, fi, &st);
	if (r) {
		reply_node_error(req, n, r);
		return;
	}
	node_attr(n, &st);
	(void)fuse_reply_attr(req, &st, fs->timeout);
}

static int do_readlink(struct fs *fs, struct node *n, char *to, size_t size)
{
	CLEANUP(closep) int fd = -1;
	ssize_t len;
	int r;

	if (n->control)
		return -EINVAL; /* there are no links in .ima */
	r = inode_open(fs->inodes, n->inode, O_PATH, &fd);
	if (r)
		return r;
	len = readlinkat(fd, "", to, size);
	if (len < 0)
		return -errno;
	if ((size_t)len == size)
		return -ENAMETOOLONG; /* may be cut off */
	to[len] = '\0';
	return 0;
}

void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	struct fs *fs = fs_of(req);
	char target[PATH_MAX + 1];
	int r;

	r = do_readlink(fs, node_of(fs, ino), target, sizeof(target));
	if (r)
		reply_error(req, r);
	else
		(void)fuse_reply_readlink(req, target);
}

void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct fs *fs = fs_of(req);
	struct statvfs st;

	(void)ino; /* one answer for the mount: statfs(2) asks for no file */
	if (fstatvfs(fs->source.root, &st))
		reply_error(req, -errno);
	else
		(void)fuse_reply_statfs(req, &st);
}
