// SPDX-License-Identifier: Apache-2.0
/*
 * Opening, reading, writing, closing. The gate decides whether and from what;
 * bind.c decides how the kernel is to be answered.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bind.h"
#include "control.h"
#include "gate.h"
#include "handle.h"
#include "integrity.h"
#include "ops.h"
#include "passthrough.h"
#include "retry.h"
#include "session.h"
#include "verdict.h"

/* __FMODE_EXEC, include/linux/fs.h: the open is for execve() */
#define OPEN_FOR_EXEC 0x20

static bool for_writing(int flags)
{
	return (flags & O_ACCMODE) != O_RDONLY;
}

static void handle_free(struct handle *h)
{
	if (!h)
		return;
	if (h->fd >= 0)
		(void)close(h->fd); /* flush has reported what can be lost */
	free(h);
}

DEFINE_FREEP(struct handle, handle);

static struct handle *handle_new(struct node *n, int flags)
{
	struct handle *h = calloc(1, sizeof(*h));

	if (h) {
		h->node = n;
		h->fd = -1;
		h->flags = flags;
	}
	return h;
}

/* O_TRUNC: the kernel leaves all of it to us, setuid bits included. */
static int truncate_now(struct fs *fs, struct handle *h, const struct caller *c)
{
	CLEANUP(closep) int fd = -1;
	int r;

	/* open(O_RDONLY|O_TRUNC) truncates, too */
	r = inode_open(fs->inodes, h->node->inode, O_WRONLY, &fd);
	if (r == 0)
		r = drop_setuid(fs, h->node, c, fd);
	if (r == 0 && ftruncate(fd, 0) < 0)
		r = -errno;
	return r;
}

/* All that closing means, but for the handle itself. */
static void unbind(struct fs *fs, struct handle *h)
{
	struct inode *i = h->node->inode;

	bind_close(fs, h);
	gate_close(fs, i, h->fd, h->writes);
	bind_closed(fs, i, h);
}

/*
 * Bits that the kernel was not shown it does not take away when the file is
 * written; so we do, and before that.
 */
static bool hides_setuid(struct node *n)
{
	bool yes;

	(void)pthread_mutex_lock(&n->inode->lock);
	yes = n->stripped || n->vouched.yes;
	(void)pthread_mutex_unlock(&n->inode->lock);
	return yes;
}

/*
 * Not with O_APPEND: what the kernel writes of a shared mapping comes through
 * any handle of its node, and belongs where it was; write_all() appends. Only
 * what cannot be opened otherwise (chattr +a) is opened so.
 */
static int open_writer(struct fs *fs, const struct open_request *q, int *ret_fd)
{
	int flags = q->flags & (O_ACCMODE | O_SYNC | O_DSYNC);
	int r = gate_open_below(fs, q, flags, ret_fd);

	if (r == -EPERM && (q->flags & O_APPEND))
		r = gate_open_below(fs, q, flags | O_APPEND, ret_fd);
	return r;
}

/* The gate's yes, turned into a handle that is bound. */
static int open_granted(struct fs *fs, const struct open_request *q,
			const struct verdict *v, struct grant *g,
			struct handle **ret, struct bind_reply *ret_reply)
{
	CLEANUP(handle_freep) struct handle *h = handle_new(q->node, q->flags);
	struct bind_request b = {
		.node = q->node,
		.object = g->object,
		.after = q->after,
		.writes = for_writing(q->flags),
		.tracked =
			for_writing(q->flags) && integrity_peek(q->node->inode),
		.exec = q->exec,
		/* even without such bits now: they could be set before the
		 * kernel looks */
		.strip = v->unprivileged,
		.mode = g->mode,
		.vouched = g->vouched,
	};
	int r;

	if (!h)
		return -ENOMEM;
	if (b.writes) {
		r = open_writer(fs, q, &h->fd);
		if (r < 0)
			return r;
	} else {
		h->fd = STEAL_FD(g->fd);
	}
	if (!store_descriptor(fs->store, h->fd) && q->caller->fsuid)
		return -ENFILE;
	h->created = q->created;
	h->noflush = !b.writes && !atomic_load(&q->node->inode->locked);
	r = bind_open(fs, &b, h, ret_reply);
	if (r < 0)
		return r;
	if ((q->flags & O_TRUNC) && !q->created) {
		r = truncate_now(fs, h, q->caller);
		if (r < 0) {
			unbind(fs, h);
			return r;
		}
	}
	if (b.writes && hides_setuid(q->node)) {
		r = drop_setuid(fs, q->node, q->caller, h->fd);
		if (r < 0) {
			unbind(fs, h);
			return r;
		}
	}
	if (b.writes && g->relabels)
		gate_writer(q->node->inode);
	*ret = STEAL(h);
	return 0;
}

