// SPDX-License-Identifier: Apache-2.0
/*
 * What goes together in one rule (IMA: ima_validate_rule()), and what this
 * build can do. Each refusal points at the word that is too much or at the one
 * that lacks company.
 */
#include <errno.h>

#include "policy/rule.h"

#define KEYS_FS                                                     \
	(BIT(KEY_FSMAGIC) | BIT(KEY_FSNAME) | BIT(KEY_FS_SUBTYPE) | \
	 BIT(KEY_FSUUID))
#define KEYS_ID                                                        \
	(BIT(KEY_UID) | BIT(KEY_EUID) | BIT(KEY_GID) | BIT(KEY_EGID) | \
	 BIT(KEY_FOWNER) | BIT(KEY_FGROUP))
/* Allowed wherever the action is: they say nothing about the event. */
#define KEYS_ANYWHERE \
	(BIT(KEY_FUNC) | BIT(KEY_TEMPLATE) | BIT(KEY_APPRAISE_FLAG))
#define KEYS_APPRAISE (BIT(KEY_APPRAISE_TYPE) | BIT(KEY_APPRAISE_ALGOS))
#define KEYS_CMDLINE \
	(KEYS_ANYWHERE | KEYS_FS | KEYS_ID | KEYS_LSM | BIT(KEY_PCR))
#define KEYS_CONTENT                                    \
	(KEYS_CMDLINE | BIT(KEY_MASK) | KEYS_APPRAISE | \
	 BIT(KEY_PERMIT_DIRECTIO))
#define KEYS_BUFFER	(KEYS_ANYWHERE | BIT(KEY_UID) | BIT(KEY_GID) | BIT(KEY_PCR))

#define ACTIONS_MEASURE (ACTION_MEASURE | ACTION_DONT_MEASURE)
#define ACTIONS_MEMLOCK (ACTION_MEMLOCK | ACTION_DONT_MEMLOCK)

/* What a rule for one hook may consist of. */
struct admits {
	uint32_t keys;	  /* BIT(KEY_*) */
	unsigned actions; /* ACTION_*, 0: all */
	bool modsig;
};

static struct admits admits_of(enum hook h)
{
	switch (h) {
	case HOOK_NONE:
	case HOOK_FILE_CHECK:
	case HOOK_MMAP_CHECK:
	case HOOK_MMAP_CHECK_REQPROT:
	case HOOK_BPRM_CHECK:
	case HOOK_CREDS_CHECK:
	case HOOK_FIRMWARE_CHECK:
	case HOOK_POLICY_CHECK:
		return (struct admits){ KEYS_CONTENT | BIT(KEY_DIGEST_TYPE), 0,
					false };
	case HOOK_MODULE_CHECK:
	case HOOK_KEXEC_KERNEL_CHECK:
	case HOOK_KEXEC_INITRAMFS_CHECK:
		return (struct admits){ KEYS_CONTENT, 0, true };
	case HOOK_KEXEC_CMDLINE:
		return (struct admits){ KEYS_CMDLINE, ACTIONS_MEASURE, false };
	case HOOK_KEY_CHECK:
		return (struct admits){ KEYS_BUFFER | BIT(KEY_KEYRINGS),
					ACTIONS_MEASURE, false };
	case HOOK_CRITICAL_DATA:
		return (struct admits){ KEYS_BUFFER | BIT(KEY_LABEL),
					ACTIONS_MEASURE, false };
	case HOOK_SETXATTR_CHECK:
		/*
		 * 6.12 lets obj_* and subj_* pass here and never looks at
		 * them; a condition that is not looked at is refused.
		 */
		return (struct admits){ KEYS_ANYWHERE | BIT(KEY_APPRAISE_ALGOS),
					ACTION_APPRAISE, false };
	case HOOK_POST_SETATTR:
	case HOOK_COUNT:
		break;
	}
	return (struct admits){ 0 }; /* the parser yields no such rule */
}

struct check {
	const struct rule *r;
	const struct rule_columns *at;
	struct diag *err;
};

#define REFUSE(c, column, ...)                                          \
	({                                                              \
		diag_at((c)->err, (c)->r->line, (column), __VA_ARGS__); \
		-EINVAL;                                                \
	})

/* The first of these keywords that the rule has, KEY_COUNT if none. */
static enum key first_of(const struct rule *r, uint32_t keys)
{
	unsigned k = 0;

	while (k < KEY_COUNT && !(r->has & keys & BIT(k)))
		k++;
	return k;
}

