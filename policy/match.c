// SPDX-License-Identifier: Apache-2.0
/*
 * Which actions apply to one access (IMA: ima_match_policy()). On the path of
 * every open: no I/O, no allocation, no lock.
 */
#include "policy/ruleset.h"

#include <assert.h>
#include <string.h>

/* An access in the form in which a struct probe looks at it. */
struct event {
	struct {
		uint32_t value;
		uint32_t decided; /* all ones; 0: every probe passes */
	} lane[LANE_COUNT];
};

static void event_set(struct event *ev, unsigned lane, uint32_t value)
{
	ev->lane[lane].value = value;
	ev->lane[lane].decided = UINT32_MAX;
}

static void event_init(struct event *ev, const struct access *a, uint32_t has)
{
	bool many_uids =
		a->cap_setuid && (a->euid != a->uid || a->euid != a->suid);
	bool many_gids =
		a->cap_setgid && (a->egid != a->gid || a->egid != a->sgid);

	event_set(ev, LANE_NOTHING, 0);
	event_set(ev, LANE_UID, a->uid);
	event_set(ev, LANE_GID, a->gid);
	event_set(ev, LANE_EUID, a->euid);
	event_set(ev, LANE_EGID, a->egid);
	/* With CAP_SETUID an euid= holds if any of three ids satisfies it. */
	if (many_uids)
		ev->lane[LANE_EUID].decided = 0;
	if (many_gids)
		ev->lane[LANE_EGID].decided = 0;
	event_set(ev, LANE_FOWNER, a->fowner);
	event_set(ev, LANE_FGROUP, a->fgroup);
	event_set(ev, LANE_FSMAGIC, lane_of_number(a->fsmagic));
	event_set(ev, LANE_FSUUID, lane_of_uuid(a->fsuuid));
	event_set(ev, LANE_FSNAME,
		  (has & BIT(KEY_FSNAME)) && a->fsname ? lane_of_text(a->fsname)
						       : 0);
	event_set(ev, LANE_FS_SUBTYPE,
		  (has & BIT(KEY_FS_SUBTYPE)) && a->fs_subtype
			  ? lane_of_text(a->fs_subtype)
			  : 0);
	event_set(ev, LANE_MASK, a->mask);
	for (unsigned i = 0; LANE_MASK_BIT + i <= LANE_MASK_LAST; i++)
		event_set(ev, LANE_MASK_BIT + i, a->mask >> i & 1);
}

static inline bool ruled_out(const struct probe *p, const struct event *ev)
{
	return ((ev->lane[p->lane].value - p->lo) & ev->lane[p->lane].decided) >
	       p->span;
}

static bool id_fits(const struct rule *r, enum id_slot slot, uint32_t id)
{
	const struct id_cond *c = &r->id[slot];

	switch (c->op) {
	case '=':
		return id == c->value;
	case '<':
		return id < c->value;
	case '>':
		return id > c->value;
	default:
		return true; /* no such condition */
	}
}

static bool subject_fits(const struct rule *r, const struct access *a)
{
	if (r->has & BIT(KEY_EUID)) {
		if (!id_fits(r, ID_USER, a->euid) &&
		    !(a->cap_setuid && (id_fits(r, ID_USER, a->suid) ||
					id_fits(r, ID_USER, a->uid))))
			return false;
	} else if (!id_fits(r, ID_USER, a->uid)) {
		return false;
	}
	if (r->has & BIT(KEY_EGID))
		return id_fits(r, ID_GROUP, a->egid) ||
		       (a->cap_setgid && (id_fits(r, ID_GROUP, a->sgid) ||
					  id_fits(r, ID_GROUP, a->gid)));
	return id_fits(r, ID_GROUP, a->gid);
}

static bool text_fits(const char *wanted, const char *is)
{
	return !wanted || (is && strcmp(wanted, is) == 0);
}

static bool file_system_fits(const struct rule *r, const struct access *a)
{
	if ((r->has & BIT(KEY_FSMAGIC)) && r->fsmagic != a->fsmagic)
		return false;
	if ((r->has & BIT(KEY_FSUUID)) &&
	    memcmp(r->fsuuid, a->fsuuid, sizeof(r->fsuuid)) != 0)
		return false;
	return text_fits(r->text[TEXT_FSNAME], a->fsname) &&
	       text_fits(r->text[TEXT_FS_SUBTYPE], a->fs_subtype);
}

