/* SPDX-License-Identifier: Apache-2.0 */
/* Open files: what fuse_file_info.fh points at. */
#ifndef FS_HANDLE_H
#define FS_HANDLE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "inode.h"

/* One open regular file. */
struct handle {
	struct handle *next, **prev; /* inode.handles; guarded by inode.lock */
	struct node *node;     /* nlookup outlives the handle: the kernel keeps
				  a node that is open */
	struct object *object; /* a reference: served from it; else NULL */
	int fd;	      /* file below, opened with the caller's access mode;
			 O_RDONLY with @object; never -1 */
	int flags;    /* open flags as the kernel gave them */
	bool writes;  /* counted in inode.writers, otherwise in readers */
	bool created; /* by this very open */
	bool flushed; /* closed once, at least; guarded by inode.lock */
	/*
	 * The open was answered so that the kernel empties the page cache for
	 * it: the object's serial, until it is known to be done. Else 0.
	 */
	atomic_uint_fast64_t empties;
	bool noflush; /* the kernel does not tell when it is closed, only when
			 its last duplicate is */
};

static inline struct handle *handle_of(uint64_t fh)
{
	return (struct handle *)(uintptr_t)fh;
}

#endif