static int check_action(const struct check *c)
{
	const struct rule *r = c->r;
	enum key k;

	if (!r->action)
		return REFUSE(c, c->at->start,
			      "the rule has no action; begin it with measure, "
			      "appraise, audit, hash, memlock, or with dont_ "
			      "and one of them");
	if (r->action != ACTION_MEASURE && (r->has & BIT(KEY_PCR)))
		return REFUSE(c, c->at->key[KEY_PCR],
			      "'pcr=' is for 'measure' rules, not for '%s'",
			      action_name(r->action));
	k = first_of(r, KEYS_APPRAISE);
	if (r->action != ACTION_APPRAISE && k != KEY_COUNT)
		return REFUSE(c, c->at->key[k],
			      "'%s=' is for 'appraise' rules, not for '%s'",
			      keyword_of(k)->name, action_name(r->action));
	/* An option on a rule that only locks would change other rules. */
	k = first_of(r, BIT(KEY_DIGEST_TYPE) | BIT(KEY_PERMIT_DIRECTIO));
	if ((r->action & ACTIONS_MEMLOCK) && k != KEY_COUNT)
		return REFUSE(c, c->at->key[k],
			      "'%s' means nothing to '%s'; a rule of this "
			      "action has conditions only",
			      keyword_of(k)->name, action_name(r->action));
	return 0;
}

static int check_hook(const struct check *c)
{
	const struct rule *r = c->r;
	struct admits admits = admits_of(r->hook);
	enum key k = first_of(r, ~admits.keys);

	if (admits.actions && !(r->action & admits.actions))
		return REFUSE(c, c->at->action,
			      "'%s' is not possible with func=%s, which has "
			      "only %s rules",
			      action_name(r->action), hook_name(r->hook),
			      admits.actions & ACTION_APPRAISE ? "appraise"
							       : "measure");
	if (k == KEY_KEYRINGS || k == KEY_LABEL)
		return REFUSE(c, c->at->key[k], "'%s=' needs func=%s",
			      keyword_of(k)->name,
			      hook_name(k == KEY_KEYRINGS
						? HOOK_KEY_CHECK
						: HOOK_CRITICAL_DATA));
	if (k != KEY_COUNT)
		return REFUSE(c, c->at->key[k],
			      "'%s' is not possible with func=%s; remove it",
			      keyword_of(k)->name, hook_name(r->hook));
	if (r->hook == HOOK_SETXATTR_CHECK && !r->algos)
		return REFUSE(c, c->at->key[KEY_FUNC],
			      "func=SETXATTR_CHECK needs 'appraise_algos='");
	if ((r->options & OPT_MODSIG_ALLOWED) && !admits.modsig)
		return REFUSE(c, c->at->key[KEY_APPRAISE_TYPE],
			      "appraise_type=imasig|modsig needs "
			      "func=MODULE_CHECK, KEXEC_KERNEL_CHECK or "
			      "KEXEC_INITRAMFS_CHECK");
	if (r->action == ACTION_APPRAISE &&
	    (r->options & OPT_VERITY_REQUIRED) &&
	    !(r->options & OPT_DIGSIG_REQUIRED))
		return REFUSE(c, c->at->key[KEY_DIGEST_TYPE],
			      "an 'appraise' rule with digest_type=verity "
			      "needs appraise_type=sigv3 after it");
	return 0;
}

const char *rule_unenforceable(const struct rule *r, enum key *ret_key)
{
	*ret_key = first_of(r, KEYS_LSM);
	if (*ret_key != KEY_COUNT)
		return "imafs does not see the labels of a security module "
		       "(LSM)";
	*ret_key = KEY_APPRAISE_TYPE;
	if (r->options & OPT_SIGV3_REQUIRED)
		return "this build does not verify fs-verity signatures "
		       "(sigv3)";
	if (r->options & OPT_MODSIG_ALLOWED)
		return "this build does not verify appended signatures "
		       "(modsig)";
	*ret_key = KEY_DIGEST_TYPE;
	if (r->options & OPT_VERITY_REQUIRED)
		return "this build does not compute fs-verity (Merkle tree) "
		       "digests";
	return NULL;
}

int rule_check(const struct rule *r, const struct rule_columns *at,
	       const struct policy_env *env, struct diag *reterr)
{
	const struct check c = { r, at, reterr };
	const char *why;
	enum key k;
	int err;

	err = check_action(&c);
	if (err == 0)
		err = check_hook(&c);
	if (err < 0)
		return err;
	why = rule_unenforceable(r, &k);
	if (env->enforcing && why)
		return REFUSE(&c, at->key[k],
			      "'%s=' cannot be enforced: %s; remove the rule",
			      keyword_of(k)->name, why);
	return 0;
}
