// SPDX-License-Identifier: Apache-2.0
/* Binding nodes to content; see bind.h. Decides nothing about access. */
#include "bind.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "digest.h"
#include "passthrough.h"

/* A caller that was answered ESTALE and will be back at once. */
struct retry {
	struct retry *next;
	pid_t pid;
	uint64_t after; /* nodes with a higher serial are newer */
	time_t when;	/* monotonic seconds */
};

/* How long a caller that was sent back is remembered, in seconds. */
#define RETRY_SECONDS 5

static time_t now(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

void bind_retries_free(struct fs *fs)
{
	while (fs->retries) {
		struct retry *r = fs->retries;

		fs->retries = r->next;
		free(r);
	}
}

/* Forgets the callers that never came back, too. */
static void remember(struct fs *fs, pid_t pid, uint64_t after)
{
	struct retry *fresh = malloc(sizeof(*fresh));
	struct retry **p, *r;
	time_t t = now();

	if (!fresh)
		return; /* the second try may then fail with ESTALE */
	(void)pthread_mutex_lock(&fs->retry_lock);
	*fresh = (struct retry){ fs->retries, pid, after, t };
	fs->retries = fresh;
	atomic_fetch_add(&fs->n_retries, 1);
	for (p = &fresh->next; (r = *p);) {
		if (r->pid == pid || t - r->when > RETRY_SECONDS) {
			*p = r->next;
			free(r);
			atomic_fetch_sub(&fs->n_retries, 1);
		} else {
			p = &r->next;
		}
	}
	(void)pthread_mutex_unlock(&fs->retry_lock);
}

uint64_t bind_came_back(struct fs *fs, pid_t pid)
{
	uint64_t after = UINT64_MAX;
	struct retry **p, *r;

	if (!atomic_load(&fs->n_retries))
		return after;
	(void)pthread_mutex_lock(&fs->retry_lock);
	for (p = &fs->retries; (r = *p) && r->pid != pid; p = &r->next)
		;
	if (r) {
		if (now() - r->when <= RETRY_SECONDS)
			after = r->after;
		*p = r->next;
		free(r);
		atomic_fetch_sub(&fs->n_retries, 1);
	}
	(void)pthread_mutex_unlock(&fs->retry_lock);
	return after;
}

void bind_send_back(struct fs *fs, const struct node *n, pid_t pid)
{
	remember(fs, pid, n->serial);
}

struct object *bind_promised(struct node *n, uint64_t after)
{
	struct object *o = NULL;

	if (n->serial <= after)
		return NULL;
	(void)pthread_mutex_lock(&n->inode->lock);
	if (n->binding == BIND_OBJECT)
		o = object_ref(n->object);
	else if (n->beside)
		o = object_ref(n->beside);
	(void)pthread_mutex_unlock(&n->inode->lock);
	return o;
}

/* Equal bytes, as far as a cryptographic digest can tell. */
static bool same_content(struct object *a, struct object *b)
{
	struct digest x, y;

	return a == b || (object_size(a) == object_size(b) &&
			  object_digest(a, HASH_ALG_SHA256, &x) == 0 &&
			  object_digest(b, HASH_ALG_SHA256, &y) == 0 &&
			  digest_equal(&x, &y));
}

/* Would this open contradict what other handles of the node were promised? */
static bool fits(struct node *n, const struct bind_request *q, bool again,
		 struct bind_reply *ret)
{
	mode_t shown = q->mode;

	if (q->exec) {
		if (q->strip)
			shown &= ~(mode_t)(S_ISUID | S_ISGID);
		if (n->stripped != q->strip ||
		    (n->told && n->told_mode != shown))
			return false;
	}
	if (n->opens) {
		if (!q->object)
			return n->binding == BIND_SOURCE;
		return n->binding == BIND_OBJECT &&
		       same_content(n->object, q->object);
	}
	if (q->object && n->told && n->told_size != object_size(q->object)) {
		ret->direct = true;
		return again;
	}
	return true;
}

static int make_backing(void *arg, int fd)
{
	return passthrough_register(arg, fd);
}

static void drop_backing(void *arg, int id)
{
	passthrough_unregister(arg, id);
}

/* Called with inode.lock; the ioctl that may be done does no I/O. */
static void bind_first(struct fs *fs, struct node *n,
		       const struct bind_request *q, const struct handle *h)
{
	n->binding = q->object ? BIND_OBJECT : BIND_SOURCE;
	n->backing = 0;
	if (q->object) {
		n->object = object_ref(q->object);
		if (fs->passthrough)
			n->backing = object_backing(n->object, make_backing,
						    drop_backing, fs);
	} else if (fs->passthrough) {
		n->backing = passthrough_register(fs, h->fd);
	}
	if (n->backing < 0)
		n->backing = 0; /* the daemon serves it */
}

static void enter(struct inode *i, struct handle *h)
{
	h->next = i->handles;
	h->prev = &i->handles;
	if (h->next)
		h->next->prev = &h->next;
	i->handles = h;
	if (h->writes)
		i->writers++;
	else
		i->readers++;
}

/*
 * The second try does not fit either. The kernel lets FOPEN_DIRECT_IO handles
 * stand beside passthrough ones: they are served by the daemon, each from what
 * it was promised. The page cache of the node, which only their private
 * mappings use, must then have one content: that of node.beside.
 *
 * Return: 0; -EAGAIN: there is an object that the gate should be asked about
 * (bind_promised()); -ESTALE: no way. Called with inode.lock.
 */
static int bind_beside(struct fs *fs, struct node *n,
		       const struct bind_request *q, struct object **ret_use)
{
	if (q->exec && n->stripped != q->strip)
		return -ESTALE;
	if (q->object && n->binding == BIND_OBJECT)
		return -EAGAIN;
	if (!fs->passthrough || !n->opens)
		return -ESTALE;
	if (q->object) {
		if (n->beside && !same_content(n->beside, q->object))
			return -EAGAIN;
		if (!n->beside)
			n->beside = object_ref(q->object);
		n->n_beside++;
	}
	*ret_use = q->object ? n->beside : NULL;
	return 0;
}

int bind_open(struct fs *fs, const struct bind_request *q, struct handle *h,
	      struct bind_reply *ret)
{
	struct node *n = q->node;
	struct inode *i = n->inode;
	struct object *use = NULL;
	uint64_t content;
	bool again;
	int r;

	*ret = (struct bind_reply){ 0 };
	(void)pthread_mutex_lock(&i->lock);
	again = n->serial > q->after;
	if (fits(n, q, again, ret)) {
		if (!n->opens++)
			bind_first(fs, n, q, h);
		use = n->object;
	} else {
		r = again ? bind_beside(fs, n, q, &use) : -ESTALE;
		if (r == -ESTALE)
			inode_supersede(fs->inodes, n, q->strip);
		if (r < 0) {
			(void)pthread_mutex_unlock(&i->lock);
			/*
			 * Not the newest node's serial: the caller may have
			 * walked here before somebody else looked that up.
			 */
			if (r == -ESTALE)
				remember(fs, q->pid, n->serial);
			return r;
		}
		h->beside = true;
		ret->direct = true;
	}
	if (use)
		h->object = object_ref(use);
	h->writes = q->writes;
	enter(i, h);
	if (!h->beside) {
		content = use ? object_serial(use) : 0;
		ret->backing = n->backing;
		ret->keep_cache = content && n->cached == content;
		n->cached = content;
	}
	(void)pthread_mutex_unlock(&i->lock);
	return 0;
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
		i->closing++;
	} else {
		i->readers--;
	}
	if (sized && n->told && n->binding == BIND_SOURCE)
		n->told_size = (uint64_t)st.st_size;
	if (h->beside) {
		if (h->object && --n->n_beside == 0) {
			object = n->beside;
			n->beside = NULL;
		}
	} else if (--n->opens == 0) {
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

void bind_closed(struct fs *fs, struct inode *i, const struct handle *h)
{
	if (!h->writes)
		return;
	(void)pthread_mutex_lock(&i->lock);
	i->closing--;
	(void)pthread_mutex_unlock(&i->lock);
	(void)pthread_mutex_lock(&fs->settle_lock);
	(void)pthread_cond_broadcast(&fs->settled);
	(void)pthread_mutex_unlock(&fs->settle_lock);
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

static void expect_no_release(struct inode *i)
{
	(void)pthread_mutex_lock(&i->lock);
	for (struct handle *h = i->handles; h; h = h->next)
		h->flushed = false;
	(void)pthread_mutex_unlock(&i->lock);
}

void bind_settle(struct fs *fs, struct inode *i)
{
	struct timespec until = { 0 };
	bool certain, likely;

	pending(i, &certain, &likely);
	if (!certain && !likely)
		return;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += RELEASE_NS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	(void)pthread_mutex_lock(&fs->settle_lock);
	for (;;) {
		pending(i, &certain, &likely);
		if (certain)
			(void)pthread_cond_wait(&fs->settled, &fs->settle_lock);
		else if (!likely)
			break;
		else if (pthread_cond_timedwait(&fs->settled, &fs->settle_lock,
						&until) == ETIMEDOUT)
			expect_no_release(i);
	}
	(void)pthread_mutex_unlock(&fs->settle_lock);
}
