// SPDX-License-Identifier: Apache-2.0
/*
 * What policy_match() walks: per hook the rules that can match at all, each
 * with the one condition that rules out most events. Built once, when the
 * policy is complete.
 */
#include "policy/ruleset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint32_t lane_of_number(uint64_t v)
{
	/* the golden ratio in 64 bits spreads neighbours */
	return (uint32_t)((v * 0x9e3779b97f4a7c15ull) >> 32);
}

uint32_t lane_of_text(const char *s)
{
	uint64_t h = 0;

	while (*s)
		h = (h ^ (unsigned char)*s++) * 0x100000001b3ull;
	return lane_of_number(h);
}

uint32_t lane_of_uuid(const uint8_t uuid[16])
{
	uint64_t half[2];

	memcpy(half, uuid, sizeof(half));
	return lane_of_number(half[0] ^ (half[1] << 1 | half[1] >> 63));
}

bool rule_is_void(const struct rule *r)
{
	for (int i = 0; i < ID_SLOTS; i++) {
		/* IMA: ima_match_rules() does not look at gid= for these */
		if (i == ID_GROUP && hook_is_buffer(r->hook))
			continue;
		if (r->id[i].op && rule_id_range(&r->id[i]).empty)
			return true;
	}
	return false;
}

/* The probes that would do for one rule. */
struct choice {
	struct probe probe[ID_SLOTS + 5];
	unsigned n;
};

static void choice_add(struct choice *c, unsigned lane, uint32_t lo,
		       uint32_t span)
{
	c->probe[c->n++] = (struct probe){ lo, span, lane, 0 };
}

static void choose_ids(struct choice *c, const struct rule *r)
{
	const unsigned lane[ID_SLOTS] = {
		[ID_USER] = r->has & BIT(KEY_EUID) ? LANE_EUID : LANE_UID,
		[ID_GROUP] = r->has & BIT(KEY_EGID) ? LANE_EGID : LANE_GID,
		[ID_FOWNER] = LANE_FOWNER,
		[ID_FGROUP] = LANE_FGROUP,
	};

	for (int i = 0; i < ID_SLOTS; i++) {
		struct id_range range;

		if (!r->id[i].op || (i == ID_GROUP && hook_is_buffer(r->hook)))
			continue;
		range = rule_id_range(&r->id[i]);
		choice_add(c, lane[i], range.lo, range.span);
	}
}

static struct choice choice_of(const struct rule *r)
{
	struct choice c = { .n = 0 };

	choose_ids(&c, r);
	if (r->has & BIT(KEY_FSMAGIC))
		choice_add(&c, LANE_FSMAGIC, lane_of_number(r->fsmagic), 0);
	if (r->has & BIT(KEY_FSNAME))
		choice_add(&c, LANE_FSNAME, lane_of_text(r->text[TEXT_FSNAME]),
			   0);
	if (r->has & BIT(KEY_FS_SUBTYPE))
		choice_add(&c, LANE_FS_SUBTYPE,
			   lane_of_text(r->text[TEXT_FS_SUBTYPE]), 0);
	if (r->has & BIT(KEY_FSUUID))
		choice_add(&c, LANE_FSUUID, lane_of_uuid(r->fsuuid), 0);
	if (r->mask && !r->mask_any)
		choice_add(&c, LANE_MASK, r->mask, 0);
	if (r->mask_any)
		choice_add(&c, LANE_MASK_BIT + (unsigned)__builtin_ctz(r->mask),
			   1, 0);
	return c;
}

static int probe_cmp(const void *left, const void *right)
{
	const struct probe *a = left, *b = right;

	if (a->lane != b->lane)
		return a->lane < b->lane ? -1 : 1;
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return a->span == b->span ? 0 : a->span < b->span ? -1 : 1;
}

/* All probes of all rules, sorted, to see which are rare. */
struct census {
	struct probe *probes;
	size_t n;
};

static int census_take(const struct policy *p, struct census *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += choice_of(&p->rules[i]).n;
	ret->n = 0;
	ret->probes = reallocarray(NULL, n + 1, sizeof(*ret->probes));
	if (!ret->probes)
		return -ENOMEM;
	for (size_t i = 0; i < p->n; i++) {
		struct choice c = choice_of(&p->rules[i]);

		memcpy(ret->probes + ret->n, c.probe, c.n * sizeof(*c.probe));
		ret->n += c.n;
	}
	qsort(ret->probes, ret->n, sizeof(*ret->probes), probe_cmp);
	return 0;
}