/* How often content may change between the gate's look and the binding. */
#define OPEN_TRIES 32

static int do_open(struct fs *fs, struct open_request *q, struct handle **ret,
		   struct bind_reply *ret_reply)
{
	bool strip = q->node->stripped;
	int r = -EAGAIN;

	q->after = retry_came_back(fs, q->caller, q->node);
	bind_settle(fs, q->node->inode);
	for (int tries = 0; r == -EAGAIN && tries < OPEN_TRIES; tries++) {
		struct verdict v;
		struct grant g;

		r = gate_open(fs, q, &v, &g);
		if (r == 0 && v.allow && q->exec)
			strip = v.unprivileged;
		if (r == 0 && v.allow)
			r = open_granted(fs, q, &v, &g, ret, ret_reply);
		else if (r == 0)
			r = v.error > 0 ? -v.error : -EACCES;
		gate_grant_release(&g);
		if (r == -ESTALE && q->after != UINT64_MAX &&
		    bind_wait(fs, q->node))
			r = -EAGAIN;
	}
	/*
	 * An open names a file, not a name, so it never finds none: what is not
	 * there to be opened is gone, and the kernel looks what has its name.
	 */
	if (r == -EAGAIN || r == -ENOENT)
		r = -ESTALE;
	inode_unpin(fs->inodes, q->node);
	/* also when the file is gone, and its name is another file's by now */
	if (r == -ESTALE)
		retry_send_back(fs, q->caller, q->node, strip);
	return r;
}

static void do_release(struct fs *fs, struct handle *h)
{
	unbind(fs, h);
	handle_free(h);
}

/* How the kernel shall treat the open file when the daemon serves it. */
static void fill_file_info(struct fuse_file_info *fi, struct handle *h,
			   const struct bind_reply *b)
{
	fi->fh = (uintptr_t)h;
	fi->keep_cache = b->keep_cache;
	fi->direct_io = b->direct;
	fi->noflush = h->noflush;
}

static void open_control(fuse_req_t req, struct node *n,
			 struct fuse_file_info *fi)
{
	struct caller c = caller_of(req);
	struct control_handle *h = NULL;
	int r = control_open(fs_of(req), n, &c, fi->flags, &h);

	if (r < 0) {
		reply_error(req, r);
		return;
	}
	fi->fh = (uintptr_t)h;
	fi->direct_io = 1; /* sizes and contents change at any time */
	if (fuse_reply_open(req, fi) < 0)
		control_release(fs_of(req), h);
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);
	struct node *n = node_of(fs, ino);
	struct caller c = caller_of(req);
	struct open_request q = {
		.node = n,
		.caller = &c,
		.flags = fi->flags,
		.exec = fi->flags & OPEN_FOR_EXEC,
	};
	struct bind_reply b;
	struct handle *h;
	int r;

	if (n->control) {
		open_control(req, n, fi);
		return;
	}
	r = do_open(fs, &q, &h, &b);
	if (r < 0) {
		reply_error(req, r);
		return;
	}
	fill_file_info(fi, h, &b);
	if (b.ask_again &&
	    fuse_lowlevel_notify_inval_inode(fs->session, ino, -1, 0) == 0)
		bind_size_is_sure(h);
	if (b.backing)
		r = passthrough_reply_open(req, fi, b.backing);
	else
		r = fuse_reply_open(req, fi);
	if (r < 0) /* interrupted: nobody will release it */
		do_release(fs, h);
}

/*
 * Makes the file as the caller. A file that is there already is not opened: the
 * kernel asks for this when it has found none, and so has checked nobody's
 * permissions on it. It looks again, and then does.
 */
