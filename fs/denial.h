/* SPDX-License-Identifier: Apache-2.0 */
/* The last denials, for .ima/denials, and the line that explains each. */
#ifndef FS_DENIAL_H
#define FS_DENIAL_H

#include <stdint.h>

#include "base/buf.h"
#include "caller.h"
#include "policy.h"
#include "verdict.h"

#define DENIALS_KEPT 1000

struct denials;

int denials_new(struct denials **ret); /* 0 or -ENOMEM */
void denials_free(struct denials *d);  /* accepts NULL */

/*
 * denials_add() - log one denial and keep it
 * The line has the kernel's audit words: op= cause= comm= name= res=0 errno=,
 * then func=, rule= (number and text). @policy may be NULL. @path is escaped.
 * @enforced: false in log and fix mode ("would be denied"): res=1, not counted.
 * Never blocks, never fails: without memory the line is counted as lost.
 */
void denials_add(struct denials *d, const struct verdict *v,
		 const struct policy *policy, enum hook hook, const char *path,
		 uint64_t dev, uint64_t ino, const struct caller *c,
		 bool enforced);

/* All lines, oldest first, after a line "# denied N, shown M". 0 or -ENOMEM. */
int denials_print(struct denials *d, struct buf *to);
uint64_t denials_count(struct denials *d);

#endif