/* KEY_CHECK, CRITICAL_DATA: 6.12 tests these two conditions, no gid=. */
static bool buffer_fits(const struct rule *r, const struct access *a)
{
	const char *list =
		r->text[a->hook == HOOK_KEY_CHECK ? TEXT_KEYRINGS : TEXT_LABEL];

	if (!id_fits(r, ID_USER, a->uid))
		return false;
	return !list || (a->func_data && rule_list_has(list, a->func_data,
						       strlen(a->func_data)));
}

static bool rule_matches(const struct rule *r, const struct access *a)
{
	/* the index has seen to func= */
	if (hook_is_buffer(a->hook))
		return buffer_fits(r, a);
	if (r->mask && a->hook != HOOK_POST_SETATTR &&
	    (r->mask_any ? !(r->mask & a->mask) : r->mask != a->mask))
		return false;
	/* There are no labels here: what asks for one matches nothing. */
	if (r->has & KEYS_LSM)
		return false;
	return file_system_fits(r, a) && subject_fits(r, a) &&
	       id_fits(r, ID_FOWNER, a->fowner) &&
	       id_fits(r, ID_FGROUP, a->fgroup);
}

static enum subaction subaction_of(const struct rule *r, enum hook h)
{
	if (r->hook == HOOK_NONE)
		return SUB_FILE;
	switch ((unsigned)h) {
	case HOOK_FILE_CHECK:
	case HOOK_POST_SETATTR:
		return SUB_FILE;
	case HOOK_MMAP_CHECK:
	case HOOK_MMAP_CHECK_REQPROT:
		return SUB_MMAP;
	case HOOK_BPRM_CHECK:
		return SUB_BPRM;
	case HOOK_CREDS_CHECK:
		return SUB_CREDS;
	default:
		return SUB_READ;
	}
}

static unsigned *deciding_rule(struct required *ret, unsigned class)
{
	switch (class) {
	case ACTION_MEASURE:
		return &ret->rule_measure;
	case ACTION_APPRAISE:
		return &ret->rule_appraise;
	case ACTION_AUDIT:
		return &ret->rule_audit;
	case ACTION_HASH:
		return &ret->rule_hash;
	default:
		return &ret->rule_memlock;
	}
}

static void apply(const struct policy *p, const struct rule *r, enum hook h,
		  struct required *ret)
{
	*deciding_rule(ret, action_class(r->action)) =
		(unsigned)(r - p->rules) + 1;
	ret->options |= r->options; /* those of a dont_ rule, too */
	ret->actions |= r->action & ACTIONS_POSITIVE;
	if (r->action == ACTION_APPRAISE) {
		ret->sub = subaction_of(r, h);
		if (r->hook == HOOK_NONE)
			ret->hook = HOOK_FILE_CHECK;
		ret->actions &= ~(unsigned)ACTION_HASH;
		if (p->fail_securely)
			ret->options |= OPT_FAIL_SECURELY;
		if (r->algos)
			ret->algos = r->algos;
	}
	if (r->has & BIT(KEY_PCR))
		ret->pcr = r->pcr;
	if (r->template)
		ret->template = r->template;
}

void policy_match(const struct policy *p, const struct access *a,
		  struct required *ret)
{
	const struct hook_index *ix;
	struct event ev;
	unsigned actmask;

	assert(a->hook < HOOK_COUNT);
	ix = &p->index[a->hook];
	assert((ix->facts & ~a->have) == 0);
	*ret = (struct required){ .hook = a->hook, .pcr = -1 };
	actmask = ix->actmask;
	if (!actmask)
		return;
	event_init(&ev, a, ix->has);
	for (const struct probe *at = ix->probes, *end = at + ix->n; at < end;
	     at++) {
		const struct rule *r;
		unsigned class;

		if (__builtin_expect(ruled_out(at, &ev), 1))
			continue;
		r = &p->rules[at->rule];
		if (!(r->action & actmask) || !rule_matches(r, a))
			continue;
		apply(p, r, a->hook, ret);
		class = action_class(r->action);
		actmask &= ~(class | class << 1);
		if (!actmask)
			return;
	}
}