static int create_file(struct fs *fs, struct node *parent, const char *name,
		       mode_t mode, int flags, const struct caller *c,
		       int *ret_fd)
{
	CLEANUP(closep) int dir = -1;
	int r;

	r = inode_open(fs->inodes, parent->inode, O_PATH | O_DIRECTORY, &dir);
	if (r < 0)
		return r;
	r = caller_become(c);
	if (r < 0)
		return r;
	*ret_fd = openat(dir, name,
			 O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDWR |
				 (flags & (O_SYNC | O_DSYNC)),
			 mode & 07777);
	r = *ret_fd < 0 ? -errno : 0;
	caller_restore();
	return r == -EEXIST && !(flags & O_EXCL) ? -ESTALE : r;
}

/*
 * The node of a file that was just made, by its descriptor: the name may be
 * another file's by now.
 */
static int node_of_new(struct fs *fs, int fd, struct inode *dir,
		       const char *name, struct fuse_entry_param *ret_entry,
		       struct node **ret)
{
	struct file_id id;
	int r;

	if (fstat(fd, &ret_entry->attr) < 0)
		return -errno;
	r = source_identify(&fs->source, fd, &ret_entry->attr, &id);
	if (r == 0)
		r = inode_lookup(fs->inodes, &ret_entry->attr, &id, dir, name,
				 ret);
	if (r < 0)
		return r;
	ret_entry->ino = id_of(fs, *ret);
	ret_entry->attr_timeout = ret_entry->entry_timeout = fs->timeout;
	return 0;
}

static int do_create(struct fs *fs, fuse_ino_t parent, const char *name,
		     mode_t mode, const struct caller *c,
		     const struct fuse_file_info *fi,
		     struct fuse_entry_param *ret_entry, struct handle **ret,
		     struct bind_reply *ret_reply)
{
	struct open_request q = { .caller = c,
				  .flags = fi->flags,
				  .created = true };
	struct node *dir = node_of(fs, parent);
	CLEANUP(closep) int fd = -1; /* keeps the file until it is open */
	int r;

	r = name_check(fs, dir, name);
	if (r == 0)
		r = create_file(fs, dir, name, mode, fi->flags, c, &fd);
	if (r == 0)
		r = node_of_new(fs, fd, dir->inode, name, ret_entry, &q.node);
	if (r < 0)
		return r;
	node_attr(q.node, &ret_entry->attr);
	q.made = fd;
	r = do_open(fs, &q, ret, ret_reply);
	if (r < 0)
		inode_forget(fs->inodes, q.node, 1);
	return r;
}

/*
 * open(O_TMPFILE): a file without a name, made as the caller. The kernel runs
 * no FILE_CHECK for it; it is checked when it has a name and is opened. Found
 * again by its handle, or by the descriptor that stays open.
 */
static int do_tmpfile(struct fs *fs, fuse_ino_t parent, mode_t mode,
		      const struct caller *c, const struct fuse_file_info *fi,
		      struct fuse_entry_param *ret_entry, struct handle **ret,
		      struct bind_reply *ret_reply)
{
	CLEANUP(handle_freep) struct handle *h = NULL;
	struct node *dir = node_of(fs, parent);
	CLEANUP(closep) int at = -1;
	struct bind_request b = { .after = UINT64_MAX, .writes = true };
	struct stat st = { 0 };
	char name[32];
	int r;

	if (dir->control)
		return -EPERM;
	h = handle_new(NULL, fi->flags);
	if (!h)
		return -ENOMEM;
	r = inode_open(fs->inodes, dir->inode, O_RDONLY | O_DIRECTORY, &at);
	if (r < 0)
		return r;
	r = caller_become(c);
	if (r < 0)
		return r;
	h->fd = openat(at, ".",
		       O_TMPFILE | O_CLOEXEC |
			       (fi->flags & (O_ACCMODE | O_EXCL)),
		       mode & 07777);
	r = h->fd < 0 ? -errno : 0;
	caller_restore();
	if (!store_descriptor(fs->store, h->fd) && c->fsuid)
		return -ENFILE;
	if (r == 0)
		r = fstat(h->fd, &st) < 0 ? -errno : 0;
	(void)snprintf(name, sizeof(name), "#%ju", (uintmax_t)st.st_ino);
	if (r == 0)
		r = node_of_new(fs, h->fd, dir->inode, name, ret_entry,
				&h->node);
	if (r < 0)
		return r;
	gate_made_unnamed(fs, h->node->inode, c, h->fd);
	b.node = h->node;
	b.tracked = integrity_peek(h->node->inode);
	b.mode = ret_entry->attr.st_mode;
	r = bind_open(fs, &b, h, ret_reply);
	if (r < 0) {
		inode_forget(fs->inodes, h->node, 1);
		return r;
	}
	node_attr(h->node, &ret_entry->attr);
	*ret = STEAL(h);
	return 0;
}

