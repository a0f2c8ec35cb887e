// SPDX-License-Identifier: Apache-2.0
/* Binding nodes to content; see bind.h. Decides nothing about access. */
#include "bind.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "digest.h"
#include "passthrough.h"
#include "session.h"

struct object *bind_promised(struct node *n, uint64_t after)
{
	struct object *o = NULL;

	if (n->serial <= after)
		return NULL;
	(void)pthread_mutex_lock(&n->inode->lock);
	if (n->binding == BIND_OBJECT)
		o = object_ref(n->object);
	(void)pthread_mutex_unlock(&n->inode->lock);
	return o;
}

/* What an object was found to be, compared with another. */
struct compared {
	struct object *with; /* a reference; NULL: nothing was compared yet */
	bool same;
};

static void compared_release(struct compared *c)
{
	object_unref(c->with);
}

/*
 * Equal bytes, as far as a cryptographic digest can tell. It may have to be
 * computed, and a large object takes a while: not under inode.lock, which is
 * let go and taken again. What the node is bound to may be another by then.
 */
static void compare(struct node *n, struct object *o, struct compared *c)
{
	struct digest x, y;

	while (n->opens && n->binding == BIND_OBJECT && n->object != o &&
	       n->object != c->with) {
		struct object *old = c->with;

		c->with = object_ref(n->object);
		(void)pthread_mutex_unlock(&n->inode->lock);
		object_unref(old);
		session_busy();
		c->same = object_size(c->with) == object_size(o) &&
			  object_digest(c->with, HASH_ALG_SHA256, &x) == 0 &&
			  object_digest(o, HASH_ALG_SHA256, &y) == 0 &&
			  digest_equal(&x, &y);
		(void)pthread_mutex_lock(&n->inode->lock);
	}
}

/*
 * Privileges that were vouched for are given by what the kernel was told, and
 * what it will be told from now on; doc/design/010-evm.md.
 */
static bool privileges_fit(const struct node *n, const struct bind_request *q)
{
	if (n->vouched.yes || !q->vouched.yes)
		return vouched_equal(&n->vouched, &q->vouched);
	return !n->told ||
	       (n->told_uid == q->vouched.uid && n->told_gid == q->vouched.gid);
}

/* execve() goes by the mode that the kernel was told: is it the right one? */
static bool mode_fits(const struct node *n, const struct bind_request *q)
{
	mode_t shown = q->mode;

	if (q->strip)
		shown &= ~(mode_t)(S_ISUID | S_ISGID);
	return !q->exec ||
	       (n->stripped == q->strip &&
		(!n->told || n->told_mode == shown) && privileges_fit(n, q));
}

/* Would this open contradict what other handles of the node were promised? */
static bool fits(struct node *n, const struct bind_request *q,
		 const struct compared *c, bool again, struct bind_reply *ret)
{
	if (!mode_fits(n, q))
		return false;
	/*
	 * Direct I/O into a mapping can make a page dirty when mapping and
	 * writer are long gone. Without a writer the kernel cannot clean it,
	 * and then not even drop it: a reader would be shown it.
	 */
	if (q->object && n->scribbled)
		return false;
	/* with passthrough only the first open's size is looked at */
	ret->direct = q->object && n->told && !n->backing &&
		      n->told_size != object_size(q->object);
	if (n->opens) {
		if (!q->object)
			return n->binding == BIND_SOURCE &&
			       !(q->tracked && n->backing);
		return n->binding == BIND_OBJECT &&
		       (n->object == q->object || c->same);
	}
	return !ret->direct || again || q->after != UINT64_MAX;
}

static int make_backing(void *arg, int fd)
{
	return passthrough_register(arg, fd);
}

static void drop_backing(void *arg, int id)
{
	passthrough_unregister(arg, id);
}

/*
 * Up to this size locked content is read by way of the page cache: opening it
 * again and reading it again then costs less than with passthrough, which
 * opens a second file each time, and makes the kernel ask for the time of last
 * access. Above it a second copy in memory would cost more.
 */
#define CACHED_MOST (UINT64_C(1) << 20)

/*
 * What is executed is mapped, not read. Mapping the large folios of an object
 * is then worth more than what passthrough costs, unless one fault maps it all
 * (fault-around, 64 KiB).
 */
#define EXEC_CACHED_MOST (UINT64_C(64) << 10)

static bool by_page_cache(const struct fs *fs, const struct node *n,
			  const struct bind_request *q, bool direct)
{
	uint64_t most = q->exec ? EXEC_CACHED_MOST : CACHED_MOST;

	return !fs->passthrough ||
	       (!direct && n->told && object_size(q->object) <= most);
}

