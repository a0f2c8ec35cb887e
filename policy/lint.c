// SPDX-License-Identifier: Apache-2.0
/*
 * Rules that parse and are still not what their author meant. Nothing is
 * refused here, and a warning is only given where it is certain.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/ruleset.h"

struct lint {
	const struct policy *p;
	void (*warn)(void *arg, unsigned line, unsigned column,
		     const char *msg);
	void *arg;
	int count;
};

__attribute__((format(printf, 3, 4))) static void
warn(struct lint *l, const struct rule *r, const char *fmt, ...)
{
	char msg[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	l->warn(l->arg, r->line, r->column, msg);
	if (l->count < INT_MAX)
		l->count++;
}

/*
 * "later implies earlier" for the parts of a rule: whatever satisfies the
 * later rule's condition satisfies the earlier one's.
 */

static bool hook_covers(const struct rule *earlier, const struct rule *later)
{
	/* these three are reached by no rule that does not name them */
	if (hook_is_buffer(later->hook) || later->hook == HOOK_SETXATTR_CHECK ||
	    earlier->hook == HOOK_SETXATTR_CHECK)
		return earlier->hook == later->hook;
	return earlier->hook == HOOK_NONE || earlier->hook == later->hook;
}

static bool mask_covers(const struct rule *earlier, const struct rule *later)
{
	unsigned mask = later->mask;
	bool any = later->mask_any;

	if (!earlier->mask)
		return true;
	if (!mask) {
		mask = hook_mask(later->hook);
		any = false;
	}
	return mask == earlier->mask && (earlier->mask_any || !any);
}

static bool id_covers(const struct rule *earlier, const struct rule *later,
		      enum id_slot slot)
{
	static const uint32_t effective[ID_SLOTS] = {
		[ID_USER] = BIT(KEY_EUID),
		[ID_GROUP] = BIT(KEY_EGID),
	};
	struct id_range e, l;

	if (!earlier->id[slot].op)
		return true;
	if (!later->id[slot].op)
		return false;
	/* a real id says nothing about an effective one, nor the reverse */
	if ((earlier->has ^ later->has) & effective[slot])
		return false;
	e = rule_id_range(&earlier->id[slot]);
	l = rule_id_range(&later->id[slot]);
	return l.lo >= e.lo && l.lo + l.span <= e.lo + e.span;
}

static bool items_cover(const char *earlier, const char *later)
{
	for (;;) {
		const char *end = strchrnul(later, '|');

		if (!rule_list_has(earlier, later, (size_t)(end - later)))
			return false;
		if (!*end)
			return true;
		later = end + 1;
	}
}

static bool texts_cover(const struct rule *earlier, const struct rule *later)
{
	for (int i = 0; i < TEXT_COUNT; i++) {
		const char *e = earlier->text[i], *l = later->text[i];

		if (!e)
			continue;
		if (!l)
			return false;
		if (i == TEXT_KEYRINGS || i == TEXT_LABEL) {
			if (!items_cover(e, l))
				return false;
		} else if (strcmp(e, l) != 0) {
			return false;
		}
	}
	return true;
}

/*
 * True if every event that @later matches is matched by @earlier. Neither may
 * be void.
 */
static bool covers(const struct rule *earlier, const struct rule *later)
{
	if (!hook_covers(earlier, later) || !mask_covers(earlier, later))
		return false;
	if ((earlier->has & BIT(KEY_FSMAGIC)) &&
	    (!(later->has & BIT(KEY_FSMAGIC)) ||
	     earlier->fsmagic != later->fsmagic))
		return false;
	if ((earlier->has & BIT(KEY_FSUUID)) &&
	    (!(later->has & BIT(KEY_FSUUID)) ||
	     memcmp(earlier->fsuuid, later->fsuuid, sizeof(later->fsuuid))))
		return false;
	for (unsigned i = 0; i < ID_SLOTS; i++) {
		if (i == ID_GROUP && hook_is_buffer(later->hook))
			continue; /* not looked at */
		if (!id_covers(earlier, later, i))
			return false;
	}
	return texts_cover(earlier, later);
}

/* Why nothing can match the rule; NULL if something can. */
static const char *never_matches(const struct rule *r)
{
	unsigned fixed = hook_mask(r->hook);

	if (rule_is_void(r))
		return "no id is below 0";
	for (int i = 0; i < ID_SLOTS; i++) {
		if (r->id[i].op == '>' && r->id[i].value == UINT32_MAX - 1 &&
		    !(i == ID_GROUP && hook_is_buffer(r->hook)))
			return "no id is above 4294967294";
	}
	if (r->mask && fixed && r->mask != fixed)
		return fixed == MASK_EXEC
			       ? "the mask of this hook is always MAY_EXEC"
			       : "the mask of this hook is always MAY_READ";
	return NULL;
}

/* The first rule of the same class that is always there first; NULL: none. */
static const struct rule *shadow_of(const struct policy *p,
				    const struct rule *r)
{
	unsigned class = action_class(r->action);

	for (const struct rule *e = p->rules; e < r; e++) {
		if (action_class(e->action) == class && !rule_is_void(e) &&
		    covers(e, r))
			return e;
	}
	return NULL;
}

/* Whether the rule decides something; at most one reason is given. */
static void lint_reach(struct lint *l, const struct rule *r)
{
	unsigned class = action_class(r->action);
	const char *why = never_matches(r);
	const struct rule *first;

	if (why) {
		warn(l, r, "the rule never matches: %s", why);
		return;
	}
	if (r->hook != HOOK_SETXATTR_CHECK && !(l->p->actions & class)) {
		warn(l, r,
		     "'%s' has no effect: the policy has no '%s' rule to "
		     "except from",
		     action_name(r->action), action_name(class));
		return;
	}
	first = shadow_of(l->p, r);
	if (first)
		warn(l, r,
		     "the rule never decides: rule %u (line %u, '%s') matches "
		     "first whatever this one matches",
		     (unsigned)(first - l->p->rules) + 1, first->line,
		     action_name(first->action));
}

static void lint_parts(struct lint *l, const struct rule *r)
{
	const char *why;
	enum key k;

	why = rule_unenforceable(r, &k);
	if (why)
		warn(l, r, "a mount refuses this rule because of '%s=': %s",
		     keyword_of(k)->name, why);
	if (r->has & BIT(KEY_APPRAISE_FLAG))
		warn(l, r,
		     "'appraise_flag=' has no effect: since Linux 6.6 the "
		     "kernel looks for revoked digests without it");
	if (hook_is_buffer(r->hook) && (r->has & BIT(KEY_GID)))
		warn(l, r,
		     "'gid=' is not looked at with func=%s, neither here nor "
		     "by the kernel",
		     hook_name(r->hook));
	if (r->pcr > 23)
		warn(l, r, "'pcr=%d': a TPM has PCRs 0 to 23", r->pcr);
}

int policy_lint(const struct policy *p,
		void (*cb)(void *arg, unsigned line, unsigned column,
			   const char *msg),
		void *arg)
{
	struct lint l = { p, cb, arg, 0 };

	for (size_t i = 0; i < p->n; i++) {
		lint_reach(&l, &p->rules[i]);
		lint_parts(&l, &p->rules[i]);
	}
	return l.count;
}
