/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one decision path: facts -> policy -> content -> measure -> appraise ->
 * verdict. Nothing else in imafs decides about an access.
 *
 * Functions return 0 or -errno (could not find out: deny) and fill in a
 * verdict; only "r == 0 && v.allow" lets something through. Every denial is
 * logged and kept for .ima/denials before the function returns.
 */
#ifndef FS_GATE_H
#define FS_GATE_H

#include <stdint.h>

#include "caller.h"
#include "fs.h"
#include "verdict.h"
#include "vouched.h"

/* What an open that was let through is to be served from. */
struct grant {
	struct object *object; /* a reference; NULL: the file below */
	int fd; /* O_RDONLY of the file below that was looked at; the caller
		   of the gate owns it */
	mode_t mode;		/* of the file below */
	struct vouched vouched; /* what EVM found good */
	bool relabels; /* a writer: call gate_writer() when it is counted */
};

struct open_request {
	struct node *node;
	const struct caller *caller;
	int flags;	/* open(2) flags as the kernel sent them, O_TRUNC and
			   O_APPEND included; not yet carried out */
	bool exec;	/* the open is for execve() */
	bool created;	/* this request made the file */
	int made;	/* by this descriptor, O_RDWR; only with created */
	uint64_t after; /* of retry_came_back() */
};

/*
 * gate_open() - may this file be opened, and what will the opener see?
 * @ret_grant: valid if allowed: release with gate_grant_release()
 * -ESTALE: the node's promise does not fit; the kernel shall look up again.
 */
int gate_open(struct fs *fs, const struct open_request *q, struct verdict *ret,
	      struct grant *ret_grant);
void gate_grant_release(struct grant *g);

/*
 * gate_open_below() - a descriptor of the file below; inode_open()
 * Who is no root may not open again what he has just made without permission
 * for himself, and need not.
 */
int gate_open_below(struct fs *fs, const struct open_request *q, int flags,
		    int *ret_fd);

/*
 * gate_writer() - a writer that a rule let in is among the inode's writers
 * The file is labelled anew when the last of them closes. Not earlier: an open
 * that fails in the end has no close, and what others write, whom no rule let
 * in, would be labelled for it.
 */
void gate_writer(struct inode *i);

/*
 * gate_close() - a handle went away: violations state, and the hash update
 * when the last writer closes (ima_check_last_writer()). Cannot fail for the
 * caller. Call after the handle was taken off the inode's counts.
 * @fd: a descriptor of the file
 */
void gate_close(struct fs *fs, struct inode *i, int fd, bool wrote);

/*
 * gate_set_label() - may the caller set (value != NULL) or remove an extended
 * attribute of the security namespace or an ACL? Everything else is not asked.
 * As ima_inode_setxattr() and evm_inode_setxattr(). Verdict errno: EPERM,
 * EINVAL or EACCES.
 */
int gate_set_label(struct fs *fs, struct node *n, const struct caller *c,
		   const char *name, const void *value, size_t len,
		   struct verdict *ret);
/* After it was done, for any attribute: drops what was cached. */
void gate_label_changed(struct fs *fs, struct inode *i, const char *name,
			const void *value, size_t len);

/* A change of owner or mode; the members of @to that are not set are unused. */
struct attr_change {
	bool mode, uid, gid;
	const struct stat *to;
};

/*
 * gate_set_attr() - may they be changed? The kernel has asked for the caller's
 * permission; what is left is EVM's say. Verdict errno: EPERM.
 */
int gate_set_attr(struct fs *fs, struct node *n, const struct caller *c,
		  const struct attr_change *a, struct verdict *ret);

/* After mode, owner, size or times were changed through the mount. */
void gate_attr_changed(struct fs *fs, struct inode *i, int fd);

/*
 * After mknod of a regular file by @c: the kernel's NEW_FILE, where an appraise
 * or hash rule matches @c. @fd: of the file, O_PATH will do.
 */
void gate_created(struct fs *fs, struct inode *i, const struct caller *c,
		  int fd);

/*
 * After open(O_TMPFILE) by @c: labelled when its writer closes, where an
 * appraise or hash rule matches @c (the kernel's ima_post_create_tmpfile()).
 * @fd: of the file.
 */
void gate_made_unnamed(struct fs *fs, struct inode *i, const struct caller *c,
		       int fd);

/*
 * gate_policy_file() - read a policy by path under POLICY_CHECK rules
 * @to: the content that was measured and appraised, appended
 */
int gate_policy_file(struct fs *fs, const struct caller *c, const char *path,
		     struct buf *to, struct verdict *ret);

#endif
