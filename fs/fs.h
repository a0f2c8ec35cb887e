/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file system object: one mount and everything it is made of.
 *
 * Lock order, outermost first:
 *   integrity.lock   one file is evaluated by one thread at a time; held over
 *                    its reading, hashing and measuring (gate.c argues why)
 *   settle_lock      waiting for a release
 *   inode.lock       open counts and bindings of one file; no I/O under it
 *   table.lock       inode table; no I/O under it
 *   leaves           policy_lock, retry_lock, dirs_lock, denials.lock,
 *                    store.lock, control.lock, session.lock, log ring
 *
 * A policy writer's handle has a lock of its own around all of these: one
 * write(2) to .ima/policy may read and appraise a policy file.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "extender.h"
#include "inode.h"
#include "journal.h"
#include "keyring.h"
#include "policy.h"
#include "source.h"
#include "store.h"

struct fuse_session;
struct session; /* session.c: worker threads and their descriptors */

enum appraise_mode {
	APPRAISE_ENFORCE = 0,
	APPRAISE_LOG, /* say what would be denied, allow it */
	APPRAISE_FIX, /* as log, and label what has no good hash */
	APPRAISE_OFF,
};

enum control_visibility {
	CONTROL_HIDDEN = 0,
	CONTROL_VISIBLE,
	CONTROL_NONE
};

/* The certificates that the build compiled in, as trust= says it. */
#define TRUST_BUILTIN "builtin"

/* What a user asked for; strings are owned. The words are in mount_words.c. */
struct mount_options {
	char *source, *mountpoint; /* absolute */
	char *policy;		   /* file or built-in name; NULL: none */
	char **keys;		   /* NULL-terminated list; NULL: none */
	char **evm_keys;	   /* likewise; NULL: EVM is not in use */
	char *trust;		   /* who must have signed keys: file,
				      directory, TRUST_BUILTIN; NULL: nobody */
	char *state;		   /* state directory; NULL: the default */
	char *tpm;		   /* "auto", "none", TCTI */
	unsigned pcr;		   /* default 10 */
	enum hash_alg hash;	   /* default sha256 */
	char *template;		   /* default "ima-ng" */
	enum appraise_mode appraise;
	uint64_t lock_budget; /* bytes */
	enum control_visibility control;
	bool policy_once; /* policy cannot be changed after the first load */
	bool foreground, debug;
	bool noexec;
	unsigned workers;   /* threads that serve requests; 0: one per CPU */
	char *fuse_options; /* "ro,nodev,allow_other,..." for libfuse */
};

struct denials; /* denial.h */
struct control; /* control.h */
struct dir;	/* ops_dir.c */

struct fs {
	const struct mount_options *opt;
	struct source source;
	struct inode_table *inodes;
	uint64_t id_key; /* between nodes and the kernel's numbers for them */
	struct store *store;
	const struct template *template; /* where no rule names one */
	struct journal *journal;
	struct extender *extender; /* NULL: tpm=none */
	bool private_tpm;	   /* a software TPM of this mount's own */
	char *tcti; /* how others reach the TPM, for .ima/tpm; NULL: none */
	struct keyring *keys;
	struct keyring *evm_keys; /* NULL: EVM is not in use */
	struct denials *denials;
	struct control *control; /* control_new(); NULL: control=none */
	struct fuse_session *session;
	struct session *serving; /* session_open() to session_close() */
	bool passthrough;	 /* FUSE passthrough was agreed on and works */
	double timeout; /* seconds that the kernel may keep attributes */

	/* signalled when a writer is gone for good; see bind_settle() */
	pthread_mutex_t settle_lock;
	pthread_cond_t settled;
	atomic_uint n_settling; /* waiters */

	/* callers that were sent back with ESTALE; see retry.h */
	pthread_mutex_t retry_lock;
	struct retry *retries; /* guarded by retry_lock */
	atomic_uint n_retries;

	pthread_mutex_t dirs_lock; /* a leaf */
	struct dir *dirs;	   /* open directories; guarded by dirs_lock */

	pthread_mutex_t policy_lock;
	struct policy *policy;	       /* guarded by policy_lock; fs_policy() */
	atomic_uint policy_generation; /* raised by each change */
	bool policy_locked; /* guarded by policy_lock: policy_once was used */
};

/* A reference to the policy in force; never NULL. policy_unref() it. */
struct policy *fs_policy(struct fs *fs);

/*
 * fs_policy_set() - put another policy in force, atomically
 * Takes over the caller's reference in any case. The first policy that comes
 * this way, at mount or later, is the last with policy_once.
 * Return: 0; -EPERM after policy_once.
 */
int fs_policy_set(struct fs *fs, struct policy *p);

/* What a policy of this build may ask for. */
extern const struct policy_env fs_policy_env;

#endif
