// SPDX-License-Identifier: Apache-2.0
/*
 * Extended attributes and POSIX ACLs. They are the file's below, as they are;
 * who may change a label of the security namespace or an ACL is the gate's to
 * say, and who may do the rest the kernel has checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "bind.h"
#include "gate.h"
#include "ops.h"
#include "xattr.h"
#include "xattr_names.h"

#define SECURITY "security."
#define CAPS	 "security.capability"
#define ACLS	 "system.posix_acl_"
#define ACL	 ACLS "access"

static bool begins(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* A change of one attribute; value NULL removes it. */
struct labelling {
	struct node *node;
	const struct caller *caller;
	const char *name, *value;
	size_t size;
	int flags;
	bool kill_sgid; /* the caller is not of the file's group */
};

static int change_xattr(int fd, const struct labelling *q)
{
	struct fd_path path = fd_path(fd);
	int r;

	if (q->value)
		r = setxattr(path.text, q->name, q->value, q->size, q->flags);
	else
		r = removexattr(path.text, q->name);
	return r ? -errno : 0;
}

/*
 * Giving a file an ACL takes its setgid bit unless the caller is of its group
 * (posix_acl_update_mode() in the kernel). The file system below asks us
 * instead of the caller, so it would stay.
 */
static int kill_sgid(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!(st.st_mode & S_ISGID) || S_ISDIR(st.st_mode))
		return 0;
	return chmod(fd_path(fd).text, st.st_mode & (ALLPERMS & ~S_ISGID))
		       ? -errno
		       : 0;
}

/* That is a change of the mode, and may not be allowed. */
static int ask_to_kill_sgid(struct fs *fs, const struct labelling *q)
{
	CLEANUP(closep) int fd = -1;
	struct stat st;
	const struct attr_change change = { .mode = true, .to = &st };
	int r = inode_open(fs->inodes, q->node->inode, O_PATH, &fd);

	if (r == 0 && fstat(fd, &st))
		r = -errno;
	if (r || !(st.st_mode & S_ISGID) || S_ISDIR(st.st_mode))
		return r;
	st.st_mode &= ~(mode_t)S_ISGID;
	return may_set_attr(fs, q->node, q->caller, &change);
}

static int do_change(struct fs *fs, const struct labelling *q)
{
	struct inode *i = q->node->inode;
	CLEANUP(closep) int fd = -1;
	struct verdict v = { 0 };
	int r;

	if (q->node->control || !xattr_exists(q->name))
		return -EOPNOTSUPP;
	if (begins(q->name, SECURITY))
		bind_settle(fs, i); /* an older writer's label comes first */
	if (begins(q->name, SECURITY) || begins(q->name, ACLS)) {
		r = gate_set_label(fs, q->node, q->caller, q->name, q->value,
				   q->size, &v);
		if (r)
			return r;
		if (!v.allow)
			return v.error ? -v.error : -EACCES;
	}
	r = q->kill_sgid ? ask_to_kill_sgid(fs, q) : 0;
	if (r == 0)
		r = inode_open(fs->inodes, i, O_PATH, &fd);
	if (r == 0)
		r = change_xattr(fd, q);
	if (r)
		return r;
	gate_label_changed(fs, i, q->name, q->value, q->size);
	if (!strcmp(q->name, ACL)) {
		r = q->kill_sgid ? kill_sgid(fd) : 0;
		gate_attr_changed(fs, i, fd);
		tell_other_nodes(fs, q->node);
	}
	return r;
}

/* Is the caller of group @gid? Unknown counts as no. */
static bool in_group(fuse_req_t req, gid_t gid)
{
	CLEANUP(freep) gid_t *list = NULL;
	int n = fuse_req_getgroups(req, 0, NULL);
	int got;

	if (fuse_req_ctx(req)->gid == gid)
		return true;
	if (n <= 0)
		return false;
	list = calloc((size_t)n, sizeof(*list));
	if (!list)
		return false;
	got = fuse_req_getgroups(req, n, list);
	for (int k = 0; k < got && k < n; k++)
		if (list[k] == gid)
			return true;
	return false;
}

