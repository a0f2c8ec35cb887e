/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control directory .ima/ at the root of a mount: a table of files
 * {name, mode, handlers}. Its nodes have no inode; node->control points here.
 */
#ifndef FS_CONTROL_H
#define FS_CONTROL_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "caller.h"
#include "fs.h"

#define CONTROL_DIR ".ima"

struct control_file;

/* One open control file; made by control_open(). */
struct control_handle;

/* The node of .ima in @fs, NULL with control=none. */
struct node *control_dir(struct fs *fs);

/* A child of .ima by name; NULL: ENOENT. */
struct node *control_lookup(struct fs *fs, const char *name);

/* Attributes of a control node. */
void control_attr(struct fs *fs, const struct node *n, struct stat *st);

/*
 * The @index-th entry of .ima, from 0. Return: false past the end.
 */
bool control_entry(struct fs *fs, size_t index, const char **ret_name,
		   struct node **ret);

/* Return: 0; -EACCES, -EBUSY (a second policy writer), -ENOMEM. */
int control_open(struct fs *fs, const struct node *n, const struct caller *c,
		 int flags, struct control_handle **ret);
/* Return: bytes, 0 at the end, -errno. */
ssize_t control_read(struct fs *fs, struct control_handle *h, void *to,
		     size_t len, off_t at);
ssize_t control_write(struct fs *fs, struct control_handle *h, const void *from,
		      size_t len, off_t at);
/* close(2): where a policy takes effect, so its errno reaches the writer. */
int control_flush(struct fs *fs, struct control_handle *h);
void control_release(struct fs *fs, struct control_handle *h);

#endif
