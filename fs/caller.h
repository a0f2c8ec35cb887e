/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks. The kernel checks permissions itself (default_permissions); what
 * is left for us: new files belong to the caller, and facts about the caller
 * for the policy.
 */
#ifndef FS_CALLER_H
#define FS_CALLER_H

#include <sys/types.h>

#include "access.h"
#include "base/buf.h"

struct caller {
	uid_t fsuid;
	gid_t fsgid;
	pid_t pid; /* thread id; 0: not visible from our pid namespace */
	mode_t umask;
};

/*
 * caller_become() - this thread makes files as @c from now on
 * File system ids and umask become the caller's; capabilities stay, because
 * the kernel has already checked the caller's permissions on our directories.
 * CAP_SYS_RESOURCE does not stay: quotas and reserved blocks are the lower file
 * system's to check, and it asks for the caller's.
 * The thread must have called caller_thread_init().
 *
 * Return: 0, then caller_restore() must follow; -EPERM if this daemon may not
 * take that identity (it was started by another ordinary user), and nothing is
 * changed: the request must fail, or the file would belong to the wrong user.
 */
int caller_become(const struct caller *c) __attribute__((warn_unused_result));

/* Back to the daemon's own identity; aborts the daemon if that fails. */
void caller_restore(void);

/* Once per worker thread: its own umask (unshare(CLONE_FS)). 0 or -errno. */
int caller_thread_init(void);

/*
 * caller_facts() - subject ids and capabilities into @a
 * @need: FACT_*; without FACT_IDS the ids are taken from @c alone
 * Reads /proc/PID/status. Return: 0; -ESRCH if the caller is gone or not
 * visible although a rule needs to know more: the access must be denied.
 */
int caller_facts(const struct caller *c, unsigned need, struct access *a);

/* The caller's command name, escaped, at most 16 bytes, "?" if unknown. */
void caller_comm(const struct caller *c, struct buf *to);

#endif