/* Only root keeps the bit without being asked (CAP_FSETID in the kernel). */
static bool loses_sgid(fuse_req_t req, struct fs *fs, const struct node *n)
{
	CLEANUP(closep) int fd = -1;
	struct stat st;

	if (n->control || fuse_req_ctx(req)->uid == 0)
		return false;
	if (inode_open(fs->inodes, n->inode, O_PATH, &fd) || fstat(fd, &st))
		return true;
	return !in_group(req, st.st_gid);
}

void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
		 const char *value, size_t size, int flags)
{
	struct fs *fs = fs_of(req);
	struct caller c = caller_of(req);
	struct labelling q = { .node = node_of(fs, ino),
			       .caller = &c,
			       .name = name,
			       .value = value,
			       .size = size,
			       .flags = flags };

	if (!strcmp(name, ACL))
		q.kill_sgid = loses_sgid(req, fs, q.node);
	reply_error(req, do_change(fs, &q));
}

void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	struct fs *fs = fs_of(req);
	struct caller c = caller_of(req);
	struct labelling q = { .node = node_of(fs, ino),
			       .caller = &c,
			       .name = name };

	reply_error(req, do_change(fs, &q));
}

static bool shows_all_caps(struct node *n)
{
	bool all;

	(void)pthread_mutex_lock(&n->inode->lock);
	all = !n->stripped && !n->vouched.yes;
	(void)pthread_mutex_unlock(&n->inode->lock);
	return all;
}

static bool shows_caps(struct node *n, const void *value, size_t len)
{
	bool show;

	(void)pthread_mutex_lock(&n->inode->lock);
	show = !n->stripped && (!n->vouched.yes ||
				vouched_covers_caps(&n->vouched, value, len));
	(void)pthread_mutex_unlock(&n->inode->lock);
	return show;
}

/*
 * security.capability of a program that runs without privilege, which has none,
 * or under EVM: just what was signed. The kernel asks for it in execve(), long
 * after the program was opened.
 */
static ssize_t get_caps(struct node *n, int fd, void *to, size_t size)
{
	char value[VOUCHED_CAPS_MAX];
	ssize_t len = getxattr(fd_path(fd).text, CAPS, value, sizeof(value));

	if (len < 0)
		return errno == ERANGE ? -ENODATA : -errno;
	if (!shows_caps(n, value, (size_t)len))
		return -ENODATA;
	if (size && (size_t)len > size)
		return -ERANGE;
	if (size)
		memcpy(to, value, (size_t)len);
	return len;
}

/* Is @n open for writing? @ret_told: the mode that the kernel goes by. */
static bool has_writer(struct node *n, mode_t *ret_told)
{
	bool yes;

	(void)pthread_mutex_lock(&n->inode->lock);
	yes = n->writers > 0;
	*ret_told = n->told ? n->told_mode : 0;
	(void)pthread_mutex_unlock(&n->inode->lock);
	return yes;
}

/*
 * Before it lets somebody write, the kernel asks for capabilities, and takes
 * the setuid bits that it knows of. Those that came by another node it would
 * leave to who has written the file. (Capabilities go with the write below.) No
 * gate is asked: less privilege is always right.
 */
static void before_write(struct fs *fs, struct node *n, const struct caller *c)
{
	CLEANUP(closep) int fd = -1;
	mode_t told, mode;
	struct stat st;

	if (c->fsuid == 0 || !has_writer(n, &told) ||
	    inode_open(fs->inodes, n->inode, O_PATH, &fd) || fstat(fd, &st))
		return;
	mode = mode_when_written(st.st_mode);
	if ((st.st_mode & ~mode & ~told) &&
	    chmod(fd_path(fd).text, mode & ALLPERMS))
		log_warn("a written file keeps its setuid bit ino=%llu "
			 "error=%s",
			 (unsigned long long)n->inode->ino, strerror(errno));
}

