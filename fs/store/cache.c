// SPDX-License-Identifier: Apache-2.0
/*
 * Which objects there are: lookup by content, the budget, eviction of closed
 * objects, least recently used first. What is closed and still mapped takes
 * memory, whether the store knows it or not; so it stays, and is counted. All
 * of it under one short lock; reading and hashing happen outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "store/object.h"

bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
	return a->size == b->size && a->mtime.tv_sec == b->mtime.tv_sec &&
	       a->mtime.tv_nsec == b->mtime.tv_nsec &&
	       a->ctime.tv_sec == b->ctime.tv_sec &&
	       a->ctime.tv_nsec == b->ctime.tv_nsec;
}

/* By the file alone: what is cached of one file is in one chain. */
static uint64_t key_hash(const struct content_key *k)
{
	uint64_t v;

	memcpy(&v, k->file, sizeof(v)); /* a digest: any part is as good */
	return v;
}

/* Is it the content of a file that others can ask for? */
static bool named(const struct content_key *k)
{
	static const uint8_t nobody[FILE_KEY_SIZE];

	return memcmp(k->file, nobody, FILE_KEY_SIZE) != 0;
}

static bool key_equal(const struct content_key *a, const struct content_key *b)
{
	return memcmp(a->file, b->file, FILE_KEY_SIZE) == 0 &&
	       fingerprint_equal(&a->print, &b->print);
}

/*
 * A tmpfs that no path leads to. fsopen() and its like are in glibc from 2.36
 * on only; the numbers are the kernel's.
 */
static int detached_tmpfs(uint64_t size, bool noswap)
{
	CLEANUP(closep) int fs = -1;
	char text[32];
	int fd;

	fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)size);
	if (syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "size", text, 0) < 0)
		return -errno;
	if (noswap &&
	    syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "noswap", NULL, 0) < 0)
		return -errno;
	/* huge pages are speed only; a kernel without them says no */
	(void)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "huge",
		      "within_size", 0);
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
			  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				  MOUNT_ATTR_NOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Descriptors that are not for objects: what the daemon itself needs. */
#define SPARE_LEAST 64

/*
 * Each object has a descriptor, cached ones too. Open files take one more each
 * and have precedence: store_descriptor().
 */
static void set_limits(struct store *s)
{
	struct rlimit files = { .rlim_cur = 128 };
	uint64_t spare;
	cpu_set_t cpus;

	s->cpus = 1;
	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		s->cpus = (unsigned)CPU_COUNT(&cpus);
	(void)getrlimit(RLIMIT_NOFILE, &files); /* else: so few are certain */
	spare = files.rlim_cur / 8;
	if (spare < SPARE_LEAST)
		spare = SPARE_LEAST;
	if (spare > files.rlim_cur / 2)
		spare = files.rlim_cur / 2;
	s->most = files.rlim_cur - spare;
	s->tight = files.rlim_cur - spare / 2;
}

/*
 * Objects that are locked by mlock() are mapped, and the kernel admits 65530
 * mappings (vm.max_map_count), threads and large blocks of memory included.
 */
#define MAPPED_MOST 32768

int store_new(uint64_t budget, struct store **ret)
{
	/* what the accounting rounds differently must not hit the limit */
	uint64_t limit = budget + budget / 8 + (64 << 20);
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->n_buckets = 1024;
	s->table = calloc(s->n_buckets, sizeof(*s->table));
	if (!s->table) {
		free(s);
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&s->lock, NULL);
	s->budget = budget;
	set_limits(s);
	s->noswap = true;
	s->dir = detached_tmpfs(limit, true);
	if (s->dir < 0) {
		s->noswap = false;
		s->dir = detached_tmpfs(limit, false);
	}
	if (s->dir < 0)
		s->dir = -1; /* memfds, then */
	if (!s->noswap && s->most > MAPPED_MOST)
		s->most = MAPPED_MOST;
	*ret = s;
	return 0;
}

static size_t bucket_of(const struct store *s, const struct content_key *k)
{
	return (size_t)(key_hash(k) % s->n_buckets);
}

/* Called with the lock held; without memory the chains stay longer. */
static void table_grow(struct store *s)
{
	size_t n = s->n_buckets * 2, old = s->n_buckets;
	struct object **table, **from = s->table;

	if (s->count < s->n_buckets)
		return;
	table = calloc(n, sizeof(*table));
	if (!table)
		return;
	s->table = table;
	s->n_buckets = n;
	for (size_t i = 0; i < old; i++) {
		while (from[i]) {
			struct object *o = from[i];
			size_t b = bucket_of(s, &o->key);

			from[i] = o->next_hash;
			o->next_hash = table[b];
			table[b] = o;
		}
	}
	free(from);
}

static void table_add(struct store *s, struct object *o)
{
	size_t b;

	table_grow(s);
	b = bucket_of(s, &o->key);
	o->next_hash = s->table[b];
	s->table[b] = o;
	o->cached = true;
}

static void table_remove(struct store *s, struct object *o)
{
	struct object **p = &s->table[bucket_of(s, &o->key)];

	while (*p != o)
		p = &(*p)->next_hash;
	*p = o->next_hash;
	o->cached = false;
}

