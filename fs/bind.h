/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binding nodes: which content the handles of a node see. See inode.h for what
 * nodes are; the rules that FUSE passthrough sets are argued in
 * doc/design/003-nodes.md.
 */
#ifndef FS_BIND_H
#define FS_BIND_H

#include <stdbool.h>
#include <sys/types.h>

#include "fs.h"
#include "handle.h"
#include "vouched.h"

struct bind_request {
	struct node *node;
	struct object *object; /* NULL: the file below */
	uint64_t after;	       /* of retry_came_back() */
	bool writes;
	bool exec;
	bool strip;   /* exec only: no setuid bits, no capabilities */
	bool tracked; /* when its last mapping is gone must be known, too */
	mode_t mode;  /* of the file below */
	struct vouched vouched; /* exec only: to get privileges by */
};

/* How the open is to be answered. */
struct bind_reply {
	int backing;	 /* FUSE backing id; 0: the daemon serves it */
	bool keep_cache; /* the page cache has just this content */
	bool direct;	 /* the kernel's idea of the size is of no use */
	bool ask_again;	 /* the kernel must forget its idea of the size before
			    it is answered; then bind_size_is_sure() */
};

/**
 * bind_open() - enter a new handle
 * @h: node, fd and flags set; on success it is on the inode's list, counted,
 *     and has a reference to the object it is served from, which may be
 *     another one of equal content
 *
 * Return: 0; -ESTALE: the node was superseded, the kernel shall look up again;
 * -EAGAIN: meanwhile a retry's node was bound to an object that is as good, ask
 * the gate about that one (bind_promised()).
 */
int bind_open(struct fs *fs, const struct bind_request *q, struct handle *h,
	      struct bind_reply *ret);

/* The kernel will ask for the attributes of @h's file before it reads it. */
void bind_size_is_sure(struct handle *h);

/*
 * bind_is_read() - a READ through @h has arrived
 * So its open(2) has returned, and the page cache holds nothing but the
 * content that @h is bound to. Until then it may still hold what the node was
 * bound to before, and no other open may be told to keep it.
 */
void bind_is_read(struct handle *h);

/*
 * Takes a handle off again. Frees nothing of @h. bind_closed() must follow,
 * when everything that a close brings about is done.
 */
void bind_close(struct fs *fs, struct handle *h);
void bind_closed(struct fs *fs, struct inode *i, const struct handle *h);

/* close(2) was called on @h; its release may be on the way. */
void bind_flushed(struct handle *h);

/*
 * bind_truncated() - the file below was cut to another size, by its name
 * Nobody opened it for that: who looks at the name from now on must not be
 * shown the size of what others go on reading.
 */
void bind_truncated(struct fs *fs, struct node *n);

/*
 * bind_wait() - a second try that does not fit waits until @n is not open
 * The kernel makes no third. Bounded by a tenth of a second.
 * Return: true if it is worth trying again.
 */
bool bind_wait(struct fs *fs, struct node *n);

/*
 * bind_settle() - let writers that were closed before this open go first
 *
 * The kernel sends RELEASE when close(2) returns but does not wait for it, and
 * another worker may be slower with it than this one is with the next OPEN.
 * The file would then seem to have a writer, and its label not to be updated
 * yet. So an open waits while a release is being worked on, and, when every
 * writer has been flushed, a moment for their release; a descriptor that was
 * duplicated is flushed without being released, so that wait is bounded, and
 * done once per flush.
 */
void bind_settle(struct fs *fs, struct inode *i);

/* A reference to the object that @n is bound to, if @n is newer; or NULL. */
struct object *bind_promised(struct node *n, uint64_t after);

#endif
