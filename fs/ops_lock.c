// SPDX-License-Identifier: Apache-2.0
/*
 * POSIX locks (locks.h) and BSD locks, which belong to an open file and are
 * taken on the handle's own descriptor: closing that gives them back.
 *
 * A lock that is free is taken at once; to wait for one has a thread of its
 * own, or a few waiting programs would stop the whole mount.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "handle.h"
#include "locks.h"
#include "ops.h"
#include "session.h"

#define NUDGE_NS 20000000 /* 20 ms between attempts to end a wait */

/* A lock that a caller waits for. */
struct waiting {
	struct lock_owner *owner; /* POSIX: ours to put; NULL: BSD */
	struct flock lock;
	/* BSD; the kernel keeps the file open meanwhile */
	const struct handle *handle;
	int op;
	timer_t nudge;
};

/*
 * The caller got a signal. One of ours could arrive just before our thread
 * begins to wait and be lost on it, so it is repeated until that is over.
 */
static void on_interrupt(fuse_req_t req, void *arg)
{
	struct waiting *w = arg;
	struct itimerspec every = { .it_interval = { .tv_nsec = NUDGE_NS },
				    .it_value = { .tv_nsec = 1 } };

	(void)req;
	(void)timer_settime(w->nudge, 0, &every, NULL);
}

static int nudge_new(timer_t *ret)
{
	struct sigevent to_me = { .sigev_notify = SIGEV_THREAD_ID,
				  .sigev_signo = SESSION_SIGNAL };

	to_me._sigev_un._tid = gettid();
	/* EAGAIN would say that the lock is taken */
	return timer_create(CLOCK_MONOTONIC, &to_me, ret) ? -ENOLCK : 0;
}

/*
 * On a thread of its own. EINTR is for a caller that got a signal: the kernel
 * makes it ERESTARTSYS, which is not for others to see. They are told that the
 * mount has ended, which is the only other thing that breaks a wait off.
 */
static void wait_for_lock(fuse_req_t req, void *arg)
{
	struct waiting *w = arg;
	int r = nudge_new(&w->nudge);

	if (r == 0) {
		fuse_req_interrupt_func(req, on_interrupt, w);
		if (w->owner)
			r = fcntl(w->owner->fd, F_OFD_SETLKW, &w->lock);
		else
			r = flock(w->handle->fd, w->op);
		r = r ? -errno : 0;
		if (r == 0 && !w->owner)
			locks_flock_taken(w->handle);
		if (r == -EINTR && !fuse_req_interrupted(req))
			r = -ENOTCONN;
		fuse_req_interrupt_func(req, NULL, NULL);
		(void)timer_delete(w->nudge);
	}
	locks_put(fs_of(req), w->owner);
	free(w);
	reply_error(req, r);
}

/* Takes over @w's owner. Replies, now or later. */
static void wait_detached(fuse_req_t req, const struct waiting *from)
{
	struct waiting *w = malloc(sizeof(*w));
	int r = -ENOMEM;

	if (w) {
		*w = *from;
		r = session_detach(req, wait_for_lock, w);
		if (r == 0)
			return;
	}
	locks_put(fs_of(req), from->owner);
	free(w);
	reply_error(req, r == -EAGAIN ? -ENOLCK : r);
}

static int try_flock(const struct handle *h, int op)
{
	if (flock(h->fd, op | LOCK_NB))
		return -errno;
	if ((op & ~LOCK_NB) == LOCK_UN)
		locks_flock_gone(h);
	else
		locks_flock_taken(h);
	return 0;
}

void op_flock(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, int op)
{
	struct node *n = node_of(fs_of(req), ino);
	struct waiting w = { .op = op };
	int r;

	if (n->control) {
		reply_error(req, -EOPNOTSUPP);
		return;
	}
	w.handle = handle_of(fi->fh);
	atomic_store(&n->inode->locked, true);
	r = try_flock(w.handle, op);
	if (r == -EWOULDBLOCK && (op & LOCK_NB)) {
		session_busy(); /* somebody has to take the RELEASE */
		/* even if none was due: one may have gone just now */
		locks_flock_settle(n->inode);
		r = try_flock(w.handle, op);
	}
	if (r == -EWOULDBLOCK && !(op & LOCK_NB))
		wait_detached(req, &w);
	else
		reply_error(req, r);
}

/*
 * Return: 0; -EAGAIN if it is taken, and then @ret is the owner to wait with;
 * -errno.
 */
