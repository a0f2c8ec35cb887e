/* SPDX-License-Identifier: Apache-2.0 */
/* What inode.c and inode_find.c share, and nobody else looks into. */
#ifndef FS_INODE_TABLE_H
#define FS_INODE_TABLE_H

#include <stdatomic.h>
#include <string.h>

#include "inode.h"

struct inode_table {
	const struct source *source;
	struct node *root;

	pthread_mutex_t lock; /* guards all below */
	struct inode **bucket;
	size_t n_buckets;
	uint64_t count, next_node;
	uint64_t peak; /* highest count since memory was given back */

	atomic_uint pins; /* of all inodes */
};

static inline bool file_id_equal(const struct file_id *a,
				 const struct file_id *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

#endif
