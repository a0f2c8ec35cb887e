// SPDX-License-Identifier: Apache-2.0
/* The life of a policy: building, joining, sharing, plain questions. */
#include "policy/ruleset.h"

#include <errno.h>
#include <stdlib.h>

struct policy *policy_new(void)
{
	struct policy *p = calloc(1, sizeof(*p));

	if (p)
		atomic_init(&p->refs, 1);
	return p;
}

int policy_add(struct policy *p, const struct rule *r)
{
	if (p->n == POLICY_MAX_RULES)
		return -E2BIG;
	if (p->n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 16;
		struct rule *rules =
			reallocarray(p->rules, cap, sizeof(*rules));

		if (!rules)
			return -ENOMEM;
		p->rules = rules;
		p->cap = cap;
	}
	p->rules[p->n++] = *r;
	return 0;
}

static int add_copies(struct policy *to, const struct policy *from)
{
	int err = 0;

	for (size_t i = 0; i < from->n && err == 0; i++) {
		struct rule r;

		err = rule_copy(&from->rules[i], &r);
		if (err < 0)
			return err;
		err = policy_add(to, &r);
		if (err < 0)
			rule_release(&r);
	}
	to->fail_securely |= from->fail_securely;
	return err;
}

int policy_concat(const struct policy *a, const struct policy *b,
		  struct policy **ret)
{
	CLEANUP(policy_freep) struct policy *to = policy_new();
	int r = 0;

	if (!to)
		return -ENOMEM;
	if (a)
		r = add_copies(to, a);
	if (r == 0)
		r = add_copies(to, b);
	if (r == 0)
		r = policy_seal(to);
	if (r == 0)
		*ret = STEAL(to);
	return r;
}

struct policy *policy_ref(struct policy *p)
{
	/* whoever calls has a reference, so nothing needs to be ordered */
	atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void policy_unref(struct policy *p)
{
	if (!p ||
	    atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < p->n; i++)
		rule_release(&p->rules[i]);
	free(p->rules);
	free(p->probes);
	free(p);
}

size_t policy_count(const struct policy *p)
{
	return p->n;
}

unsigned policy_facts(const struct policy *p, enum hook hook)
{
	return hook < HOOK_COUNT ? p->index[hook].facts : 0;
}

unsigned policy_actions(const struct policy *p)
{
	return p->actions;
}

bool policy_appraises(const struct policy *p, enum hook hook)
{
	return hook < HOOK_COUNT && (p->appraised_hooks & BIT(hook));
}

uint32_t policy_setxattr_algos(const struct policy *p)
{
	return p->setxattr_algos;
}
