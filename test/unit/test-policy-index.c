// SPDX-License-Identifier: Apache-2.0
/*
 * policy/index.c: the probes and per-hook lists change the cost of a match,
 * never its result. Random policies are matched with random accesses, and a
 * plain walk over the rules, written after the kernel's, must say the same.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "policy-rules.h"
#include "policy/ruleset.h"

static uint64_t seed = 1;

static unsigned below(unsigned n)
{
	/* xorshift64: the same sequence in every run */
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

/* The reference: every condition, one after the other. */

static bool compares(const struct id_cond *c, uint32_t id)
{
	if (!c->op)
		return true;
	return c->op == '='   ? id == c->value
	       : c->op == '<' ? id < c->value
			      : id > c->value;
}

static bool any_compares(const struct id_cond *c, bool cap, uint32_t e,
			 uint32_t s, uint32_t r)
{
	return compares(c, e) || (cap && (compares(c, s) || compares(c, r)));
}

static bool plain_matches(const struct rule *r, const struct access *a)
{
	const struct id_cond *id = r->id;
	bool setattr = a->hook == HOOK_POST_SETATTR;

	if (r->hook != HOOK_NONE && r->hook != a->hook && !setattr)
		return false;
	if (hook_is_buffer(a->hook)) {
		const char *list =
			r->text[a->hook == HOOK_KEY_CHECK ? TEXT_KEYRINGS
							  : TEXT_LABEL];

		return r->hook == a->hook && compares(&id[ID_USER], a->uid) &&
		       (!list ||
			(a->func_data && strcmp(list, a->func_data) == 0));
	}
	if (r->mask && !setattr && !r->mask_any && r->mask != a->mask)
		return false;
	if (r->mask && !setattr && r->mask_any && !(r->mask & a->mask))
		return false;
	if ((r->has & BIT(KEY_FSMAGIC)) && r->fsmagic != a->fsmagic)
		return false;
	if (r->text[TEXT_FSNAME] &&
	    (!a->fsname || strcmp(r->text[TEXT_FSNAME], a->fsname) != 0))
		return false;
	if (r->text[TEXT_FS_SUBTYPE] &&
	    (!a->fs_subtype ||
	     strcmp(r->text[TEXT_FS_SUBTYPE], a->fs_subtype) != 0))
		return false;
	if ((r->has & BIT(KEY_FSUUID)) && memcmp(r->fsuuid, a->fsuuid, 16) != 0)
		return false;
	if ((r->has & BIT(KEY_UID)) && !compares(&id[ID_USER], a->uid))
		return false;
	if ((r->has & BIT(KEY_EUID)) &&
	    !any_compares(&id[ID_USER], a->cap_setuid, a->euid, a->suid,
			  a->uid))
		return false;
	if ((r->has & BIT(KEY_GID)) && !compares(&id[ID_GROUP], a->gid))
		return false;
	if ((r->has & BIT(KEY_EGID)) &&
	    !any_compares(&id[ID_GROUP], a->cap_setgid, a->egid, a->sgid,
			  a->gid))
		return false;
	return compares(&id[ID_FOWNER], a->fowner) &&
	       compares(&id[ID_FGROUP], a->fgroup) && !(r->has & KEYS_LSM);
}

static void plain_match(const struct policy *p, const struct access *a,
			struct required *ret)
{
	unsigned flags = 0, actmask;

