/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy room: text -> rules -> what must be done for one access. It does
 * no I/O, keeps no globals and does not decide about files: it says which
 * actions apply. The language is the kernel's (Documentation/ABI/testing/
 * ima_policy) as of Linux 6.12 with the later keywords, plus imafs' own:
 *
 *   appraise_type=imasig_optional   Vivek Goyal, 2013: unsigned files are let
 *                                   through without extra privilege
 *   memlock / dont_memlock          serve from locked memory even what is
 *                                   neither measured nor appraised
 */
#ifndef IMAFS_POLICY_H
#define IMAFS_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access.h"
#include "base/buf.h"
#include "base/diag.h"

/* Actions, the kernel's bits; "dont" is the positive bit shifted left. */
#define ACTION_MEASURE	     0x0001
#define ACTION_DONT_MEASURE  0x0002
#define ACTION_APPRAISE	     0x0004
#define ACTION_DONT_APPRAISE 0x0008
#define ACTION_AUDIT	     0x0040
#define ACTION_DONT_AUDIT    0x0080
#define ACTION_HASH	     0x0100
#define ACTION_DONT_HASH     0x0200
#define ACTION_MEMLOCK	     0x0400 /* imafs */
#define ACTION_DONT_MEMLOCK  0x0800

/* Rule options that reach the decision; OR-ed over all matching rules. */
#define OPT_DIGSIG_REQUIRED 0x01000000 /* appraise_type=imasig, sigv3 */
#define OPT_PERMIT_DIRECTIO 0x02000000
#define OPT_SIGV3_REQUIRED  0x08000000
#define OPT_FAIL_SECURELY   0x10000000 /* built-in policy fail_securely */
#define OPT_MODSIG_ALLOWED  0x20000000
#define OPT_CHECK_BLACKLIST 0x40000000
#define OPT_VERITY_REQUIRED 0x80000000
#define OPT_SIG_OPTIONAL    0x00100000 /* imafs: imasig_optional */

/* Which cached status an appraise rule uses (the kernel's subactions). */
enum subaction {
	SUB_FILE = 0,
	SUB_MMAP,
	SUB_BPRM,
	SUB_CREDS,
	SUB_READ
};
#define SUB_COUNT 5

/*
 * What the parser must ask the rest of the program. All members are required;
 * they are called while parsing only.
 */
struct policy_env {
	bool (*hash_available)(unsigned alg);
	/*
	 * Resolves template=NAME: a known template, by name or format string.
	 * Return: the canonical name with static lifetime, NULL if unknown.
	 */
	const char *(*template_name)(const char *name, size_t len);
	/* Refuse imafs' own keywords (policy check --kernel). */
	bool kernel_only;
	/*
	 * A mount loads this policy: refuse every rule that is understood but
	 * cannot be enforced in this build (LSM labels, fs-verity digests,
	 * appended signatures). Otherwise policy_lint() warns about it.
	 */
	bool enforcing;
};

struct policy; /* immutable once parsed; reference-counted; thread-safe */

/*
 * policy_parse() - read rules
 * @text, @len: the rules; any bytes (NUL and control characters are refused),
 *              need not end in \n
 * @ret:        the caller's reference; does not point into @text
 * @reterr:     on -EINVAL, -ERANGE and -E2BIG: line, column and reason of the
 *              first bad rule; may be NULL
 *
 * An empty text gives a policy without rules. Return: 0; -EINVAL; -ERANGE for
 * a number over 64 bits, as in the kernel; -ENOMEM; -E2BIG for more than 2^24
 * rules or 2^31 - 1 bytes.
 */
int policy_parse(const char *text, size_t len, const struct policy_env *env,
		 struct policy **ret, struct diag *reterr);

/*
 * policy_builtin() - a built-in policy: tcb, ima_tcb, appraise_tcb (also
 * ima_appraise_tcb), secure_boot, critical_data, fail_securely, and imafs'
 * signed_init (everything must be signed to be opened, executed or mapped).
 * @names:  several, separated by ',' or '|' or ' ', as in ima_policy=; their
 *          order does not matter, but the first of tcb and ima_tcb wins
 * @reterr: on -ENOENT: names the unknown word; may be NULL
 * Return: 0; -ENOENT for an unknown name or none at all; -ENOMEM.
 */
