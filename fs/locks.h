/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POSIX record locks of callers, kept on the files below, so that they also
 * hold against programs that work there and against other mounts of the tree.
 *
 * A POSIX lock belongs to a process (FUSE: lock owner) and a file; a lock of
 * ours would belong to the daemon. So each owner gets an open file description
 * of its own for each file that it locks, and its locks are OFD locks on that.
 * Closing it drops them all.
 *
 * Not there: EDEADLK. The kernel does not look for circles of OFD locks.
 */
#ifndef FS_LOCKS_H
#define FS_LOCKS_H

#include <stdint.h>
#include <sys/types.h>

#include "fs.h"

struct handle;

/* The locks of one owner on one file. */
struct lock_owner {
	struct lock_owner *next;  /* guarded by the table's lock */
	unsigned users;		  /* likewise */
	bool gone;		  /* likewise: not in the table any more */
	const struct handle *via; /* likewise: last one used to lock */
	bool unsure; /* likewise: via may be closed without our being told */
	struct inode *inode; /* a reference */
	uint64_t owner;
	pid_t pid; /* for F_GETLK, as the kernel told */
	int fd;	   /* O_RDWR where possible, otherwise O_RDONLY */
};

/*
 * locks_find() - an owner's locks, NULL if it has none
 * locks_get()  - the same, made if needed; 0, -ENOMEM, -errno of the open
 * Both are given back with locks_put(). @via: the handle that is used.
 */
struct lock_owner *locks_find(struct inode *i, uint64_t owner);
int locks_get(struct fs *fs, const struct handle *via, uint64_t owner,
	      pid_t pid, struct lock_owner **ret);
void locks_put(struct fs *fs, struct lock_owner *o); /* accepts NULL */

/* All other owners on @i, for F_GETLK; each given back, the list freed. */
int locks_others(struct inode *i, uint64_t owner, struct lock_owner ***ret,
		 size_t *ret_n);

/* The owner closed a descriptor of the file: its locks go. POSIX wants that. */
void locks_drop(struct fs *fs, struct inode *i, uint64_t owner);

/*
 * locks_handle_gone() - the last descriptor of an open file is gone
 * Drops what was last locked through @h. Needed where close(2) is not told
 * (handle.noflush); otherwise there is nothing left to drop.
 */
void locks_handle_gone(struct fs *fs, const struct handle *h);

/*
 * A lock could not be had: waits a moment for releases of files that others
 * have locked through handles whose close(2) is not told. Once per lock, as
 * they may as well still be open. Try again then.
 */
void locks_posix_settle(const struct inode *i);

/*
 * BSD locks are taken on handle.fd; here is only noted who has one.
 *
 * The kernel gives one back with the RELEASE of the open file, for which
 * close(2) does not wait: a program that tries for the lock (LOCK_NB) when its
 * holder has ended might be faster, and be told that it is taken.
 */
void locks_flock_taken(const struct handle *h);
void locks_flock_gone(const struct handle *h);

/* close(2) was called on @h: its release may be on the way. */
void locks_flock_flushed(const struct handle *h);

/* Waits a moment for releases that are on the way; try again then. */
void locks_flock_settle(const struct inode *i);

#endif
