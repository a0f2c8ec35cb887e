/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One place for identity.
 *
 * An *inode* is a file below, by identity (source.h): hard links share one, a
 * file that replaced another has its own. It carries what is known about the
 * file: who has it open, what was measured and appraised.
 *
 * A *node* is what the kernel's node id points at: one promise about an
 * inode's content. While a node is open it is bound: to the source file itself
 * or to one locked object. When an open needs another binding than the node
 * has, the node is superseded: the open is answered ESTALE, the kernel looks
 * the name up again by itself and gets a new node of the same inode (same
 * st_ino). Old handles keep the content that they were promised.
 *
 *   kernel nodeid -> node -> inode -> file below
 *                      \-> object (while bound to locked content)
 *
 * Directories, symlinks and special files have one node for ever.
 *
 * Locks, outermost first: integrity.lock, inode.lock, table.lock. No I/O is
 * done under inode.lock or table.lock.
 */
#ifndef FS_INODE_H
#define FS_INODE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/buf.h"
#include "source.h"
#include "store.h"
#include "vouched.h"

struct control_file; /* control.h: the virtual files of .ima/ */
struct integrity;    /* integrity.h: what the gate knows of a file */
struct handle;	     /* handle.h */

enum binding {
	BIND_NONE = 0, /* not open */
	BIND_SOURCE,   /* opens are served from the file below */
	BIND_OBJECT,   /* opens are served from node.object */
};

struct node {
	struct inode *inode; /* a reference; NULL for control files */
	struct node *next;   /* inode.nodes; guarded by table.lock */
	uint64_t serial;     /* rises with the age of the mount */
	const struct control_file *control; /* NULL for real files */
	uint64_t nlookup;		    /* guarded by table.lock */

	/* all below guarded by inode.lock */
	unsigned opens;	  /* handles that are bound */
	unsigned writers; /* those of them that can write */
	enum binding binding;
	struct object *object; /* a reference, while BIND_OBJECT */
	int backing;	       /* FUSE backing id while BIND_SOURCE, 0 none */
	bool stripped;	       /* shown without setuid bits and capabilities */
	bool pinned;	       /* counts in inode.pins */
	bool alone;	       /* made for one opener, who has not come yet */
	bool told;	       /* told_* were given to the kernel */
	mode_t told_mode;      /* what the kernel believes, to notice that an */
	uint64_t told_size;    /* open would contradict it */
	uid_t told_uid;
	gid_t told_gid;
	struct vouched vouched; /* it was executed under EVM: privileges are
				   only shown as they are here */
	bool resized;		/* was told two sizes, and may believe either */
	bool scribbled;	 /* its page cache could be mapped for writing: dirty
			    pages may come and stay for ever */
	uint64_t cached; /* serial of the object whose content, and no
			    other, is in the page cache; 0: not known */
};

struct inode {
	struct inode *next_hash; /* guarded by table.lock */
	uint64_t hash;
	unsigned refs; /* guarded by table.lock */
	dev_t dev;
	ino_t ino;
	mode_t type; /* S_IFMT bits */

	pthread_mutex_t lock;
	/* guarded by table.lock */
	struct node *current; /* what lookups return */
	struct node *nodes;   /* all of them */

	/* guarded by lock */
	unsigned readers;	/* read-only opens (the kernel's i_readcount) */
	unsigned writers;	/* opens for writing */
	unsigned closing;	/* writers whose release is being worked on */
	struct handle *handles; /* open handles, newest first */
	struct integrity *integrity; /* made on first need, then constant */
	bool keyed;		     /* key is valid: made on first need */
	uint8_t key[FILE_KEY_SIZE];  /* inode_key() */
	unsigned pins;		     /* openers that the file is kept for */
	int pin; /* O_PATH, while pins; it may be deleted below */

	/* Where the file was last seen, for the log's names and, without file
	 * handles, to find it again. Guarded by table.lock. */
	struct inode *parent; /* a reference; NULL for the root */
	char *name;
	bool strip; /* new nodes are stripped; guarded by table.lock */

	atomic_bool locked; /* somebody took a POSIX or BSD lock, once */
	struct file_id *id; /* shrunk to its size */
};

struct inode_table;

/* Makes a table whose root is @src's root. Borrows @src. 0 or -errno. */
int inode_table_new(const struct source *src, struct inode_table **ret);
/* Frees all nodes and inodes; nobody may be using them. Accepts NULL. */
void inode_table_free(struct inode_table *t);

