// SPDX-License-Identifier: Apache-2.0
/*
 * The last denials as lines of text. Lines are made before the lock is taken,
 * so a slow /proc read or a full log never makes another thread wait.
 */
#include "denial.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"

struct denials {
	pthread_mutex_t lock;	  /* guards all below; a leaf */
	char *line[DENIALS_KEPT]; /* owned; a ring */
	size_t first, kept;
	uint64_t denied; /* since the mount */
	uint64_t lost;	 /* of these, no line could be made */
};

int denials_new(struct denials **ret)
{
	struct denials *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	(void)pthread_mutex_init(&d->lock, NULL); /* cannot fail on Linux */
	*ret = d;
	return 0;
}

void denials_free(struct denials *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < DENIALS_KEPT; i++)
		free(d->line[i]);
	(void)pthread_mutex_destroy(&d->lock);
	free(d);
}

/* rule=3 "appraise func=BPRM_CHECK appraise_type=imasig" */
static int print_rule(const struct policy *policy, unsigned rule,
		      struct buf *to)
{
	CLEANUP(freep) char *text = NULL;
	struct buf b = BUF_INIT;
	int r = buf_printf(to, " rule=%u", rule);

	if (r < 0 || !policy)
		return r;
	r = policy_print_rule(policy, rule, &b);
	if (r < 0) {
		buf_release(&b);
		return r == -ENOMEM ? r : 0; /* the number is still right */
	}
	text = buf_steal_str(&b);
	if (!text)
		return -ENOMEM;
	r = buf_append_str(to, " \"");
	if (r == 0)
		r = buf_append_escaped(to, text);
	return r < 0 ? r : buf_append_u8(to, '"');
}

/*
 * The order and the words of integrity_audit_message(): a tool that reads the
 * kernel's records reads these.
 */
static int print_line(const struct verdict *v, const struct policy *policy,
		      enum hook hook, const char *path, uint64_t dev,
		      uint64_t ino, const struct caller *c, bool enforced,
		      struct buf *to)
{
	const char *func = hook_name(hook);
	int r;

	r = buf_printf(to, "pid=%d uid=%u op=%s cause=%s comm=\"", c->pid,
		       c->fsuid, v->op ? v->op : "unknown",
		       v->cause ? v->cause : "unknown");
	if (r < 0)
		return r;
	caller_comm(c, to);
	r = buf_append_str(to, "\" name=\"");
	if (r == 0)
		r = buf_append_escaped(to, path ? path : "?");
	if (r == 0)
		r = buf_printf(to, "\" dev=\"%u:%u\" ino=%llu res=%d errno=%d",
			       major(dev), minor(dev), (unsigned long long)ino,
			       enforced ? 0 : 1, v->error);
	if (r == 0 && func)
		r = buf_printf(to, " func=%s", func);
	if (r == 0 && v->rule)
		r = print_rule(policy, v->rule, to);
	return r;
}

void denials_add(struct denials *d, const struct verdict *v,
		 const struct policy *policy, enum hook hook, const char *path,
		 uint64_t dev, uint64_t ino, const struct caller *c,
		 bool enforced)
{
	CLEANUP(freep) char *old = NULL;
	struct buf b = BUF_INIT;
	char *line = NULL;
	int r;

	r = print_line(v, policy, hook, path, dev, ino, c, enforced, &b);
	if (r == 0)
		line = buf_steal_str(&b);
	else
		buf_release(&b);
	if (line)
		log_warn("%s", line);
	else
		log_warn("op=%s cause=%s res=%d errno=%d (no memory for more)",
			 v->op ? v->op : "unknown",
			 v->cause ? v->cause : "unknown", enforced ? 0 : 1,
			 v->error);

	(void)pthread_mutex_lock(&d->lock);
	if (enforced)
		d->denied++;
	if (!line) {
		d->lost++;
	} else if (d->kept < DENIALS_KEPT) {
		d->line[(d->first + d->kept++) % DENIALS_KEPT] = line;
	} else {
		old = d->line[d->first];
		d->line[d->first] = line;
		d->first = (d->first + 1) % DENIALS_KEPT;
	}
	(void)pthread_mutex_unlock(&d->lock);
}

int denials_print(struct denials *d, struct buf *to)
{
	int r;

	(void)pthread_mutex_lock(&d->lock);
	r = buf_printf(to, "# denied %llu, shown %zu",
		       (unsigned long long)d->denied, d->kept);
	if (r == 0 && d->lost)
		r = buf_printf(to, ", lost %llu", (unsigned long long)d->lost);
	if (r == 0)
		r = buf_append_u8(to, '\n');
	for (size_t i = 0; r == 0 && i < d->kept; i++) {
		r = buf_append_str(to, d->line[(d->first + i) % DENIALS_KEPT]);
		if (r == 0)
			r = buf_append_u8(to, '\n');
	}
	(void)pthread_mutex_unlock(&d->lock);
	return r < 0 ? -ENOMEM : 0;
}

uint64_t denials_count(struct denials *d)
{
	uint64_t n;

	(void)pthread_mutex_lock(&d->lock);
	n = d->denied;
	(void)pthread_mutex_unlock(&d->lock);
	return n;
}