	*ret = (struct required){ .hook = a->hook, .pcr = -1 };
	for (size_t i = 0; i < p->n; i++) {
		if (p->rules[i].hook != HOOK_SETXATTR_CHECK)
			flags |= p->rules[i].action & ACTIONS_POSITIVE;
	}
	if (a->hook == HOOK_POST_SETATTR)
		flags &= ACTION_APPRAISE | ACTION_HASH;
	actmask = flags | flags << 1;
	for (size_t i = 0; i < p->n; i++) {
		const struct rule *r = &p->rules[i];
		bool positive = r->action & ACTIONS_POSITIVE;

		if (!(r->action & actmask) || !plain_matches(r, a))
			continue;
		ret->options |= r->options;
		if (positive)
			ret->actions |= r->action;
		if (r->action == ACTION_APPRAISE) {
			ret->actions &= ~(unsigned)ACTION_HASH;
			if (r->hook == HOOK_NONE)
				ret->hook = HOOK_FILE_CHECK;
		}
		if (r->action & (ACTION_MEASURE | ACTION_DONT_MEASURE))
			ret->rule_measure = (unsigned)i + 1;
		if (r->action & (ACTION_APPRAISE | ACTION_DONT_APPRAISE))
			ret->rule_appraise = (unsigned)i + 1;
		actmask &= positive ? ~(r->action | r->action << 1)
				    : ~(r->action | r->action >> 1);
		if (r->has & BIT(KEY_PCR))
			ret->pcr = r->pcr;
	}
}

/* Few different values, so that rules and accesses often meet. */

static void put_id(struct buf *b, const char *name)
{
	static const char *const values[] = {
		"0", "1", "2", "5", "2147483647", "2147483648", "4294967294"
	};

	(void)buf_printf(b, " %s%c%s", name, "=<>"[below(3)], values[below(7)]);
}

static void put_rule(struct buf *b)
{
	static const char *const actions[] = {
		"measure", "dont_measure", "appraise", "dont_appraise",
		"audit",   "dont_audit",   "hash",     "dont_hash",
		"memlock", "dont_memlock",
	};
	static const char *const hooks[] = { "FILE_CHECK", "BPRM_CHECK",
					     "MMAP_CHECK", "MODULE_CHECK" };
	static const char *const masks[] = { "MAY_EXEC", "MAY_WRITE",
					     "MAY_READ", "MAY_APPEND" };

	if (below(12) == 0) {
		(void)buf_printf(b, "%s func=KEY_CHECK", actions[below(2)]);
		if (below(2))
			(void)buf_printf(b, " keyrings=k%u", below(3));
		if (below(2))
			put_id(b, "uid");
		if (below(2))
			put_id(b, "gid");
		(void)buf_append_u8(b, '\n');
		return;
	}
	(void)buf_append_str(b, actions[below(10)]);
	if (below(2))
		(void)buf_printf(b, " func=%s", hooks[below(4)]);
	if (below(4) == 0)
		(void)buf_printf(b, " mask=%s%s", below(2) ? "^" : "",
				 masks[below(4)]);
	if (below(5) == 0)
		(void)buf_printf(b, " fsmagic=%x", below(3));
	if (below(5) == 0)
		(void)buf_printf(b, " fsname=f%u", below(3));
	if (below(8) == 0)
		(void)buf_printf(b, " fs_subtype=s%u", below(2));
	if (below(8) == 0)
		(void)buf_printf(
			b, " fsuuid=00000000-0000-0000-0000-00000000000%u",
			below(3));
	if (below(3) == 0)
		put_id(b, below(2) ? "uid" : "euid");
	if (below(3) == 0)
		put_id(b, below(2) ? "gid" : "egid");
	if (below(3) == 0)
		put_id(b, "fowner");
	if (below(4) == 0)
		put_id(b, "fgroup");
	if (below(20) == 0)
		(void)buf_append_str(b, " obj_type=t");
	(void)buf_append_u8(b, '\n');
}

static uint32_t some_id(void)
{
	static const uint32_t values[] = {
		0,	     1,		  2,	       3,
		5,	     6,		  2147483647u, 2147483648u,
		2147483649u, 4294967294u, 4294967295u
	};

	return values[below(11)];
}