/* Called with inode.lock; the ioctl that may be done does no I/O. */
static void bind_first(struct fs *fs, struct node *n,
		       const struct bind_request *q, const struct handle *h,
		       bool direct)
{
	n->binding = q->object ? BIND_OBJECT : BIND_SOURCE;
	n->backing = 0;
	if (q->object) {
		n->object = object_ref(q->object);
		if (!by_page_cache(fs, n, q, direct))
			n->backing = object_backing(n->object, make_backing,
						    drop_backing, fs);
	} else if (fs->passthrough && !q->tracked) {
		/* a mapping would keep the backing file, and not this handle */
		n->backing = passthrough_register(fs, h->fd);
	}
	if (n->backing < 0)
		n->backing = 0; /* the daemon serves it */
	if (!n->object || n->backing || n->cached != object_serial(n->object))
		n->cached = 0;
}

/* What the kernel is to do with its page cache and its idea of the size. */
static void use_cache(struct node *n, struct handle *h, struct bind_reply *ret)
{
	uint64_t content;

	if (!n->object || n->backing || ret->direct)
		return;
	content = object_serial(n->object);
	ret->ask_again = n->resized;
	ret->keep_cache = n->cached == content;
	if (!ret->keep_cache)
		atomic_store(&h->empties, content);
}

void bind_size_is_sure(struct handle *h)
{
	struct inode *i = h->node->inode;

	(void)pthread_mutex_lock(&i->lock);
	h->node->resized = false; /* bound to an object, it is told no other */
	(void)pthread_mutex_unlock(&i->lock);
}

void bind_is_read(struct handle *h)
{
	struct inode *i = h->node->inode;
	uint64_t content;

	if (!atomic_load(&h->empties))
		return;
	(void)pthread_mutex_lock(&i->lock);
	content = atomic_exchange(&h->empties, 0);
	if (content)
		h->node->cached = content;
	(void)pthread_mutex_unlock(&i->lock);
}

static void enter(struct inode *i, struct handle *h)
{
	h->next = i->handles;
	h->prev = &i->handles;
	if (h->next)
		h->next->prev = &h->next;
	i->handles = h;
	if (h->writes) {
		i->writers++;
		h->node->writers++;
	} else {
		i->readers++;
	}
}

int bind_open(struct fs *fs, const struct bind_request *q, struct handle *h,
	      struct bind_reply *ret)
{
	struct node *n = q->node;
	CLEANUP(compared_release) struct compared c = { NULL, false };
	struct inode *i = n->inode;
	bool again;

	*ret = (struct bind_reply){ 0 };
	(void)pthread_mutex_lock(&i->lock);
	if (q->object)
		compare(n, q->object, &c);
	again = n->serial > q->after;
	if (!fits(n, q, &c, again, ret)) {
		bool promise = again && q->object && mode_fits(n, q) &&
			       n->binding == BIND_OBJECT;

		/* who writes later shares the page cache of who writes now;
		 * the reader's second walk gets a node of its own */
		if (!promise && !(n->writers && q->object))
			inode_supersede(fs->inodes, n, q->strip);
		(void)pthread_mutex_unlock(&i->lock);
		return promise ? -EAGAIN : -ESTALE;
	}
	if (!n->opens++)
		bind_first(fs, n, q, h, ret->direct);
	if (q->exec)
		n->vouched = q->vouched;
	if (n->object)
		h->object = object_ref(n->object);
	h->writes = q->writes;
	if (q->writes && !n->backing && (h->flags & O_ACCMODE) == O_RDWR)
		n->scribbled = true;
	enter(i, h);
	if (q->writes)
		inode_prefer(fs->inodes, n);
	ret->backing = n->backing;
	use_cache(n, h, ret);
	(void)pthread_mutex_unlock(&i->lock);
	return 0;
}

void bind_truncated(struct fs *fs, struct node *n)
{
	(void)pthread_mutex_lock(&n->inode->lock);
	if (n->binding == BIND_OBJECT)
		inode_supersede(fs->inodes, n, n->stripped);
	(void)pthread_mutex_unlock(&n->inode->lock);
}