void op_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
	       struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);
	struct caller c = caller_of(req);
	struct fuse_entry_param e = { 0 };
	struct bind_reply b;
	struct handle *h;
	int r;

	if ((fi->flags & O_TMPFILE) == O_TMPFILE)
		r = do_tmpfile(fs, parent, mode, &c, fi, &e, &h, &b);
	else
		r = do_create(fs, parent, name, mode, &c, fi, &e, &h, &b);
	if (r < 0) {
		reply_error(req, r);
		return;
	}
	fill_file_info(fi, h, &b);
	if (b.backing)
		r = passthrough_reply_create(req, &e, fi, b.backing);
	else
		r = fuse_reply_create(req, &e, fi);
	if (r < 0) {
		struct node *n = h->node;

		do_release(fs, h);
		inode_forget(fs->inodes, n, 1);
	}
}

static int read_file(fuse_req_t req, struct handle *h, size_t size, off_t off)
{
	struct buf *to = session_scratch();
	ssize_t n;
	int r;

	bind_is_read(h);
	r = buf_reserve(to, size);
	if (r < 0)
		return r;
	/* not by a mapping: there can be more objects than mappings */
	n = pread(h->object ? object_fd(h->object) : h->fd, to->data, size,
		  off);
	if (n < 0)
		return -errno;
	(void)fuse_reply_buf(req, (char *)to->data, (size_t)n);
	return 0;
}

static int read_control(fuse_req_t req, struct control_handle *h, size_t size,
			off_t off)
{
	struct buf *to = session_scratch();
	ssize_t n;
	int r = buf_reserve(to, size);

	if (r < 0)
		return r;
	n = control_read(fs_of(req), h, to->data, size, off);
	if (n < 0)
		return (int)n;
	(void)fuse_reply_buf(req, (char *)to->data, (size_t)n);
	return 0;
}

/*
 * A control file is read past the page cache, and then the kernel says whose
 * locks count. Without that it fills the page cache, for sendfile(2), splice(2)
 * or mmap(2): it would keep what changes at any time, and a page that was
 * half full when the list was shorter. They get what securityfs says, EINVAL,
 * and those who know it (cat, cp) go on with read(2). From the end that the
 * kernel knows on sendfile(2) says 0 without asking us, until somebody asks for
 * the file's size.
 */
static bool fills_cache(const struct fuse_file_info *fi)
{
	return fi->lock_owner == 0;
}

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
	     struct fuse_file_info *fi)
{
	int r;

	if (node_of(fs_of(req), ino)->control)
		r = fills_cache(fi)
			    ? -EINVAL
			    : read_control(req, (void *)(uintptr_t)fi->fh, size,
					   off);
	else
		r = read_file(req, handle_of(fi->fh), size, off);
	if (r < 0)
		reply_error(req, r);
}

/* @flags: RWF_APPEND, then @off is not looked at; or 0 */
static ssize_t write_all(int fd, const char *data, size_t size, off_t off,
			 int flags)
{
	size_t done = 0;

	while (done < size) {
		struct iovec v = { (char *)(uintptr_t)data + done,
				   size - done };
		ssize_t n = pwritev2(fd, &v, 1, off + (off_t)done, flags);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return done ? (ssize_t)done : -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

void op_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size,
	      off_t off, struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);
	/* as the descriptor is set now; a page of a mapping has its place */
	bool append = (fi->flags & O_APPEND) && !fi->writepage;
	ssize_t n;

	if (node_of(fs, ino)->control)
		n = control_write(fs, (void *)(uintptr_t)fi->fh, data, size,
				  off);
	else if (handle_of(fi->fh)->object)
		n = -EBADF; /* locked content is never written */
	else
		n = write_all(handle_of(fi->fh)->fd, data, size, off,
			      append ? RWF_APPEND : 0);
	if (n < 0)
		reply_error(req, (int)n);
	else
		(void)fuse_reply_write(req, (size_t)n);
}

void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);

	if (node_of(fs, ino)->control)
		control_release(fs, (void *)(uintptr_t)fi->fh);
	else
		do_release(fs, handle_of(fi->fh));
	(void)fuse_reply_err(req, 0);
}
