/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control directory .ima/ at the root of a mount: a table of files
 * {name, mode, handlers}. Its nodes have no inode; node->control points here.
 *
 * All nodes live as long as the mount: nlookup may be counted, it frees
 * nothing. They are opened direct-io and their attributes must not be cached
 * by the kernel (timeout 0), because lists grow.
 */
#ifndef FS_CONTROL_H
#define FS_CONTROL_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "caller.h"
#include "fs.h"

#define CONTROL_DIR ".ima"

/* The most rule text that one writer of .ima/policy may bring, in bytes. */
#define CONTROL_POLICY_MAX ((size_t)16 << 20)

struct control; /* of one mount: fs->control */
struct control_file;

/* One open control file; made by control_open(). */
struct control_handle;

/*
 * control_new() - make the table for @fs
 * @fs: its options and journal must be set: there is one pair of lists for
 *      each of journal_views()
 * The files belong to the user that the daemon runs as, which is root of the
 * mount's user namespace. Return: 0 with *ret = NULL for control=none;
 * -ENOMEM.
 */
int control_new(const struct fs *fs, struct control **ret);
void control_free(struct control *c); /* accepts NULL; no handle is open */

/* The node of .ima in @fs, NULL with control=none. */
struct node *control_dir(struct fs *fs);

/* A child of .ima by name; NULL: ENOENT. */
struct node *control_lookup(struct fs *fs, const char *name);

/*
 * Attributes of a control node.
 * @h: an open handle of it, or NULL
 * The lists show their length, as tail(1) waits for it to grow. The rest shows
 * how long the text is that an open would give now, or that @h has. Files in
 * /proc show 0 there, but sendfile(2) reads nothing from a FUSE file of no
 * size, and busybox cat believes it; see op_read().
 */
void control_attr(struct fs *fs, const struct node *n,
		  const struct control_handle *h, struct stat *st);

/*
 * The @index-th entry of .ima, from 0. Return: false past the end.
 */
bool control_entry(struct fs *fs, size_t index, const char **ret_name,
		   struct node **ret);

/*
 * control_open() - open a control file
 * @flags: open(2)'s; for the policy O_TRUNC says that the rules to come
 *         replace the ones in force, otherwise they are added at the end
 * Return: 0; -EACCES (not the owner, or cannot be written or read that way),
 * -EBUSY (a second policy writer), -EPERM (policy_once), -ENOMEM.
 */
int control_open(struct fs *fs, const struct node *n, const struct caller *c,
		 int flags, struct control_handle **ret);

/* Return: bytes, 0 at the end, -errno. */
ssize_t control_read(struct fs *fs, struct control_handle *h, void *to,
		     size_t len, off_t at);

/*
 * control_write() - take bytes
 * All of @from or nothing. @at is not looked at: a writer is a stream.
 * Return: @len; -EINVAL (a complete line is not a rule: the reason is in
 * .ima/policy_error), -EACCES (rules must come in a signed file), -EFBIG,
 * -EBADF, -ENOMEM. After an error every further call returns it again.
 */
ssize_t control_write(struct fs *fs, struct control_handle *h, const void *from,
		      size_t len, off_t at);

/*
 * control_flush() - close(2): where a policy takes effect
 * Called for every close of a descriptor; duplicates of the opener's and
 * inherited ones count. Only the process that opened the file makes the rules
 * take effect: with "{ cat a; cat b; } >policy" the shell does, when both are
 * complete, and not "cat a". The last resort is control_release(), which
 * nobody waits for. doc/design/007-writing-a-policy.md.
 * @c: who closes
 * Return: 0, or what the writer shall see: -EINVAL, -EACCES, -EPERM, -ENOMEM;
 * then the old policy is still in force.
 */
int control_flush(struct fs *fs, struct control_handle *h,
		  const struct caller *c);
void control_release(struct fs *fs, struct control_handle *h);

/*
 * What a mount that was taken away by force leaves open. Nobody else may be
 * using the handles. Before control_free(); accepts control=none.
 */
void control_release_all(struct fs *fs);

#endif