/* The root's node: FUSE_ROOT_ID. */
struct node *inode_root(struct inode_table *t);

/* Inodes known now. */
uint64_t inode_count(struct inode_table *t);

/**
 * inode_lookup() - the node for a file that was just opened by name
 * @fd:     O_PATH descriptor, only used during the call
 * @st, @id: of @fd, from source_child()
 * @parent, @name: where it was found
 * @ret:    a node, its nlookup raised by one: inode_forget() undoes it
 *
 * Return: 0 or -ENOMEM.
 */
int inode_lookup(struct inode_table *t, const struct stat *st,
		 const struct file_id *id, struct inode *parent,
		 const char *name, struct node **ret);

/*
 * inode_lookup_alone() - a node that no other lookup returns, for one opener
 * The kernel must not keep the name (entry timeout 0). The file is kept until
 * inode_unpin(), so that it can be opened even if its name is gone by then;
 * but no more than PINS_MAX at a time are.
 * @fd:    O_PATH descriptor of the file, only used during the call
 * @strip: the node does not show setuid bits and capabilities
 */
#define PINS_MAX 64
int inode_lookup_alone(struct inode_table *t, int fd, const struct stat *st,
		       const struct file_id *id, struct inode *parent,
		       const char *name, bool strip, struct node **ret);

/* The opener came, or will not come. */
void inode_unpin(struct inode_table *t, struct node *n);

/* Lowers nlookup by @n; the node may be gone afterwards. Cannot fail. */
void inode_forget(struct inode_table *t, struct node *n, uint64_t count);

struct inode *inode_ref(struct inode_table *t, struct inode *i);
void inode_unref(struct inode_table *t, struct inode *i); /* accepts NULL */

/*
 * inode_path() - the name the file was last seen under, from the root of the
 * tree: "/usr/bin/x", "/" for the root. No I/O. Appended. 0; -ENOMEM;
 * -ENAMETOOLONG from PATH_MAX bytes on.
 */
int inode_path(struct inode_table *t, struct inode *i, struct buf *to);

/* Its last part alone. Appended. 0 or -ENOMEM. */
int inode_name(struct inode_table *t, struct inode *i, struct buf *to);

/*
 * inode_place() - a number for the directory and name under which the file was
 * last seen; inode_place_in() - the number of a place. Equal places have equal
 * numbers, others hardly ever: a hint. The root's place is 0.
 */
uint64_t inode_place(struct inode_table *t, const struct inode *i);
uint64_t inode_place_in(const struct inode *dir, const char *name);

/**
 * inode_open() - a descriptor of the file
 * @flags: as open(2); O_PATH, O_RDONLY, ...; O_NOFOLLOW and O_CLOEXEC are
 *         added; O_CREAT is not allowed
 *
 * An open handle's file is used if there is one (a deleted file is found only
 * that way without file handles). Return: 0; -ESTALE if the file is no longer
 * there; -errno.
 */
int inode_open(struct inode_table *t, struct inode *i, int flags, int *ret_fd);

/*
 * Lookups do not return @n any more but a new node.
 * @strip: new nodes do not show setuid bits and capabilities
 */
void inode_supersede(struct inode_table *t, struct node *n, bool strip);

/*
 * Lookups return @n from now on: somebody writes by it, and another writer must
 * not get another node, whose page cache would be another, too.
 */
void inode_prefer(struct inode_table *t, struct node *n);

/*
 * inode_others() - the other nodes of @n's file
 * @ret: an array, to be freed; NULL if there are none
 * Each may be gone when this returns: only good for telling the kernel, which
 * then does not know it either.
 * Return: how many; -ENOMEM.
 */
ssize_t inode_others(struct inode_table *t, const struct node *n,
		     struct node ***ret);

/* The store's name for the file: a digest of its identity. 0 or -errno. */
int inode_key(struct inode *i, uint8_t ret[FILE_KEY_SIZE]);

/**
 * node_attr() - the attributes that the kernel is shown for @n
 * @st: of the file below, changed in place: size and times of the bound
 *      object, bits that a stripped node does not show, or that are not
 *      vouched for
 * Remembers them as told. Takes inode.lock.
 */
void node_attr(struct node *n, struct stat *st);

#endif