void bind_close(struct fs *fs, struct handle *h)
{
	struct node *n = h->node;
	struct inode *i = n->inode;
	struct object *object = NULL;
	int backing = 0;
	struct stat st;
	bool sized;

	/* what the kernel knows after its own writes, with nobody told */
	sized = h->writes && fstat(h->fd, &st) == 0;

	(void)pthread_mutex_lock(&i->lock);
	*h->prev = h->next;
	if (h->next)
		h->next->prev = h->prev;
	if (h->writes) {
		i->writers--;
		n->writers--;
		i->closing++;
	} else {
		i->readers--;
	}
	if (sized && n->told && n->binding == BIND_SOURCE) {
		n->resized |= n->told_size != (uint64_t)st.st_size;
		n->told_size = (uint64_t)st.st_size;
	}
	if (--n->opens == 0) {
		object = n->object;
		n->object = NULL;
		if (n->binding == BIND_SOURCE)
			backing = n->backing;
		n->backing = 0;
		n->binding = BIND_NONE;
	}
	(void)pthread_mutex_unlock(&i->lock);

	if (backing > 0)
		passthrough_unregister(fs, backing);
	object_unref(object);
	object_unref(h->object);
	h->object = NULL;
}

void bind_flushed(struct handle *h)
{
	struct inode *i = h->node->inode;

	if (!h->writes)
		return;
	(void)pthread_mutex_lock(&i->lock);
	h->flushed = true;
	(void)pthread_mutex_unlock(&i->lock);
}

/* How long a release may be on its way after the flush, in nanoseconds. */
#define RELEASE_NS 100000000

/* Is a release certain (closing) or to be expected (all writers flushed)? */
static void pending(struct inode *i, bool *ret_certain, bool *ret_likely)
{
	struct handle *h;

	(void)pthread_mutex_lock(&i->lock);
	*ret_certain = i->closing > 0;
	*ret_likely = i->writers > 0;
	for (h = i->handles; h && *ret_likely; h = h->next)
		*ret_likely = !h->writes || h->flushed;
	(void)pthread_mutex_unlock(&i->lock);
}

/* Wakes bind_settle() and bind_wait(); nobody is there, mostly. */
static void tell(struct fs *fs)
{
	if (!atomic_load(&fs->n_settling))
		return;
	(void)pthread_mutex_lock(&fs->settle_lock);
	(void)pthread_cond_broadcast(&fs->settled);
	(void)pthread_mutex_unlock(&fs->settle_lock);
}

static bool is_open(struct node *n)
{
	bool yes;

	(void)pthread_mutex_lock(&n->inode->lock);
	yes = n->opens > 0;
	(void)pthread_mutex_unlock(&n->inode->lock);
	return yes;
}

/* How long a second try waits for others to close, in nanoseconds. */
#define WAIT_NS 100000000

bool bind_wait(struct fs *fs, struct node *n)
{
	struct timespec until = clock_after_ns(WAIT_NS);
	bool open;
	int r = 0;

	session_busy(); /* somebody has to take the RELEASE */
	atomic_fetch_add(&fs->n_settling, 1);
	(void)pthread_mutex_lock(&fs->settle_lock);
	while ((open = is_open(n)) && r != ETIMEDOUT)
		r = pthread_cond_clockwait(&fs->settled, &fs->settle_lock,
					   CLOCK_MONOTONIC, &until);
	(void)pthread_mutex_unlock(&fs->settle_lock);
	atomic_fetch_sub(&fs->n_settling, 1);
	return !open;
}

static void expect_no_release(struct inode *i)
{
	(void)pthread_mutex_lock(&i->lock);
	for (struct handle *h = i->handles; h; h = h->next)
		h->flushed = false;
	(void)pthread_mutex_unlock(&i->lock);
}

void bind_settle(struct fs *fs, struct inode *i)
{
	struct timespec until;
	bool certain, likely;

	pending(i, &certain, &likely);
	if (!certain && !likely)
		return;
	session_busy(); /* somebody has to take the RELEASE */
	until = clock_after_ns(RELEASE_NS);
	atomic_fetch_add(&fs->n_settling, 1);
	(void)pthread_mutex_lock(&fs->settle_lock);
	for (;;) {
		pending(i, &certain, &likely);
		if (certain)
			(void)pthread_cond_wait(&fs->settled, &fs->settle_lock);
		else if (!likely)
			break;
		else if (pthread_cond_clockwait(&fs->settled, &fs->settle_lock,
						CLOCK_MONOTONIC,
						&until) == ETIMEDOUT)
			expect_no_release(i);
	}
	(void)pthread_mutex_unlock(&fs->settle_lock);
	atomic_fetch_sub(&fs->n_settling, 1);
}

void bind_closed(struct fs *fs, struct inode *i, const struct handle *h)
{
	if (h->writes) {
		(void)pthread_mutex_lock(&i->lock);
		i->closing--;
		(void)pthread_mutex_unlock(&i->lock);
	}
	tell(fs);
}