int policy_builtin(const char *names, const struct policy_env *env,
		   struct policy **ret, struct diag *reterr);

/*
 * Both sets of rules, @a's first; @a may be NULL. The rules are copied.
 * Return: 0; -ENOMEM; -E2BIG for more than 2^24 rules.
 */
int policy_concat(const struct policy *a, const struct policy *b,
		  struct policy **ret);

struct policy *policy_ref(struct policy *p);
void policy_unref(struct policy *p); /* accepts NULL */

size_t policy_count(const struct policy *p);

/* OR of the FACT_* that policy_match() may ask for with @hook. */
unsigned policy_facts(const struct policy *p, enum hook hook);

/*
 * OR of all positive ACTION_* in the policy (the kernel's ima_policy_flag, so
 * without SETXATTR_CHECK rules).
 */
unsigned policy_actions(const struct policy *p);

/* True if an appraise rule for @hook (exactly that func=) exists. */
bool policy_appraises(const struct policy *p, enum hook hook);

/* What is to be done for one access. All zero: nothing. */
struct required {
	unsigned actions;     /* positive ACTION_* bits */
	unsigned options;     /* OPT_* bits, OR-ed over all matching rules */
	enum hook hook;	      /* the event's, or FILE_CHECK if the appraise
				 rule has no func */
	enum subaction sub;   /* of the matching appraise rule */
	int pcr;	      /* -1: the default */
	const char *template; /* canonical name, NULL: the default;
				 valid as long as the policy */
	uint32_t algos;	      /* bit per hash_alg; 0: any (appraise_algos=) */
	/*
	 * 1-based numbers of the first rule of each class that matched, of
	 * either polarity; 0: none. After an appraise rule took ACTION_HASH
	 * away, rule_hash still names the hash rule.
	 */
	unsigned rule_measure, rule_appraise, rule_audit, rule_hash,
		rule_memlock;
};

/**
 * policy_match() - which actions apply to one access
 * @p:   not modified, may be shared between threads
 * @a:   facts gathered by the caller; a->have must include
 *       policy_facts(p, a->hook)
 * @ret: written always
 *
 * First match wins per action class, as in the kernel's ima_match_policy(). No
 * I/O, no allocation, no lock. HOOK_POST_SETATTR is the kernel's "is this inode
 * appraised or hashed at all" question: func= and mask= are not looked at, and
 * only the appraise and hash classes are answered.
 */
void policy_match(const struct policy *p, const struct access *a,
		  struct required *ret);

/*
 * The algorithms that SETXATTR_CHECK rules allow in security.ima: bit per
 * hash_alg of the first such rule, 0 if there is none.
 */
uint32_t policy_setxattr_algos(const struct policy *p);

/*
 * Canonical text of all rules as the kernel's policy file shows them: a line
 * each, a space after every item, also after the last. It parses to the same
 * rules. Return: 0, or buf's errors (-ENOMEM, -EOVERFLOW).
 */
int policy_print(const struct policy *p, struct buf *to);

/*
 * Canonical text of rule @number (from 1) for a message: no newline, no space
 * at the end. Return: 0; -ERANGE; buf's errors.
 */
int policy_print_rule(const struct policy *p, unsigned number, struct buf *to);

/*
 * policy_lint() - what the grammar allows and the author hardly meant
 * @warn: called with the place of the rule's first word in its source text,
 *        rules in order, and a message that is valid during the call
 *
 * Rules that never decide (an earlier one of the class always matches first,
 * nothing can match, the class has no positive rule), conditions without
 * effect, and rules that a mount refuses (see policy_env.enforcing).
 * Return: number of warnings (INT_MAX if more).
 */
int policy_lint(const struct policy *p,
		void (*warn)(void *arg, unsigned line, unsigned column,
			     const char *msg),
		void *arg);

#endif
