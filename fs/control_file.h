/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What control.c and the files of .ima/ have in common. Private to
 * control*.c; everybody else uses control.h.
 */
#ifndef FS_CONTROL_FILE_H
#define FS_CONTROL_FILE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "control.h"
#include "inode.h"
#include "journal.h"

/*
 * How one kind of control file behaves. Either @print, for a text that is
 * made when the file is opened and does not change under the reader, or the
 * others as needed: no read means no reading, no write no writing.
 */
struct control_type {
	int (*print)(struct fs *fs, struct buf *to); /* 0 or -errno */
	ssize_t (*read)(struct fs *fs, struct control_handle *h, void *to,
			size_t len, off_t at);
	/* Before the first write; h->state is the writer's. 0 or -errno. */
	int (*open_write)(struct fs *fs, struct control_handle *h,
			  const struct caller *c, int flags);
	ssize_t (*write)(struct fs *fs, struct control_handle *h,
			 const void *from, size_t len);
	int (*flush)(struct fs *fs, struct control_handle *h,
		     const struct caller *c);
	void (*release)(struct fs *fs, struct control_handle *h);
	uint64_t (*size)(struct fs *fs, const struct control_file *f);
};

struct control_file {
	char name[64];
	mode_t mode; /* type and permissions */
	const struct control_type *type;
	enum journal_format format; /* of a list */
	enum hash_alg view;	    /* of a list */
	struct node node;	    /* node.control is this very file */
};

struct control_handle {
	struct control_handle *next, **prev; /* control.handles */
	const struct control_file *file;
	bool writes;
	struct buf text;      /* what print() gave; constant */
	void *state;	      /* of a writer */
	pthread_mutex_t lock; /* guards *state; outside of all other locks */
};

struct control {
	uid_t uid; /* owner of the files */
	gid_t gid;
	struct timespec made; /* their times */
	struct control_file dir;
	struct control_file *file;
	size_t n_files;

	pthread_mutex_t lock; /* guards all below; a leaf */
	bool policy_writer;   /* somebody has the policy open for writing */
	bool policy_leaving;  /* and has closed it: the release is on its way */
	pthread_cond_t policy_free; /* signalled when the release is done */
	struct buf policy_error;
	struct control_handle *handles; /* all that are open */
};

/* control_policy.c */
extern const struct control_type control_policy, control_policy_error;

/* control_log.c */
extern const struct control_type control_list, control_count,
	control_violations;

/* control_status.c */
extern const struct control_type control_status, control_tpm, control_keys,
	control_evm, control_evm_keys, control_denials, control_version;

#endif