static struct access some_access(void)
{
	static const enum hook hooks[] = {
		HOOK_FILE_CHECK,   HOOK_BPRM_CHECK,    HOOK_MMAP_CHECK,
		HOOK_MODULE_CHECK, HOOK_KEY_CHECK,     HOOK_POST_SETATTR,
		HOOK_CREDS_CHECK,  HOOK_CRITICAL_DATA,
	};
	static const char *const names[] = { NULL, "f0", "f1", "f2", "fx" };
	static const char *const subtypes[] = { NULL, "s0", "s1", "" };
	static const char *const keyrings[] = { NULL, "k0", "k1", "k" };
	struct access a = {
		.hook = hooks[below(8)],
		.mask = below(32),
		.have = FACT_IDS | FACT_CAPS,
		.uid = some_id(),
		.gid = some_id(),
		.cap_setuid = below(2),
		.cap_setgid = below(2),
		.fowner = some_id(),
		.fgroup = some_id(),
		.fsmagic = below(4),
		.fsname = names[below(5)],
		.fs_subtype = subtypes[below(4)],
		.func_data = keyrings[below(4)],
	};

	a.fsuuid[15] = (uint8_t)below(4);
	a.euid = below(2) ? a.uid : some_id();
	a.suid = below(2) ? a.uid : some_id();
	a.egid = below(2) ? a.gid : some_id();
	a.sgid = below(2) ? a.gid : some_id();
	return a;
}

static void a_match_is_what_a_plain_walk_finds(void **state)
{
	unsigned matches = 0;

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct buf text = BUF_INIT;
		struct policy *p;
		struct diag err;

		for (unsigned n = below(40); n > 0; n--)
			put_rule(&text);
		if (policy_parse((char *)text.data, text.len, &fake_env, &p,
				 &err) != 0)
			fail_msg("%u: %s", err.line, err.msg);
		for (int i = 0; i < 200; i++) {
			struct access a = some_access();
			struct required is, want;

			policy_match(p, &a, &is);
			plain_match(p, &a, &want);
			if (is.actions != want.actions ||
			    is.options != want.options ||
			    is.hook != want.hook || is.pcr != want.pcr ||
			    is.rule_measure != want.rule_measure ||
			    is.rule_appraise != want.rule_appraise) {
				(void)buf_append_u8(&text, 0);
				(void)fputs((char *)text.data, stderr);
				fail_msg("hook %u, mask %u: actions %x not %x, "
					 "options %x not %x, rules %u, %u not "
					 "%u, %u",
					 (unsigned)a.hook, a.mask, is.actions,
					 want.actions, is.options, want.options,
					 is.rule_measure, is.rule_appraise,
					 want.rule_measure, want.rule_appraise);
			}
			matches += is.actions != 0;
		}
		policy_unref(p);
		buf_release(&text);
	}
	/* the generator is worth nothing if all or none match */
	assert_in_range(matches, 20000, 79999);
}

static void a_rule_is_probed_by_what_few_rules_ask(void **state)
{
	struct buf text = BUF_INIT;
	struct policy *p;

	(void)state;
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(buf_printf(&text,
					    "appraise mask=MAY_READ fowner=0 "
					    "uid=%u fsname=ext4\n",
					    i),
				 0);
	assert_int_equal(
		policy_parse((char *)text.data, text.len, &fake_env, &p, NULL),
		0);
	buf_release(&text);
	assert_int_equal(p->index[HOOK_FILE_CHECK].n, 50);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(p->index[HOOK_FILE_CHECK].probes[i].lane,
				 LANE_UID);
	policy_unref(p);
}

static void a_hook_lists_only_rules_that_can_match_it(void **state)
{
	static const char text[] = "measure func=BPRM_CHECK\n" /* 1 */
				   "measure uid<0\n"	       /* void */
				   "dont_audit\n"	       /* nothing */
				   "measure\n"
				   "measure func=KEY_CHECK gid<0\n";
	struct policy *p;

	(void)state;
	assert_int_equal(policy_parse(text, strlen(text), &fake_env, &p, NULL),
			 0);
	assert_int_equal(p->index[HOOK_FILE_CHECK].n, 1);
	assert_int_equal(p->index[HOOK_BPRM_CHECK].n, 2);
	assert_int_equal(p->index[HOOK_KEY_CHECK].n, 1);
	assert_int_equal(p->index[HOOK_POST_SETATTR].n, 0);
	policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_match_is_what_a_plain_walk_finds),
		cmocka_unit_test(a_rule_is_probed_by_what_few_rules_ask),
		cmocka_unit_test(a_hook_lists_only_rules_that_can_match_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
