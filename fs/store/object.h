/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the store: what an object is made of. */
#ifndef FS_STORE_OBJECT_H
#define FS_STORE_OBJECT_H

#include <pthread.h>
#include <stdatomic.h>

#include "store.h"

struct extra_digest {
	struct extra_digest *next;
	struct digest digest;
};

struct object {
	struct store *store;
	struct content_key key;
	uint64_t serial;
	int fd; /* O_RDONLY */
	bool settled, locked;
	struct digest digest; /* by the algorithm it was loaded with */

	pthread_mutex_t lock; /* guards the lazily made parts below */
	const uint8_t *map;   /* NULL until asked for */
	struct extra_digest *extra;
	int backing; /* 0: not registered */
	void (*release)(void *arg, int id);
	void *release_arg;

	/* guarded by store.lock */
	unsigned refs;
	bool cached; /* in the hash table */
	struct object *next_hash;
	struct object *older, *newer; /* in store.idle or store.orphans */
};

struct object_list {
	struct object *oldest, *newest;
};

struct store {
	int dir;	     /* O_PATH of the detached tmpfs; -1: memfds */
	bool noswap;	     /* the tmpfs itself keeps content out of swap */
	unsigned cpus;	     /* that this process may use */
	atomic_uint loading; /* large contents that are being read and hashed */
	uint64_t budget;
	uint64_t most;	/* objects kept while some are idle */
	uint64_t tight; /* from this number on descriptors are rare */

	pthread_mutex_t lock; /* guards all below; no I/O under it */
	uint64_t used, count, evicted, next_serial;
	bool unlocked;	       /* some object could not be locked */
	struct object **table; /* open hashing by content_key */
	size_t n_buckets;
	/* unreferenced objects, least recently used first */
	struct object_list idle;    /* those that are cached */
	struct object_list orphans; /* nobody finds them, somebody maps them */
};

/* object.c: the file behind an object */
int object_make(struct store *s, int fd, const struct stat *st, unsigned alg,
		struct object *o);
void object_destroy(struct object *o);

/*
 * Is the content of an unreferenced object mapped by somebody? With FUSE
 * passthrough a mapping is one of the object's own file: it keeps all of it
 * when the file that it was made by is closed, as that of every library is. The
 * kernel gives no lease for writing while anybody else has a file open or
 * mapped (EAGAIN). If it cannot tell (ENOMEM) the answer is yes; where there
 * are no leases at all (EINVAL), no.
 */
bool object_mapped(const struct object *o);

/* Bytes of budget that a content of @size takes. */
static inline uint64_t object_cost(uint64_t size)
{
	return (size + 4095) / 4096 * 4096 + 4096; /* and its inode */
}

#endif