/* @flags: O_PATH, or what needs no way through /proc */
static ssize_t get_opened(struct fs *fs, struct inode *i, int flags,
			  const char *name, void *to, size_t size)
{
	CLEANUP(closep) int fd = -1;
	ssize_t len;
	int r;

	r = inode_open(fs->inodes, i, flags, &fd);
	if (r)
		return r;
	if (flags & O_PATH)
		len = getxattr(fd_path(fd).text, name, to, size);
	else
		len = fgetxattr(fd, name, to, size);
	return len < 0 ? -errno : len;
}

/* Return: the value's size; -errno. @size 0 only asks for it. */
static ssize_t do_getxattr(struct fs *fs, struct node *n, const char *name,
			   void *to, size_t size)
{
	CLEANUP(closep) int fd = -1;
	ssize_t len;
	int r;

	if (n->control)
		return -ENODATA;
	if (!xattr_exists(name))
		return -EOPNOTSUPP;
	/* whoever closed it has left a label, even if its release is late */
	if (!strcmp(name, XATTR_NAME_IMA))
		bind_settle(fs, n->inode);
	if (!strcmp(name, CAPS) && !shows_all_caps(n)) {
		r = inode_open(fs->inodes, n->inode, O_PATH, &fd);
		return r ? r : get_caps(n, fd, to, size);
	}
	/* execve() asks each time, and waits; opening does nothing to a file */
	if (S_ISREG(n->inode->type)) {
		len = get_opened(fs, n->inode, O_RDONLY | O_NONBLOCK, name, to,
				 size);
		/* what may not be read, or has a lease, has attributes, too */
		if (len != -EACCES && len != -EPERM && len != -EAGAIN)
			return len;
	}
	return get_opened(fs, n->inode, O_PATH, name, to, size);
}

/* Replies with @len bytes of @data, or just their number if @size is 0. */
static void reply_bytes(fuse_req_t req, struct node *n, const void *data,
			ssize_t len, size_t size)
{
	if (len < 0)
		reply_node_error(req, n, (int)len);
	else if (size == 0)
		(void)fuse_reply_xattr(req, (size_t)len);
	else if ((size_t)len > size)
		reply_error(req, -ERANGE);
	else
		(void)fuse_reply_buf(req, data, (size_t)len);
}

void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	struct fs *fs = fs_of(req);
	struct node *n = node_of(fs, ino);
	struct caller c = caller_of(req);
	CLEANUP(freep) char *value = NULL;

	if (!n->control && S_ISREG(n->inode->type) && !strcmp(name, CAPS))
		before_write(fs, n, &c);
	if (size > XATTR_SIZE_MAX)
		size = XATTR_SIZE_MAX;
	if (size) {
		value = malloc(size);
		if (!value) {
			reply_error(req, -ENOMEM);
			return;
		}
	}
	reply_bytes(req, n, value, do_getxattr(fs, n, name, value, size), size);
}

static ssize_t do_listxattr(struct fs *fs, struct node *n, bool root,
			    char *list, size_t size)
{
	CLEANUP(closep) int fd = -1;
	ssize_t len;
	int r;

	if (n->control)
		return 0;
	r = inode_open(fs->inodes, n->inode, O_PATH, &fd);
	if (r)
		return r;
	len = listxattr(fd_path(fd).text, list, size);
	if (len < 0)
		return -errno;
	return (ssize_t)xattr_list_shown(list, (size_t)len, root);
}

void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	struct fs *fs = fs_of(req);
	struct node *n = node_of(fs, ino);
	bool root = fuse_req_ctx(req)->uid == 0;
	CLEANUP(freep) char *list = malloc(XATTR_LIST_MAX);

	/* all of it, even to tell its size: names may have to be left out */
	if (!list)
		reply_error(req, -ENOMEM);
	else
		reply_bytes(req, n, list,
			    do_listxattr(fs, n, root, list, XATTR_LIST_MAX),
			    size);
}
