// SPDX-License-Identifier: Apache-2.0
/*
 * Making, moving and removing names. What is made belongs to the caller; that
 * the caller may was checked by the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "gate.h"
#include "ops.h"

/* What to make: one of mknod, mkdir, symlink. */
struct making {
	mode_t mode; /* with S_IFMT */
	dev_t rdev;
	const char *target; /* of a symlink */
};

static int make_at(int dirfd, const char *name, const struct making *m)
{
	int r;

	if (S_ISDIR(m->mode))
		r = mkdirat(dirfd, name, m->mode & ALLPERMS);
	else if (S_ISLNK(m->mode))
		r = symlinkat(m->target, dirfd, name);
	else
		r = mknodat(dirfd, name, m->mode, m->rdev);
	return r ? -errno : 0;
}

/* The gate's hook for new files that are made without being opened. */
static void tell_gate(struct fs *fs, const struct caller *c,
		      const struct fuse_entry_param *e)
{
	struct node *n = node_of(fs, e->ino);
	CLEANUP(closep) int fd = -1;

	if (inode_open(fs->inodes, n->inode, O_PATH, &fd) == 0)
		gate_created(fs, n->inode, c, fd);
	/* else it is gone again already */
}

static int do_make(struct fs *fs, const struct caller *c, struct node *parent,
		   const char *name, const struct making *m,
		   struct fuse_entry_param *ret)
{
	CLEANUP(closep) int dirfd = -1;
	int r;

	r = name_dir_open(fs, parent, name, -EEXIST, &dirfd);
	if (r)
		return r;
	r = caller_become(c);
	if (r)
		return r;
	r = make_at(dirfd, name, m);
	caller_restore();
	if (r == 0)
		r = lookup_in(fs, parent, dirfd, name, ret);
	if (r == 0 && S_ISREG(m->mode))
		tell_gate(fs, c, ret);
	return r;
}

static void make(fuse_req_t req, fuse_ino_t parent, const char *name,
		 const struct making *m)
{
	struct fs *fs = fs_of(req);
	struct caller c = caller_of(req);
	struct fuse_entry_param e;
	int r;

	r = do_make(fs, &c, node_of(fs, parent), name, m, &e);
	reply_entry(req, r, &e);
}

void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
	      dev_t rdev)
{
	make(req, parent, name,
	     &(struct making){ .mode = mode & S_IFMT ? mode : mode | S_IFREG,
			       .rdev = rdev });
}

void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	make(req, parent, name, &(struct making){ .mode = mode | S_IFDIR });
}

void op_symlink(fuse_req_t req, const char *link, fuse_ino_t parent,
		const char *name)
{
	make(req, parent, name,
	     &(struct making){ .mode = S_IFLNK, .target = link });
}

static int do_link(struct fs *fs, struct node *n, struct node *parent,
		   const char *name, struct fuse_entry_param *ret)
{
	CLEANUP(closep) int dirfd = -1;
	CLEANUP(closep) int fd = -1;
	int r;

	if (n->control)
		return -EPERM;
	r = name_dir_open(fs, parent, name, -EEXIST, &dirfd);
	if (r == 0)
		r = inode_open(fs->inodes, n->inode, O_PATH, &fd);
	if (r)
		return r;
	/* not AT_EMPTY_PATH: that needs a capability, this does not */
	if (linkat(AT_FDCWD, fd_path(fd).text, dirfd, name, AT_SYMLINK_FOLLOW))
		return -errno;
	return lookup_in(fs, parent, dirfd, name, ret);
}

void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t newparent,
	     const char *newname)
{
	struct fs *fs = fs_of(req);
	struct fuse_entry_param e;
	int r;

	r = do_link(fs, node_of(fs, ino), node_of(fs, newparent), newname, &e);
	reply_entry(req, r, &e);
}

static int do_remove(struct fs *fs, struct node *parent, const char *name,
		     int flags)
{
	CLEANUP(closep) int dirfd = -1;
	int r;

	r = name_dir_open(fs, parent, name, -EPERM, &dirfd);
	if (r)
		return r;
	return unlinkat(dirfd, name, flags) ? -errno : 0;
}

void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fs *fs = fs_of(req);

	reply_error(req, do_remove(fs, node_of(fs, parent), name, 0));
}

void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fs *fs = fs_of(req);

	reply_error(req,
		    do_remove(fs, node_of(fs, parent), name, AT_REMOVEDIR));
}

/*
 * A file that we know is now seen under another name: a lookup notes that.
 * Should it fail, the next lookup of that name will do.
 */
static void note_name(struct fs *fs, struct node *parent, int dirfd,
		      const char *name)
{
	struct fuse_entry_param e;

	if (lookup_in(fs, parent, dirfd, name, &e) == 0)
		entry_undo(fs, &e);
}

struct renaming {
	struct node *from_dir, *to_dir;
	const char *from, *to;
	unsigned flags;
};

static int do_rename(struct fs *fs, const struct caller *c,
		     const struct renaming *q)
{
	CLEANUP(closep) int from = -1;
	CLEANUP(closep) int to = -1;
	int r;

	r = name_dir_open(fs, q->from_dir, q->from, -EPERM, &from);
	if (r == 0)
		r = name_dir_open(
			fs, q->to_dir, q->to,
			q->flags & RENAME_NOREPLACE ? -EEXIST : -EPERM, &to);
	/* a whiteout is a new file, and the caller's */
	if (r == 0 && (q->flags & RENAME_WHITEOUT))
		r = caller_become(c);
	if (r)
		return r;
	if (renameat2(from, q->from, to, q->to, q->flags))
		r = -errno;
	if (q->flags & RENAME_WHITEOUT)
		caller_restore();
	if (r)
		return r;
	note_name(fs, q->to_dir, to, q->to);
	if (q->flags & RENAME_EXCHANGE)
		note_name(fs, q->from_dir, from, q->from);
	return 0;
}

void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name,
	       fuse_ino_t newparent, const char *newname, unsigned flags)
{
	struct fs *fs = fs_of(req);
	struct caller c = caller_of(req);
	struct renaming q = { .from_dir = node_of(fs, parent),
			      .to_dir = node_of(fs, newparent),
			      .from = name,
			      .to = newname,
			      .flags = flags };

	reply_error(req, do_rename(fs, &c, &q));
}
