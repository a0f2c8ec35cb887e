// SPDX-License-Identifier: Apache-2.0
/*
 * Making one object: an unnamed file that is filled, hashed in the same pass,
 * and then out of reach of every writer.
 *
 * tmpfs: O_TMPFILE on a mount that is attached nowhere; the descriptor that
 * wrote is closed, the one that stays is O_RDONLY, and no path leads to the
 * file. memfd: sealed against every change.
 */
#include "store/object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "store/copy.h"

/*
 * Up to this size content goes through a buffer of the thread and one write();
 * above it, it is read straight into a mapping, whose page faults then cost
 * less than the second copy.
 */
#define CHUNK ((size_t)256 << 10)

/* Digest contexts are kept per thread and algorithm: fetching is not free. */
static _Thread_local struct digest_ctx *thread_ctx[HASH_ALG_COUNT];
static _Thread_local uint8_t *thread_buf;
static pthread_key_t thread_key;
static pthread_once_t thread_once = PTHREAD_ONCE_INIT;

static void thread_end(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < HASH_ALG_COUNT; i++)
		digest_free(thread_ctx[i]);
	free(thread_buf);
}

static void thread_key_make(void)
{
	(void)pthread_key_create(&thread_key, thread_end); /* else: a leak */
}

static int thread_setup(unsigned alg, struct digest_ctx **ret)
{
	int r;

	(void)pthread_once(&thread_once, thread_key_make);
	if (!thread_buf) {
		thread_buf = malloc(CHUNK);
		if (!thread_buf)
			return -ENOMEM;
		(void)pthread_setspecific(thread_key, thread_buf);
	}
	if (alg >= HASH_ALG_COUNT)
		return -ENOPKG;
	if (thread_ctx[alg])
		r = digest_restart(thread_ctx[alg]);
	else
		r = digest_new(alg, &thread_ctx[alg]);
	*ret = thread_ctx[alg];
	return r;
}

