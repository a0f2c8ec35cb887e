/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One evaluation in progress: the file that is looked at and what has been
 * found out about it so far. Shared by the gate (which decides), subject.c
 * (content and label) and record.c (the log entry).
 */
#ifndef FS_SUBJECT_H
#define FS_SUBJECT_H

#include <sys/stat.h>

#include "access.h"
#include "base/buf.h"
#include "caller.h"
#include "fs.h"
#include "integrity.h"
#include "policy.h"
#include "verdict.h"
#include "vouched.h"

struct subject {
	struct fs *fs;
	struct policy *policy; /* a reference */
	unsigned generation;   /* of the policy */
	const struct caller *caller;
	struct access access; /* facts; hook and mask are set per hook */

	struct inode *inode; /* NULL: not below the mount (policy files) */
	const char *outside; /* its path then */
	int fd;		     /* O_RDONLY of the file below */
	struct stat st;
	int flags; /* of the open */
	bool created;
	bool writes;		   /* the open can change the content */
	unsigned readers, writers; /* by count_openers() */

	struct integrity *it; /* locked by the gate */

	/* collected on first need */
	struct object *object;	 /* a reference */
	struct object *promised; /* to be used instead of looking, or NULL */
	struct buf ima;		 /* security.ima */
	int ima_err;		 /* 0, -ENODATA ...; valid with label_read */
	bool label_read;
	bool relabels;	      /* may be written under a rule: new label then */
	bool must_lock;	      /* a memlock rule: O_DIRECT is no reason not to */
	bool direct;	      /* O_DIRECT without permission: not collected */
	struct digest digest; /* size 0: not collected, see collect() */
	struct vouched vouched; /* by the EVM signature, if it was asked */
	struct buf path;	/* as the log shows it, NUL-terminated */
};

/* One hook of an event, and what the policy wants done for it. */
struct step {
	enum hook hook;
	unsigned mask;
	struct required req;
};

/* Takes the policy in force. Return: 0 or -EIO. */
int subject_begin(struct fs *fs, const struct caller *c, struct subject *s);
/* Releases what was collected and closes s->fd. */
void subject_end(struct subject *s);

/* gate.c: what the policy wants for one hook; the facts must be there. */
void gate_match(struct subject *s, struct step *step);

/*
 * grant.c: what the opener of an allowed open gets; takes it from @s
 * @locked: readers get locked content
 * Return: 0; -ENOMEM; -errno.
 */
struct grant;
int grant_from(struct subject *s, bool locked, struct grant *ret);

/* Makes @v a denial. @error: positive errno for the caller. */
static inline void verdict_deny(struct verdict *v, const char *op,
				const char *cause, int error, unsigned rule)
{
	*v = (struct verdict){
		.op = op, .cause = cause, .error = error, .rule = rule
	};
}

/* The path that log and messages show. "" without memory. */
const char *subject_path(struct subject *s);

/*
 * collect() - content into locked memory, its digest by the algorithm that
 * the label asks for; reads the label if that is not known already
 *
 * What s->it remembers and does not fit this content any more is forgotten.
 * O_DIRECT without permission to use it is not collected, as in the kernel:
 * s->direct is set, object and digest stay empty. Return: 0; -ENOMEM; -errno.
 */
int collect(struct subject *s);

/* Reads security.ima if it was not read yet. 0; -errno only for no memory. */
int collect_label(struct subject *s);

/* The facts that are the file's, for s->access; s->st must be there. */
void subject_file_facts(struct subject *s);

/* gate_appraise.c: MMAP_CHECK and MMAP_CHECK_REQPROT. */
bool hook_maps(enum hook h);

/* Has the file a signature, or has a rule that matched it asked for one? */
bool wants_signature(const struct integrity *it);

/*
 * appraise_step() - what appraisal finds for one hook, after collect()
 * Fills @ret always; what could not be found out is INTEGRITY_UNKNOWN.
 */
void appraise_step(struct subject *s, const struct step *step,
		   struct appraisal *ret);

/*
 * violation.c: a writer meets measured readers (ToMToU), a measured reader
 * meets a writer (open_writers). Once per file and opener.
 * count_openers() looks who has the file open, once for the whole evaluation:
 * whether content is locked and what the log says must not differ.
 * @mask: MASK_WRITE if the open is for writing. 0, or -errno of record_*().
 */
void count_openers(struct subject *s);
int check_violation(struct subject *s, const struct step *step, unsigned mask);

/*
 * record() - the measurement of @s by @req, and violations
 * Return: 0, or -errno: nothing may be let through.
 */
int record_measurement(struct subject *s, const struct required *req);
int record_violation(struct subject *s, const char *cause);

#endif
