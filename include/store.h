/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locked content: what was hashed is what is served
 * (doc/design/001-locked-content.md).
 *
 * An object is an unnamed file on a private, detached, unswappable tmpfs (or
 * a sealed, mlock()ed memfd where that is not allowed). It is filled once, its
 * digest is computed in the pass that fills it, and after that nobody can
 * write it, this process included. FUSE-free. Implemented in fs/store/.
 */
#ifndef IMAFS_STORE_H
#define IMAFS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "digest.h"

/* What tells one content of a file from the next, without reading it. */
struct fingerprint {
	uint64_t size;
	struct timespec mtime, ctime;
};

static inline struct fingerprint fingerprint_of(const struct stat *st)
{
	return (struct fingerprint){ (uint64_t)st->st_size, st->st_mtim,
				     st->st_ctim };
}

bool fingerprint_equal(const struct fingerprint *a,
		       const struct fingerprint *b);

#define FILE_KEY_SIZE 32

/* Which content of which file. Hashed with xxHash, compared whole. */
struct content_key {
	/*
	 * Whose content: a SHA-256 of the file's identity, which holds across
	 * the kernel's forgetting the file (fs/inode.h). All zero: nobody's.
	 */
	uint8_t file[FILE_KEY_SIZE];
	struct fingerprint print;
};

struct store;
struct object;

struct store_info {
	bool tmpfs;	  /* detached tmpfs, not memfds */
	bool locked;	  /* content cannot be swapped out */
	bool noswap;	  /* because the tmpfs does not; else by mlock() */
	uint64_t budget;  /* bytes */
	uint64_t used;	  /* bytes of objects: open, mapped and cached */
	uint64_t objects; /* number of them */
	uint64_t evicted; /* since start */
};

/*
 * store_new() - @budget: most bytes of locked content: open, mapped, cached
 * Return: 0; -ENOMEM; -errno if not even a memfd can be made.
 */
int store_new(uint64_t budget, struct store **ret);
void store_free(struct store *s); /* accepts NULL; no object may be open */
void store_stat(struct store *s, struct store_info *ret);

/*
 * store_descriptor() - the process was just given descriptor number @fd
 * The lowest free number is given first: near the limit a few closed objects
 * are evicted, so that there are descriptors for what is opened next.
 * Return: false if there were none to be evicted. What is left is for looking,
 * and for root: what others would keep open they must not have.
 */
bool store_descriptor(struct store *s, int fd);

/*
 * store_find() - the object of a content that was loaded before
 * Return: a reference, or NULL if it was never loaded, was not settled, or has
 * been evicted.
 */
struct object *store_find(struct store *s, const struct content_key *key);

/*
 * store_load() - read all of @fd into a new object and hash it on the way
 * @file:   identity, for store_find(); NULL: nobody else shall find it
 * @fd:     a regular file, read from offset 0; its offset is not moved
 * @alg:    digest computed in the same pass
 * @ret:    a reference; object_unref() it
 *
 * Closed objects are evicted to make room. The copy holds what the reads
 * returned: if the file changed meanwhile, object_settled() is false and the
 * content is some mixture, which its digest describes.
 *
 * Return: 0; -ENOMEM when the budget is taken by open and mapped objects (or
 * the file is larger than the budget); -ENOPKG; -EIO and others of the read.
 */
int store_load(struct store *s, const uint8_t *file, int fd, unsigned alg,
	       struct object **ret);

/*
 * store_mapped() - is a content of a file mapped that nobody has open?
 * @file: identity
 * With FUSE passthrough a mapping outlives its open file; see object_backing().
 */
bool store_mapped(struct store *s, const uint8_t *file);

struct object *object_ref(struct object *o);
/*
 * The last one lets the store evict it when room is needed and nobody has it
 * mapped. Accepts NULL.
 */
void object_unref(struct object *o);

/*
 * Takes @o out of the cache: it is freed at its last unref, or when it is no
 * longer mapped.
 */
void object_drop(struct object *o);

/* Read-only descriptor of the content; valid while referenced. */
int object_fd(const struct object *o);
/* The content; valid while referenced. NULL for an empty file. */
const uint8_t *object_data(struct object *o);
uint64_t object_size(const struct object *o);
const struct fingerprint *object_fingerprint(const struct object *o);

/*
 * True if the file did not change while it was read and had been unchanged
 * for longer than the coarsest timestamp tick before (20 ms, 2 s where ctime is
 * a whole second): the fingerprint then names this content, and an equal
 * fingerprint later means "the same".
 */
bool object_settled(const struct object *o);

/* The digest by @alg; computed from the locked bytes if not known yet. */
int object_digest(struct object *o, unsigned alg, struct digest *ret);

/* Content cannot be swapped out. False where the system allows no locking. */
bool object_locked(const struct object *o);

/* Unlike any other object's of this store, for ever. */
uint64_t object_serial(const struct object *o);

/*
 * object_backing() - the FUSE backing id of the content
 * @make:    registers object_fd(), returns an id > 0 or -errno; called at most
 *           once per object, whoever asks first
 * @release: called with the id when the object is freed
 * Kept here because it lives and dies with the object.
 * Return: the id, or what @make returned.
 */
int object_backing(struct object *o, int (*make)(void *arg, int fd),
		   void (*release)(void *arg, int id), void *arg);

#endif
