// SPDX-License-Identifier: Apache-2.0
/*
 * Changing attributes. The kernel has checked that the caller may, and has
 * worked out which setuid bits to take away; what is left to ask is the gate.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bind.h"
#include "control.h"
#include "gate.h"
#include "handle.h"
#include "ops.h"

#define SET_IDS (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)
#define SET_TIMES                                                              \
	(FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_ATIME_NOW | \
	 FUSE_SET_ATTR_MTIME_NOW)

static int set_owner(int fd, const struct stat *attr, int to_set)
{
	uid_t uid = to_set & FUSE_SET_ATTR_UID ? attr->st_uid : (uid_t)-1;
	gid_t gid = to_set & FUSE_SET_ATTR_GID ? attr->st_gid : (gid_t)-1;

	return fchownat(fd, "", uid, gid, AT_EMPTY_PATH) ? -errno : 0;
}

/* Through the caller's own descriptor if there is one: ftruncate(2). */
static int set_size(int fd, const struct stat *attr,
		    const struct fuse_file_info *fi)
{
	const struct handle *h = fi ? handle_of(fi->fh) : NULL;
	int r;

	if (h && h->writes)
		r = ftruncate(h->fd, attr->st_size);
	else
		r = truncate(fd_path(fd).text, attr->st_size);
	return r ? -errno : 0;
}

static int set_times(int fd, const struct stat *attr, int to_set)
{
	struct timespec t[2] = { { .tv_nsec = UTIME_OMIT },
				 { .tv_nsec = UTIME_OMIT } };

	if (to_set & FUSE_SET_ATTR_ATIME)
		t[0] = attr->st_atim;
	if (to_set & FUSE_SET_ATTR_ATIME_NOW)
		t[0].tv_nsec = UTIME_NOW;
	if (to_set & FUSE_SET_ATTR_MTIME)
		t[1] = attr->st_mtim;
	if (to_set & FUSE_SET_ATTR_MTIME_NOW)
		t[1].tv_nsec = UTIME_NOW;
	return utimensat(AT_FDCWD, fd_path(fd).text, t, 0) ? -errno : 0;
}

int may_set_attr(struct fs *fs, struct node *n, const struct caller *c,
		 const struct attr_change *a)
{
	struct verdict v;
	int r = gate_set_attr(fs, n, c, a, &v);

	if (r || v.allow)
		return r;
	return v.error ? -v.error : -EACCES;
}

mode_t mode_when_written(mode_t mode)
{
	/* without S_IXGRP, S_ISGID means something else */
	return mode & ~(mode_t)(mode & S_IXGRP ? S_ISUID | S_ISGID : S_ISUID);
}

int drop_setuid(struct fs *fs, struct node *n, const struct caller *c, int fd)
{
	struct stat st;
	const struct attr_change change = { .mode = true, .to = &st };
	mode_t mode;
	int r;

	if (c->fsuid == 0)
		return 0;
	if (fstat(fd, &st))
		return -errno;
	mode = mode_when_written(st.st_mode);
	if (mode == st.st_mode)
		return 0;
	st.st_mode = mode;
	r = may_set_attr(fs, n, c, &change);
	if (r)
		return r;
	return chmod(fd_path(fd).text, mode & ALLPERMS) ? -errno : 0;
}

/* Owner before mode: chown(2) takes setuid bits that the mode then gives. */
static int set_all(int fd, const struct stat *attr, int to_set,
		   const struct fuse_file_info *fi)
{
	int r = 0;

	if (to_set & SET_IDS)
		r = set_owner(fd, attr, to_set);
	if (r == 0 && (to_set & FUSE_SET_ATTR_MODE) &&
	    chmod(fd_path(fd).text, attr->st_mode & ALLPERMS))
		r = -errno;
	if (r == 0 && (to_set & FUSE_SET_ATTR_SIZE))
		r = set_size(fd, attr, fi);
	if (r == 0 && (to_set & SET_TIMES))
		r = set_times(fd, attr, to_set);
	return r;
}

void tell_other_nodes(struct fs *fs, const struct node *n)
{
	CLEANUP(freep) struct node **others = NULL;
	ssize_t count = inode_others(fs->inodes, n, &others);

	/* without memory they are as late as for a change below */
	for (ssize_t i = 0; i < count; i++)
		(void)fuse_lowlevel_notify_inval_inode(
			fs->session, id_of(fs, others[i]), -1, 0);
}

static int do_setattr(struct fs *fs, struct node *n, const struct caller *c,
		      const struct stat *attr, int to_set,
		      const struct fuse_file_info *fi, struct stat *ret)
{
	const struct attr_change change = {
		.mode = to_set & FUSE_SET_ATTR_MODE,
		.uid = to_set & FUSE_SET_ATTR_UID,
		.gid = to_set & FUSE_SET_ATTR_GID,
		.to = attr,
	};
	CLEANUP(closep) int fd = -1;
	int r;

	r = may_set_attr(fs, n, c, &change);
	if (r)
		return r;
	r = inode_open(fs->inodes, n->inode, O_PATH, &fd);
	if (r)
		return r;
	r = set_all(fd, attr, to_set, fi);
	/* some may have been done before an error */
	gate_attr_changed(fs, n->inode, fd);
	if (to_set & FUSE_SET_ATTR_SIZE)
		bind_truncated(fs, n);
	tell_other_nodes(fs, n);
	if (r)
		return r;
	return fstat(fd, ret) ? -errno : 0;
}

/* A control file has no size to cut; "> file" must not fail for that. */
static int set_control(int to_set)
{
	return to_set & (FUSE_SET_ATTR_MODE | SET_IDS) ? -EPERM : 0;
}

void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
		struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);
	struct node *n = node_of(fs, ino);
	struct caller c = caller_of(req);
	struct stat st = { 0 };
	int r;

	r = n->control ? set_control(to_set)
		       : do_setattr(fs, n, &c, attr, to_set, fi, &st);
	if (r) {
		reply_error(req, r);
		return;
	}
	if (n->control)
		control_attr(fs, n, NULL, &st);
	else
		node_attr(n, &st);
	(void)fuse_reply_attr(req, &st, n->control ? 0 : fs->timeout);
}