static int do_setlk(struct fs *fs, const struct handle *h, uint64_t owner,
		    const struct flock *lock, struct lock_owner **ret)
{
	struct lock_owner *o = NULL;
	struct flock own = *lock;
	int r = 0;

	own.l_pid = 0; /* OFD locks want that */
	if (own.l_type == F_UNLCK)
		o = locks_find(h->node->inode, owner);
	else
		r = locks_get(fs, h, owner, lock->l_pid, &o);
	if (!o)
		return r; /* nothing locked, nothing to unlock */
	if (fcntl(o->fd, F_OFD_SETLK, &own))
		/* EBADF: it was read-only when the owner first came */
		r = errno == EBADF ? -ENOLCK : -errno;
	if (r == -EACCES)
		r = -EAGAIN;
	if (r == -EAGAIN)
		*ret = o;
	else
		locks_put(fs, o);
	return r;
}

void op_setlk(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
	      struct flock *lock, int sleep)
{
	struct fs *fs = fs_of(req);
	struct node *n = node_of(fs, ino);
	struct waiting w = { .lock = *lock };
	int r;

	w.lock.l_pid = 0;
	if (n->control) {
		reply_error(req, -EOPNOTSUPP);
		return;
	}
	atomic_store(&n->inode->locked, true);
	r = do_setlk(fs, handle_of(fi->fh), fi->lock_owner, lock, &w.owner);
	if (r == -EAGAIN && !sleep) {
		locks_put(fs, w.owner);
		w.owner = NULL;
		session_busy(); /* somebody has to take the RELEASE */
		locks_posix_settle(n->inode);
		r = do_setlk(fs, handle_of(fi->fh), fi->lock_owner, lock,
			     &w.owner);
	}
	if (r == -EAGAIN && sleep) {
		wait_detached(req, &w);
		return;
	}
	locks_put(fs, w.owner);
	reply_error(req, r);
}

/*
 * Whose is @found? To the system it is the daemon's. It is not seen through
 * the description that holds it: that tells. Locks set below have a pid.
 */
static pid_t holder_of(struct fs *fs, struct inode *i, uint64_t asker,
		       const struct flock *found)
{
	struct lock_owner **all;
	pid_t pid = 0;
	size_t n;

	if (found->l_pid > 0)
		return found->l_pid;
	if (locks_others(i, asker, &all, &n))
		return 0;
	for (size_t k = 0; k < n; k++) {
		struct flock probe = *found;

		probe.l_pid = 0;
		probe.l_type = F_WRLCK;
		if (!pid && fcntl(all[k]->fd, F_OFD_GETLK, &probe) == 0 &&
		    (probe.l_type == F_UNLCK ||
		     probe.l_start != found->l_start ||
		     probe.l_len != found->l_len))
			pid = all[k]->pid;
	}
	/* several readers of the very same range hide one another */
	if (!pid && n)
		pid = all[0]->pid;
	for (size_t k = 0; k < n; k++)
		locks_put(fs, all[k]);
	free(all);
	return pid;
}

static int do_getlk(struct fs *fs, const struct handle *h, uint64_t owner,
		    struct flock *lock)
{
	struct inode *i = h->node->inode;
	struct lock_owner *o = locks_find(i, owner);
	int r;

	lock->l_pid = 0;
	r = fcntl(o ? o->fd : h->fd, F_OFD_GETLK, lock) ? -errno : 0;
	locks_put(fs, o);
	if (r == 0 && lock->l_type != F_UNLCK)
		lock->l_pid = holder_of(fs, i, owner, lock);
	return r;
}

void op_getlk(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
	      struct flock *lock)
{
	struct fs *fs = fs_of(req);
	struct flock found = *lock;
	int r;

	r = node_of(fs, ino)->control
		    ? -EOPNOTSUPP
		    : do_getlk(fs, handle_of(fi->fh), fi->lock_owner, &found);
	if (r)
		reply_error(req, r);
	else
		(void)fuse_reply_lock(req, &found);
}

/*
 * The open file's locks end with it. To close its descriptor is not enough:
 * the kernel may have the description as backing file of the whole node.
 */
void op_release_locked(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);

	if (!node_of(fs, ino)->control) {
		const struct handle *h = handle_of(fi->fh);

		if (fi->flock_release)
			(void)flock(h->fd, LOCK_UN);
		locks_flock_gone(h);
		locks_handle_gone(fs, h);
	}
	op_release(req, ino, fi);
}