static int new_file(const struct store *s)
{
	int fd;

	if (s->dir >= 0)
		fd = openat(s->dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0400);
	else
		fd = memfd_create("imafs", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd < 0 ? -errno : fd;
}

static ssize_t read_some(int fd, void *to, size_t len, off_t at)
{
	ssize_t n;

	do {
		n = pread(fd, to, len, at);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Small content: buffer, digest, one write. Returns bytes, or -errno. */
static ssize_t fill_small(int src, int mem, size_t size, struct digest_ctx *ctx)
{
	size_t at = 0;
	int r;

	while (at < size) {
		ssize_t n =
			read_some(src, thread_buf + at, size - at, (off_t)at);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		at += (size_t)n;
	}
	r = digest_update(ctx, thread_buf, at);
	if (r < 0)
		return r;
	for (size_t done = 0; done < at;) {
		ssize_t n =
			pwrite(mem, thread_buf + done, at - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 || errno == ENOSPC ? -ENOMEM : -errno;
		done += (size_t)n;
	}
	return (ssize_t)at;
}

/*
 * All of it at once: the file gets the largest folios that there are, and what
 * there is no memory for is found out before anything is read.
 */
static int allocate(int mem, size_t size)
{
	int r;

	do {
		r = fallocate(mem, 0, 0, (off_t)size) < 0 ? -errno : 0;
	} while (r == -EINTR);
	switch (r) {
	case -ENOSPC:
		return -ENOMEM;
	case -EINVAL:
		return -EFBIG;
	default:
		return r;
	}
}

/*
 * Large content. read() fills the pages, so a lack of memory is its EFAULT and
 * not a SIGBUS of ours.
 */
static ssize_t fill_large(struct store *s, int src, int mem, size_t size,
			  struct digest_ctx *ctx)
{
	int r = allocate(mem, size);
	uint8_t *map;
	ssize_t n;

	if (r < 0)
		return r;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, mem, 0);
	if (map == MAP_FAILED)
		return -errno;
	n = copy_and_hash(s, src, map, size, ctx);
	(void)munmap(map, size); /* cannot fail for a whole mapping */
	if (n >= 0 && (size_t)n < size && ftruncate(mem, n) < 0)
		return -errno;
	return n;
}

/* The descriptor that stays. On the tmpfs nobody can write it from now on. */
static int open_again(int mem)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/self/fd/%d", proc_dir(), mem);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int finish_memfd(int mem)
{
	if (fcntl(mem, F_ADD_SEALS,
		  F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return -errno;
	/* a descriptor that could write would never get a lease */
	return open_again(mem);
}

static int map_object(struct object *o)
{
	void *p;

	if (o->map || !o->key.print.size)
		return 0;
	p = mmap(NULL, o->key.print.size, PROT_READ, MAP_SHARED, o->fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	o->map = p;
	return 0;
}

static void unmap_object(struct object *o)
{
	if (o->map)
		(void)munmap((void *)(uintptr_t)o->map, o->key.print.size);
	o->map = NULL;
}

static bool earlier(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* Zero without a clock: later than no time. */
static struct timespec coarse_now(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &t);
	return t;
}

/*
 * From when on has every change another ctime than @t? 20 ms are two of the
 * coarse clock's longest ticks (CONFIG_HZ=100). Some file systems only
 * have whole seconds (ext4 with inodes of 128 bytes), or every second one
 * (FAT).
 */
static struct timespec settles(struct timespec t)
{
	t.tv_sec += t.tv_nsec ? 0 : 2;
	t.tv_nsec += 20000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

/*
 * Could somebody change the file without changing its times? Through a mapping
 * that is there already: only the first write to a page counts for the times,
 * until the page has been written back. The kernel tells whether a file is open
 * for writing, or mapped so, by refusing a lease. Where it gives none at all
 * (network file systems, files of others) nothing can be said.
 */
static bool has_writer(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
		return errno == EAGAIN;
	(void)fcntl(fd, F_SETLEASE, F_UNLCK); /* cannot fail, it is ours */
	return false;
}

int object_make(struct store *s, int fd, const struct stat *st, unsigned alg,
		struct object *o)
{
	struct timespec now = coarse_now(), settled = settles(st->st_ctim);
	bool written = has_writer(fd); /* who comes later changes the times */
	CLEANUP(closep) int mem = -1;
	struct digest_ctx *ctx = NULL;
	struct stat after;
	ssize_t n;
	int r;

	r = thread_setup(alg, &ctx);
	if (r < 0)
		return r;
	mem = new_file(s);
	if (mem < 0)
		return mem == -ENOSPC ? -ENOMEM : mem;
	if ((uint64_t)st->st_size <= CHUNK)
		n = fill_small(fd, mem, (size_t)st->st_size, ctx);
	else
		n = fill_large(s, fd, mem, (size_t)st->st_size, ctx);
	if (n < 0)
		return (int)n;
	r = digest_final(ctx, &o->digest);
	if (r < 0)
		return r;
	if (fstat(fd, &after) < 0)
		return -errno;

	o->key.print = fingerprint_of(st);
	o->settled = n == st->st_size && !written && earlier(&settled, &now);
	if (o->settled) {
		struct fingerprint p = fingerprint_of(&after);

		o->settled = fingerprint_equal(&p, &o->key.print);
	}
	o->key.print.size = (uint64_t)n;
	o->fd = s->dir >= 0 ? open_again(mem) : finish_memfd(mem);
	if (o->fd < 0)
		return o->fd;
	o->locked = s->noswap || n == 0;
	/* as far as it goes: there is a limit for mappings, too */
	if (!o->locked && map_object(o) == 0) {
		o->locked = mlock(o->map, (size_t)n) == 0;
		if (!o->locked)
			unmap_object(o);
	}
	return 0;
}

void object_destroy(struct object *o)
{
	if (o->backing > 0)
		o->release(o->release_arg, o->backing);
	unmap_object(o);
	if (o->fd >= 0)
		(void)close(o->fd); /* read-only: nothing can be lost */
	while (o->extra) {
		struct extra_digest *x = o->extra;

		o->extra = x->next;
		free(x);
	}
	(void)pthread_mutex_destroy(&o->lock);
	free(o);
}

bool object_mapped(const struct object *o)
{
	if (o->backing <= 0)
		return false;
	if (fcntl(o->fd, F_SETLEASE, F_WRLCK) < 0)
		return errno != EINVAL;
	(void)fcntl(o->fd, F_SETLEASE, F_UNLCK); /* cannot fail, it is ours */
	return false;
}

int object_fd(const struct object *o)
{
	return o->fd;
}

uint64_t object_size(const struct object *o)
{
	return o->key.print.size;
}

uint64_t object_serial(const struct object *o)
{
	return o->serial;
}

const struct fingerprint *object_fingerprint(const struct object *o)
{
	return &o->key.print;
}

bool object_settled(const struct object *o)
{
	return o->settled;
}

bool object_locked(const struct object *o)
{
	return o->locked;
}

const uint8_t *object_data(struct object *o)
{
	const uint8_t *p;

	(void)pthread_mutex_lock(&o->lock);
	(void)map_object(o); /* NULL says it */
	p = o->map;
	(void)pthread_mutex_unlock(&o->lock);
	return p;
}

static const struct digest *known_digest(const struct object *o, unsigned alg)
{
	if (o->digest.alg == alg)
		return &o->digest;
	for (struct extra_digest *x = o->extra; x; x = x->next) {
		if (x->digest.alg == alg)
			return &x->digest;
	}
	return NULL;
}

int object_digest(struct object *o, unsigned alg, struct digest *ret)
{
	const struct digest *d;
	struct extra_digest *x;
	bool mapped;
	int r;

	(void)pthread_mutex_lock(&o->lock);
	mapped = o->map;
	d = known_digest(o, alg);
	if (d) {
		*ret = *d;
		r = 0;
	} else {
		x = calloc(1, sizeof(*x));
		r = x ? map_object(o) : -ENOMEM;
		if (r == 0)
			r = digest_of(alg, o->map, o->key.print.size,
				      &x->digest);
		if (r == 0) {
			*ret = x->digest;
			x->next = o->extra;
			o->extra = x;
		} else {
			free(x);
		}
		if (!mapped) /* there can be more objects than mappings */
			unmap_object(o);
	}
	(void)pthread_mutex_unlock(&o->lock);
	return r;
}

int object_backing(struct object *o, int (*make)(void *arg, int fd),
		   void (*release)(void *arg, int id), void *arg)
{
	int id;

	(void)pthread_mutex_lock(&o->lock);
	if (!o->backing) {
		id = make(arg, o->fd);
		if (id > 0) {
			o->backing = id;
			o->release = release;
			o->release_arg = arg;
		}
	} else {
		id = o->backing;
	}
	(void)pthread_mutex_unlock(&o->lock);
	return id;
}