static void list_remove(struct object_list *l, struct object *o)
{
	*(o->older ? &o->older->newer : &l->oldest) = o->newer;
	*(o->newer ? &o->newer->older : &l->newest) = o->older;
	o->older = o->newer = NULL;
}

static void list_add(struct object_list *l, struct object *o)
{
	o->older = l->newest;
	o->newer = NULL;
	*(l->newest ? &l->newest->newer : &l->oldest) = o;
	l->newest = o;
}

static struct object *table_find(struct store *s, const struct content_key *k)
{
	struct object *o = s->table[bucket_of(s, k)];

	while (o && !key_equal(&o->key, k))
		o = o->next_hash;
	return o;
}

static struct object *take(struct store *s, struct object *o)
{
	if (o->refs++ == 0)
		list_remove(&s->idle, o); /* orphans are never taken */
	return o;
}

struct object *store_find(struct store *s, const struct content_key *key)
{
	struct object *o;

	if (!named(key))
		return NULL;
	(void)pthread_mutex_lock(&s->lock);
	o = table_find(s, key);
	if (o)
		(void)take(s, o);
	(void)pthread_mutex_unlock(&s->lock);
	return o;
}

/* An object of the list @l goes to the list @dead. Called with the lock. */
static void take_out(struct store *s, struct object_list *l, struct object *o,
		     struct object **dead)
{
	list_remove(l, o);
	s->evicted += o->cached;
	if (o->cached)
		table_remove(s, o);
	s->used -= object_cost(o->key.print.size);
	s->count--;
	o->next_hash = *dead;
	*dead = o;
}

/*
 * Likewise the oldest @n objects of @l whose memory is free then. Looks at
 * @most, at each once; those that are in use are no longer old.
 */
static bool evict(struct store *s, struct object_list *l, uint64_t n,
		  uint64_t most, struct object **dead)
{
	struct object *last = l->newest, *o = NULL;
	uint64_t found = 0;

	while (l->oldest && o != last && found < n && most--) {
		o = l->oldest;
		if (!object_mapped(o)) {
			take_out(s, l, o, dead);
			found++;
		} else {
			list_remove(l, o);
			list_add(l, o);
		}
	}
	return found > 0;
}

/*
 * Each look is a system call under the lock, and there can be as many orphans
 * as a client likes: each load only looks at a few.
 */
#define SWEEP_AT_ONCE 16

/*
 * Makes @cost bytes of room, or says -ENOMEM. What is evicted is handed back
 * as a list, to be freed without the lock.
 */
static int reserve(struct store *s, uint64_t cost, struct object **ret_dead)
{
	struct object_list *from = &s->idle;
	int r = 0;

	*ret_dead = NULL;
	(void)pthread_mutex_lock(&s->lock);
	(void)evict(s, &s->orphans, SWEEP_AT_ONCE, SWEEP_AT_ONCE, ret_dead);
	if (cost > s->budget)
		r = -ENOMEM;
	while (r == 0) {
		bool full = s->used > s->budget - cost;

		if (!full && s->count < s->most)
			break;
		if (evict(s, from, 1, UINT64_MAX, ret_dead))
			continue;
		if (from == &s->idle)
			from = &s->orphans;
		else if (full)
			r = -ENOMEM;
		else
			break;
	}
	if (r == 0)
		s->used += cost;
	(void)pthread_mutex_unlock(&s->lock);
	return r;
}

static void destroy_list(struct object *o)
{
	while (o) {
		struct object *next = o->next_hash;

		object_destroy(o);
		o = next;
	}
}

/*
 * Evicted at a time when descriptors are rare; mapped or not, as without
 * descriptors nothing works. What is mapped of them is counted no more.
 */
#define EVICT_AT_ONCE 16

bool store_descriptor(struct store *s, int fd)
{
	struct object *dead = NULL;
	bool any;

	if (fd < 0 || (uint64_t)fd < s->tight)
		return true;
	(void)pthread_mutex_lock(&s->lock);
	for (int i = 0; i < EVICT_AT_ONCE; i++) {
		struct object_list *l =
			s->orphans.oldest ? &s->orphans : &s->idle;

		if (l->oldest)
			take_out(s, l, l->oldest, &dead);
	}
	(void)pthread_mutex_unlock(&s->lock);
	any = dead != NULL;
	destroy_list(dead);
	return any;
}

static void unreserve(struct store *s, uint64_t cost)
{
	(void)pthread_mutex_lock(&s->lock);
	s->used -= cost;
	(void)pthread_mutex_unlock(&s->lock);
}

/*
 * The file has another content now: what was cached of it before will not be
 * asked for again. Its memory is better used for what comes next. Called with
 * the lock; whoever has it open keeps it.
 */
static void forget_older(struct store *s, const struct content_key *k,
			 struct object **dead)
{
	struct object *o = s->table[bucket_of(s, k)], *next;

