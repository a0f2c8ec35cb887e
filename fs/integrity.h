/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the gate remembers of one file: the kernel's ima_iint_cache. Made when
 * a policy first has something to say about the file, gone when the kernel
 * forgets the inode.
 *
 * What is remembered is tied to the content that it was found out about: the
 * digest for "measured", digest, label and policy for "appraised". An entry
 * that does not fit the content at hand counts as nothing.
 */
#ifndef FS_INTEGRITY_H
#define FS_INTEGRITY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "appraise.h"
#include "inode.h"
#include "policy.h"
#include "vouched.h"

struct integrity {
	/*
	 * One file is evaluated by one thread at a time. Held over reading,
	 * hashing, the TPM: whoever opens the same file meanwhile would only
	 * do the same work again, and must not be let through before it is
	 * done. Guards everything below.
	 */
	pthread_mutex_t lock;

	unsigned options; /* OPT_* of every rule that matched so far */

	/* the content that the rest is about */
	bool known; /* print, generation and alg are valid */
	struct fingerprint print;
	unsigned generation; /* of the policy */
	enum hash_alg alg;   /* that the label asks for */
	bool alg_missing; /* it cannot be computed; .alg is the default one */
	struct digest digest; /* collected; size 0: not */

	uint64_t measured; /* bit per PCR that has this digest */
	bool audited;
	struct {
		bool done;	  /* PASS, and still valid */
		unsigned options; /* that it was found under */
		struct appraisal found;
	} sub[SUB_COUNT];

	struct vouched vouched; /* that EVM found good, for sub[].done */

	/* the kernel's atomic flags */
	bool may_emit_tomtou, emitted_open_writers;
	bool update_xattr; /* rehash when the last writer closes */
	bool doubted; /* label or policy changed since a writer was let in */
	bool digsig;  /* is signed: not to be written, nor labelled */
	bool new_file;
	bool hash_rule;			/* a hash rule matched */
	bool change_attr, change_xattr; /* to be acted on at the next look */
};

/* The inode's, made on first use. Return: 0 or -ENOMEM. */
int integrity_of(struct inode *i, struct integrity **ret);
/* The inode's if there is one already, else NULL. */
struct integrity *integrity_peek(struct inode *i);

int integrity_new(struct integrity **ret);
void integrity_free(struct integrity *it); /* accepts NULL */

/* Forgets verdicts, not measurements (the kernel's CHANGE_ATTR). */
void integrity_drop_appraisal(struct integrity *it);
/* Forgets both (CHANGE_XATTR, a written file). */
void integrity_drop_all(struct integrity *it);

#endif