/* The number of probes that sort before @key, or before or with it. */
static size_t census_rank(const struct census *all, const struct probe *key,
			  bool inclusive)
{
	size_t low = 0, high = all->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (probe_cmp(&all->probes[middle], key) < inclusive)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * How many rules an event that passes this probe is likely to get into: those
 * that ask the same. "fowner=0 uid=N" a thousand times over must be probed by
 * uid, not by fowner. A range lets in more than a single value, and of masks
 * there are few.
 */
static size_t probe_cost(const struct census *all, const struct probe *probe)
{
	size_t cost =
		census_rank(all, probe, true) - census_rank(all, probe, false);

	if (probe->span)
		cost += all->n / 4;
	if (probe->lane >= LANE_MASK)
		cost += all->n / 2;
	return cost;
}

static struct probe best_probe(const struct census *all, const struct rule *r,
			       bool masks)
{
	struct probe best = { 0, 0, LANE_NOTHING, 0 };
	struct choice c = choice_of(r);
	size_t best_cost = SIZE_MAX;

	for (unsigned i = 0; i < c.n; i++) {
		size_t cost;

		if (!masks && c.probe[i].lane >= LANE_MASK)
			continue;
		cost = probe_cost(all, &c.probe[i]);
		if (cost < best_cost) {
			best = c.probe[i];
			best_cost = cost;
		}
	}
	return best;
}

/* Whether an event of hook @h can match the rule (IMA: ima_match_rules()). */
static bool hears(const struct policy *p, const struct rule *r, enum hook h)
{
	unsigned class = action_class(r->action);

	if (!(p->actions & class) || rule_is_void(r))
		return false;
	if (h == HOOK_POST_SETATTR)
		return class == ACTION_APPRAISE || class == ACTION_HASH;
	if (hook_is_buffer(h))
		return r->hook == h;
	return r->hook == HOOK_NONE || r->hook == h;
}

static unsigned facts_of(const struct rule *r)
{
	unsigned facts = 0;

	if (r->has & (BIT(KEY_UID) | BIT(KEY_GID)))
		facts |= FACT_IDS;
	if (r->has & (BIT(KEY_EUID) | BIT(KEY_EGID)))
		facts |= FACT_IDS | FACT_CAPS;
	return facts;
}

/* Appends rule @i to the lists of the hooks that hear of it. */
static void index_rule(struct policy *p, size_t i, const struct census *all)
{
	const struct rule *r = &p->rules[i];
	unsigned class = action_class(r->action);
	struct probe with_mask = best_probe(all, r, true);
	struct probe without = best_probe(all, r, false);

	with_mask.rule = without.rule = (uint32_t)i & (POLICY_MAX_RULES - 1);
	for (unsigned h = 0; h < HOOK_COUNT; h++) {
		struct hook_index *ix = &p->index[h];

		if (!hears(p, r, h))
			continue;
		ix->probes[ix->n++] =
			h == HOOK_POST_SETATTR ? without : with_mask;
		ix->actmask |= class | class << 1;
		ix->facts |= facts_of(r);
		ix->has |= r->has;
	}
}

static void summarize(struct policy *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct rule *r = &p->rules[i];

		if (r->action == ACTION_APPRAISE)
			p->appraised_hooks |= BIT(r->hook);
		/* no event: it only restricts setxattr */
		if (r->hook == HOOK_SETXATTR_CHECK) {
			if (!p->setxattr_algos)
				p->setxattr_algos = r->algos;
			continue;
		}
		p->actions |= r->action & ACTIONS_POSITIVE;
	}
	p->appraised_hooks &= ~BIT(HOOK_NONE);
}

/* Makes room for the lists. Return: 0 or -ENOMEM. */
static int lay_out(struct policy *p)
{
	size_t length[HOOK_COUNT] = { 0 }, total = 0;

	for (size_t i = 0; i < p->n; i++) {
		for (unsigned h = 0; h < HOOK_COUNT; h++)
			length[h] += hears(p, &p->rules[i], h);
	}
	for (unsigned h = 0; h < HOOK_COUNT; h++)
		total += length[h];
	p->probes = reallocarray(NULL, total + 1, sizeof(*p->probes));
	if (!p->probes)
		return -ENOMEM;
	total = 0;
	for (unsigned h = 0; h < HOOK_COUNT; h++) {
		p->index[h].probes = p->probes + total;
		total += length[h];
	}
	return 0;
}

int policy_seal(struct policy *p)
{
	struct census all;
	int r;

	summarize(p);
	r = lay_out(p);
	if (r == 0)
		r = census_take(p, &all);
	if (r < 0)
		return r;
	for (size_t i = 0; i < p->n; i++)
		index_rule(p, i, &all);
	free(all.probes);
	return 0;
}