	for (; o; o = next) {
		next = o->next_hash;
		if (memcmp(o->key.file, k->file, FILE_KEY_SIZE) != 0 ||
		    fingerprint_equal(&o->key.print, &k->print))
			continue;
		table_remove(s, o);
		if (o->refs)
			continue;
		if (object_mapped(o)) {
			list_remove(&s->idle, o);
			list_add(&s->orphans, o);
		} else {
			take_out(s, &s->idle, o, dead);
		}
	}
}

/*
 * Enters a new object. Another thread may have loaded the same content
 * meanwhile: then that one is used, and ours goes.
 */
static struct object *enter(struct store *s, struct object *o, uint64_t cost)
{
	struct object *same = NULL, *dead = NULL;

	(void)pthread_mutex_lock(&s->lock);
	s->used += object_cost(o->key.print.size);
	s->used -= cost;
	o->serial = ++s->next_serial;
	if (!o->locked)
		s->unlocked = true;
	if (named(&o->key))
		forget_older(s, &o->key, &dead);
	if (o->settled && named(&o->key))
		same = table_find(s, &o->key);
	if (same && digest_equal(&same->digest, &o->digest)) {
		s->used -= object_cost(o->key.print.size);
		(void)take(s, same);
	} else {
		if (o->settled && named(&o->key) && !same)
			table_add(s, o);
		s->count++;
		same = NULL;
	}
	(void)pthread_mutex_unlock(&s->lock);
	destroy_list(dead);
	if (!same)
		return o;
	object_destroy(o);
	return same;
}

int store_load(struct store *s, const uint8_t *file, int fd, unsigned alg,
	       struct object **ret)
{
	struct object *dead, *o;
	struct stat st;
	uint64_t cost;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size < 0)
		return -EINVAL;
	cost = object_cost((uint64_t)st.st_size);
	r = reserve(s, cost, &dead);
	destroy_list(dead);
	if (r < 0)
		return r;
	o = calloc(1, sizeof(*o));
	if (!o) {
		unreserve(s, cost);
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&o->lock, NULL);
	o->store = s;
	o->fd = -1;
	o->refs = 1;
	if (file)
		memcpy(o->key.file, file, FILE_KEY_SIZE);
	r = object_make(s, fd, &st, alg, o);
	if (r < 0) {
		object_destroy(o);
		unreserve(s, cost);
		return r;
	}
	*ret = enter(s, o, cost);
	/* what was evicted for it gave low numbers back: others get those */
	(void)store_descriptor(s, (*ret)->fd);
	return 0;
}

static bool is_mapped_of(const struct object *o, const uint8_t *file)
{
	return !o->refs && memcmp(o->key.file, file, FILE_KEY_SIZE) == 0 &&
	       object_mapped(o);
}

bool store_mapped(struct store *s, const uint8_t *file)
{
	struct content_key k = { .print = { 0 } };
	struct object *o;
	bool yes = false;

	memcpy(k.file, file, FILE_KEY_SIZE);
	(void)pthread_mutex_lock(&s->lock);
	for (o = s->table[bucket_of(s, &k)]; o && !yes; o = o->next_hash)
		yes = is_mapped_of(o, file);
	for (o = s->orphans.oldest; o && !yes; o = o->newer)
		yes = is_mapped_of(o, file);
	(void)pthread_mutex_unlock(&s->lock);
	return yes;
}

struct object *object_ref(struct object *o)
{
	(void)pthread_mutex_lock(&o->store->lock);
	(void)take(o->store, o);
	(void)pthread_mutex_unlock(&o->store->lock);
	return o;
}

void object_unref(struct object *o)
{
	struct store *s;
	bool dead;

	if (!o)
		return;
	s = o->store;
	(void)pthread_mutex_lock(&s->lock);
	dead = --o->refs == 0 && !o->cached && !object_mapped(o);
	if (dead) {
		s->used -= object_cost(o->key.print.size);
		s->count--;
	} else if (o->refs == 0 && o->cached) {
		list_add(&s->idle, o);
	} else if (o->refs == 0) {
		list_add(&s->orphans, o);
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (dead)
		object_destroy(o);
}

void object_drop(struct object *o)
{
	(void)pthread_mutex_lock(&o->store->lock);
	if (o->cached)
		table_remove(o->store, o); /* the caller has a reference */
	(void)pthread_mutex_unlock(&o->store->lock);
}

void store_stat(struct store *s, struct store_info *ret)
{
	(void)pthread_mutex_lock(&s->lock);
	*ret = (struct store_info){
		.tmpfs = s->dir >= 0,
		.locked = !s->unlocked,
		.noswap = s->noswap,
		.budget = s->budget,
		.used = s->used,
		.objects = s->count,
		.evicted = s->evicted,
	};
	(void)pthread_mutex_unlock(&s->lock);
}

static void destroy_all(struct object_list *l)
{
	while (l->oldest) {
		struct object *o = l->oldest;

		list_remove(l, o);
		object_destroy(o);
	}
}

void store_free(struct store *s)
{
	if (!s)
		return;
	destroy_all(&s->idle);
	destroy_all(&s->orphans);
	if (s->dir >= 0)
		(void)close(s->dir); /* the tmpfs goes with it */
	free(s->table);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}
