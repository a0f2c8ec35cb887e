// SPDX-License-Identifier: Apache-2.0
/*
 * The inode table: identity -> inode, and the nodes that the kernel holds.
 * One mutex for the table, taken for a few pointer moves; no I/O under it.
 * How a file of the table is named and opened is in inode_find.c.
 */
#include "inode.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/cleanup.h"
#include "digest.h"
#include "handle.h"
#include "inode_table.h"
#include "integrity.h"

static uint64_t id_hash(const struct file_id *id)
{
	return XXH3_64bits(id->bytes, id->size);
}

static struct inode *inode_new(const struct stat *st, const struct file_id *id)
{
	size_t size = offsetof(struct file_id, bytes) + id->size;
	struct inode *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	i->id = malloc(size);
	if (!i->id) {
		free(i);
		return NULL;
	}
	memcpy(i->id, id, size);
	i->hash = id_hash(id);
	i->dev = st->st_dev;
	i->ino = st->st_ino;
	i->type = st->st_mode & S_IFMT;
	i->pin = -1;
	(void)pthread_mutex_init(&i->lock, NULL);
	return i;
}

/* A mount that was taken away by force leaves its open files behind. */
static void free_handles(struct handle *h)
{
	while (h) {
		struct handle *next = h->next;

		object_unref(h->object);
		(void)close(h->fd); /* nobody is left to be told */
		free(h);
		h = next;
	}
}

static void inode_free(struct inode *i)
{
	if (!i)
		return;
	free_handles(i->handles);
	if (i->pin >= 0)
		(void)close(i->pin); /* O_PATH */
	integrity_free(i->integrity);
	(void)pthread_mutex_destroy(&i->lock);
	free(i->name);
	free(i->id);
	free(i);
}

#define BUCKETS_MIN 1024

/* Called with the lock; a table that cannot be resized only gets slower. */
static void table_resize(struct inode_table *t, size_t n)
{
	struct inode **bucket = calloc(n, sizeof(*bucket));

	if (!bucket)
		return;
	for (size_t b = 0; b < t->n_buckets; b++) {
		while (t->bucket[b]) {
			struct inode *i = t->bucket[b];

			t->bucket[b] = i->next_hash;
			i->next_hash = bucket[i->hash % n];
			bucket[i->hash % n] = i;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->n_buckets = n;
}

/*
 * Is it time to give memory back? The kernel forgets many files at once when
 * it is short of memory itself, and free() alone keeps what is not at the end
 * of the heap. Below GIVE_BACK inodes there is nothing to speak of. Called
 * with the lock.
 */
#define GIVE_BACK 16384
static bool table_shrink(struct inode_table *t)
{
	size_t n = t->n_buckets;

	if (t->peak < GIVE_BACK || t->count > t->peak / 4)
		return false;
	t->peak = t->count;
	while (n > BUCKETS_MIN && n / 2 > t->count)
		n /= 2;
	if (n < t->n_buckets)
		table_resize(t, n);
	return true;
}

static struct inode *table_find(struct inode_table *t, const struct file_id *id,
				uint64_t hash)
{
	struct inode *i = t->bucket[hash % t->n_buckets];

	while (i && (i->hash != hash || !file_id_equal(i->id, id)))
		i = i->next_hash;
	return i;
}

static void table_add(struct inode_table *t, struct inode *i)
{
	size_t b;

	if (t->count >= t->n_buckets)
		table_resize(t, t->n_buckets * 2);
	b = i->hash % t->n_buckets;
	i->next_hash = t->bucket[b];
	t->bucket[b] = i;
	t->count++;
	if (t->count > t->peak)
		t->peak = t->count;
}

/*
 * Drops one reference. An inode that goes gives up its parent, which may then
 * go, too: they are chained through next_hash and freed without the lock.
 */
static struct inode *drop_locked(struct inode_table *t, struct inode *i)
{
	struct inode *dead = NULL;

	while (i && --i->refs == 0) {
		struct inode **p = &t->bucket[i->hash % t->n_buckets];
		struct inode *parent = i->parent;

		while (*p != i)
			p = &(*p)->next_hash;
		*p = i->next_hash;
		t->count--;
		i->next_hash = dead;
		dead = i;
		i = parent;
	}
	return dead;
}

static void free_chain(struct inode *dead)
{
	while (dead) {
		struct inode *next = dead->next_hash;

		inode_free(dead);
		dead = next;
	}
}

struct inode *inode_ref(struct inode_table *t, struct inode *i)
{
	(void)pthread_mutex_lock(&t->lock);
	i->refs++;
	(void)pthread_mutex_unlock(&t->lock);
	return i;
}

void inode_unref(struct inode_table *t, struct inode *i)
{
	struct inode *dead;

	if (!i)
		return;
	(void)pthread_mutex_lock(&t->lock);
	dead = drop_locked(t, i);
	(void)pthread_mutex_unlock(&t->lock);
	free_chain(dead);
}

/*
 * Puts @i under @parent as @name, which it takes over. Called with the lock;
 * returns what became unreferenced. A directory is never put below itself: a
 * rename seen halfway could say so, and the chain must stay a tree.
 */
static struct inode *place_locked(struct inode_table *t, struct inode *i,
				  struct inode *parent, char **name)
{
	struct inode *old = i->parent, *p;

	/* nothing is below a file, or a directory that had no place so far */
	p = old && S_ISDIR(i->type) ? parent : NULL;
	for (; p; p = p->parent) {
		if (p == i)
			return NULL;
	}
	parent->refs++;
	i->parent = parent;
	free(i->name);
	i->name = STEAL(*name);
	return drop_locked(t, old);
}

/* Gives @i a node of its own making. Called with the lock. */
static struct node *add_node(struct inode_table *t, struct inode *i, bool strip,
			     struct node *fresh)
{
	fresh->inode = i;
	fresh->serial = ++t->next_node;
	fresh->stripped = strip;
	fresh->next = i->nodes;
	i->nodes = fresh;
	i->refs++;
	return fresh;
}

/* Most names are known, and where they were: without memory to be got. */
static struct node *lookup_known(struct inode_table *t,
				 const struct file_id *id, uint64_t hash,
				 const struct inode *parent, const char *name)
{
	struct node *n = NULL;
	struct inode *i;

	(void)pthread_mutex_lock(&t->lock);
	i = table_find(t, id, hash);
	if (i && i->current && i->parent == parent && !strcmp(i->name, name)) {
		n = i->current;
		n->nlookup++;
	}
	(void)pthread_mutex_unlock(&t->lock);
	return n;
}

/* @alone: NULL, or whether a node for one opener is to be stripped */
static int lookup(struct inode_table *t, const struct stat *st,
		  const struct file_id *id, struct inode *parent,
		  const char *name, const bool *alone, struct node **ret)
{
	struct inode *fresh = NULL, *dead = NULL, *i;
	uint64_t hash = id_hash(id);
	struct node *spare;
	char *copy;

	*ret = alone ? NULL : lookup_known(t, id, hash, parent, name);
	if (*ret)
		return 0;
	spare = calloc(1, sizeof(*spare));
	copy = strdup(name);
	if (!spare || !copy)
		goto no_memory;
	(void)pthread_mutex_lock(&t->lock);
	i = table_find(t, id, hash);
	if (!i) {
		(void)pthread_mutex_unlock(&t->lock);
		fresh = inode_new(st, id);
		if (!fresh)
			goto no_memory;
		(void)pthread_mutex_lock(&t->lock);
		i = table_find(t, id, hash);
		if (!i) {
			i = STEAL(fresh);
			table_add(t, i);
		}
	}
	if (alone)
		*ret = add_node(t, i, *alone, STEAL(spare));
	else if (!i->current)
		*ret = i->current = add_node(t, i, i->strip, STEAL(spare));
	else
		*ret = i->current;
	(*ret)->nlookup++;
	if (i != t->root->inode &&
	    (i->parent != parent || strcmp(i->name, name) != 0))
		dead = place_locked(t, i, parent, &copy);
	(void)pthread_mutex_unlock(&t->lock);
	free_chain(dead);
	inode_free(fresh);
	free(spare);
	free(copy);
	return 0;

no_memory:
	free(spare);
	free(copy);
	return -ENOMEM;
}

int inode_lookup(struct inode_table *t, const struct stat *st,
		 const struct file_id *id, struct inode *parent,
		 const char *name, struct node **ret)
{
	return lookup(t, st, id, parent, name, NULL, ret);
}

/* Without a descriptor to spare the file is found by other means, or not. */
static void pin(struct inode_table *t, struct node *n, int fd)
{
	struct inode *i = n->inode;

	if (atomic_fetch_add(&t->pins, 1) >= PINS_MAX) {
		atomic_fetch_sub(&t->pins, 1);
		return;
	}
	(void)pthread_mutex_lock(&i->lock);
	if (!i->pins)
		i->pin = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	n->pinned = i->pin >= 0;
	i->pins += n->pinned;
	(void)pthread_mutex_unlock(&i->lock);
	if (!n->pinned)
		atomic_fetch_sub(&t->pins, 1);
}

void inode_unpin(struct inode_table *t, struct node *n)
{
	struct inode *i = n->inode;
	int fd = -1;

	(void)pthread_mutex_lock(&i->lock);
	if (n->pinned) {
		n->pinned = false;
		atomic_fetch_sub(&t->pins, 1);
		if (--i->pins == 0) {
			fd = i->pin;
			i->pin = -1;
		}
	}
	(void)pthread_mutex_unlock(&i->lock);
	if (fd >= 0)
		(void)close(fd); /* O_PATH */
}

int inode_lookup_alone(struct inode_table *t, int fd, const struct stat *st,
		       const struct file_id *id, struct inode *parent,
		       const char *name, bool strip, struct node **ret)
{
	int r = lookup(t, st, id, parent, name, &strip, ret);

	if (r == 0) {
		(*ret)->alone = true; /* nobody else has it yet */
		pin(t, *ret, fd);
	}
	return r;
}

static void node_free(struct node *n)
{
	object_unref(n->object);
	free(n);
}

void inode_forget(struct inode_table *t, struct node *n, uint64_t count)
{
	struct inode *dead;
	struct node **p;
	bool much;

	if (n->control || n == t->root)
		return;
	inode_unpin(t, n);
	(void)pthread_mutex_lock(&t->lock);
	n->nlookup -= count < n->nlookup ? count : n->nlookup;
	if (n->nlookup) {
		(void)pthread_mutex_unlock(&t->lock);
		return;
	}
	if (n->inode->current == n)
		n->inode->current = NULL;
	for (p = &n->inode->nodes; *p != n; p = &(*p)->next)
		;
	*p = n->next;
	dead = drop_locked(t, n->inode);
	much = table_shrink(t);
	(void)pthread_mutex_unlock(&t->lock);
	free_chain(dead);
	node_free(n);
	if (much)
		(void)malloc_trim(0); /* tells whether there was anything */
}

void inode_supersede(struct inode_table *t, struct node *n, bool strip)
{
	(void)pthread_mutex_lock(&t->lock);
	if (n->inode->current == n)
		n->inode->current = NULL;
	n->inode->strip = strip;
	(void)pthread_mutex_unlock(&t->lock);
}

void inode_prefer(struct inode_table *t, struct node *n)
{
	(void)pthread_mutex_lock(&t->lock);
	n->inode->current = n;
	(void)pthread_mutex_unlock(&t->lock);
}

int inode_key(struct inode *i, uint8_t ret[FILE_KEY_SIZE])
{
	struct digest d;
	int r = 0;

	(void)pthread_mutex_lock(&i->lock);
	if (!i->keyed) {
		r = digest_of(HASH_ALG_SHA256, i->id->bytes, i->id->size, &d);
		if (r == 0) {
			memcpy(i->key, d.bytes, FILE_KEY_SIZE);
			i->keyed = true;
		}
	}
	if (r == 0)
		memcpy(ret, i->key, FILE_KEY_SIZE);
	(void)pthread_mutex_unlock(&i->lock);
	return r;
}

void node_attr(struct node *n, struct stat *st)
{
	struct inode *i = n->inode;

	if (n->stripped)
		st->st_mode &= ~(mode_t)(S_ISUID | S_ISGID);
	if (!S_ISREG(st->st_mode))
		return;
	(void)pthread_mutex_lock(&i->lock);
	if (n->binding == BIND_OBJECT) {
		const struct fingerprint *p = object_fingerprint(n->object);

		st->st_size = (off_t)p->size;
		st->st_mtim = p->mtime;
		st->st_ctim = p->ctime;
	}
	if (n->vouched.yes && !vouched_covers(&n->vouched, st))
		st->st_mode &= ~(mode_t)(S_ISUID | S_ISGID);
	/* replies overtake one another, and the page cache is cut to size */
	if (n->told && n->told_size != (uint64_t)st->st_size) {
		n->resized = true;
		n->cached = 0;
	}
	n->told = true;
	n->told_mode = st->st_mode;
	n->told_uid = st->st_uid;
	n->told_gid = st->st_gid;
	n->told_size = (uint64_t)st->st_size;
	(void)pthread_mutex_unlock(&i->lock);
}

struct node *inode_root(struct inode_table *t)
{
	return t->root;
}

uint64_t inode_count(struct inode_table *t)
{
	uint64_t n;

	(void)pthread_mutex_lock(&t->lock);
	n = t->count;
	(void)pthread_mutex_unlock(&t->lock);
	return n;
}

int inode_table_new(const struct source *src, struct inode_table **ret)
{
	struct inode_table *t = calloc(1, sizeof(*t));
	struct file_id id;
	struct inode *i;
	struct stat st;
	int r;

	if (!t)
		return -ENOMEM;
	t->source = src;
	(void)pthread_mutex_init(&t->lock, NULL);
	t->n_buckets = BUCKETS_MIN;
	t->bucket = calloc(t->n_buckets, sizeof(struct inode *));
	t->root = calloc(1, sizeof(*t->root));
	r = t->bucket && t->root ? 0 : -ENOMEM;
	if (r == 0 && fstat(src->root, &st) < 0)
		r = -errno;
	if (r == 0)
		r = source_identify(src, src->root, &st, &id);
	i = r == 0 ? inode_new(&st, &id) : NULL;
	if (!i) {
		free(t->root);
		free(t->bucket);
		free(t);
		return r < 0 ? r : -ENOMEM;
	}
	i->refs = 1;
	i->current = i->nodes = t->root;
	t->root->inode = i;
	t->root->nlookup = 1;
	table_add(t, i);
	*ret = t;
	return 0;
}

void inode_table_free(struct inode_table *t)
{
	if (!t)
		return;
	for (size_t b = 0; b < t->n_buckets; b++) {
		while (t->bucket[b]) {
			struct inode *i = t->bucket[b];

			t->bucket[b] = i->next_hash;
			while (i->nodes) {
				struct node *n = i->nodes;

				i->nodes = n->next;
				node_free(n);
			}
			inode_free(i);
		}
	}
	(void)pthread_mutex_destroy(&t->lock);
	free(t->bucket);
	free(t);
}
