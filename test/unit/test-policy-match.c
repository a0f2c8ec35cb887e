// SPDX-License-Identifier: Apache-2.0
/* policy/match.c: which actions apply; the kernel's ima_match_policy(). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy-rules.h"

static struct policy *parsed(const char *text)
{
	struct diag err = { 0 };
	struct policy *p = NULL;

	if (policy_parse(text, strlen(text), &fake_env, &p, &err) != 0)
		fail_msg("'%s': %u:%u: %s", text, err.line, err.column,
			 err.msg);
	return p;
}

static struct required matched(const char *text, struct access a)
{
	struct policy *p = parsed(text);
	struct required req;

	a.have = FACT_IDS | FACT_CAPS;
	policy_match(p, &a, &req);
	policy_unref(p);
	return req;
}

#define HOOK(h)	   .hook = HOOK_##h
#define EVENT(h)   HOOK(h), .mask = MASK_READ
#define SUBJECT(n) .uid = (n), .euid = (n), .suid = (n)
#define GROUPS(n)  .gid = (n), .egid = (n), .sgid = (n)
#define MODSIG_OPTIONS \
	(OPT_DIGSIG_REQUIRED | OPT_MODSIG_ALLOWED | OPT_CHECK_BLACKLIST)
#define SIG_OPTIONS (OPT_DIGSIG_REQUIRED | OPT_CHECK_BLACKLIST)

/* Whether one condition lets the event through. */
static const struct {
	const char *rule;
	struct access a;
	bool match;
} conditions[] = {
	{ "measure", { EVENT(FILE_CHECK) }, true },

	/* func */
	{ "measure func=FILE_CHECK", { EVENT(FILE_CHECK) }, true },
	{ "measure func=FILE_CHECK", { EVENT(BPRM_CHECK) }, false },
	{ "measure func=MMAP_CHECK", { EVENT(MMAP_CHECK) }, true },
	{ "measure func=MMAP_CHECK", { EVENT(MMAP_CHECK_REQPROT) }, false },
	{ "measure func=MMAP_CHECK_REQPROT",
	  { EVENT(MMAP_CHECK_REQPROT) },
	  true },
	{ "measure func=CREDS_CHECK", { EVENT(CREDS_CHECK) }, true },
	{ "measure", { EVENT(BPRM_CHECK) }, true },
	{ "measure", { EVENT(CREDS_CHECK) }, true },
	{ "measure", { EVENT(MODULE_CHECK) }, true },
	{ "measure", { EVENT(FIRMWARE_CHECK) }, true },
	{ "measure", { EVENT(POLICY_CHECK) }, true },
	{ "measure", { HOOK(KEXEC_CMDLINE) }, true },
	{ "measure", { HOOK(KEY_CHECK) }, false },
	{ "measure", { HOOK(CRITICAL_DATA) }, false },
	{ "measure func=KEXEC_CMDLINE", { HOOK(KEXEC_CMDLINE) }, true },

	/* mask: equal, or contained */
	{ "measure mask=MAY_READ", { HOOK(FILE_CHECK), .mask = 4 }, true },
	{ "measure mask=MAY_READ", { HOOK(FILE_CHECK), .mask = 6 }, false },
	{ "measure mask=MAY_READ", { HOOK(FILE_CHECK), .mask = 12 }, false },
	{ "measure mask=^MAY_READ", { HOOK(FILE_CHECK), .mask = 6 }, true },
	{ "measure mask=^MAY_READ", { HOOK(FILE_CHECK), .mask = 2 }, false },
	{ "measure mask=^MAY_WRITE", { HOOK(FILE_CHECK), .mask = 6 }, true },
	{ "measure mask=MAY_APPEND", { HOOK(FILE_CHECK), .mask = 8 }, true },
	{ "measure mask=^MAY_APPEND", { HOOK(FILE_CHECK), .mask = 10 }, true },
	{ "measure mask=MAY_EXEC", { HOOK(FILE_CHECK), .mask = 1 }, true },
	{ "measure mask=^MAY_EXEC", { HOOK(BPRM_CHECK), .mask = 1 }, true },
	{ "measure mask=MAY_READ", { HOOK(FILE_CHECK), .mask = 16 }, false },
	{ "measure mask=^MAY_READ", { HOOK(FILE_CHECK), .mask = 20 }, true },
	{ "measure mask=MAY_READ", { HOOK(FILE_CHECK), .mask = 260 }, false },
	{ "measure mask=MAY_READ", { HOOK(KEXEC_CMDLINE) }, false },

	/* the file system */
	{ "measure fsmagic=0xef53",
	  { EVENT(FILE_CHECK), .fsmagic = 0xef53 },
	  true },
	{ "measure fsmagic=0xef53",
	  { EVENT(FILE_CHECK), .fsmagic = 0x9fa0 },
	  false },
	{ "measure fsmagic=1ef53",
	  { EVENT(FILE_CHECK), .fsmagic = 0xef53 },
	  false },
	{ "measure fsmagic=10000ef53",
	  { EVENT(FILE_CHECK), .fsmagic = 0xef53 },
	  false },
	{ "measure fsmagic=0", { EVENT(FILE_CHECK), .fsmagic = 1 }, false },
	{ "measure fsname=ext4",
	  { EVENT(FILE_CHECK), .fsname = "ext4" },
	  true },
	{ "measure fsname=ext4",
	  { EVENT(FILE_CHECK), .fsname = "ext" },
	  false },
	{ "measure fsname=ext4", { EVENT(FILE_CHECK), .fsname = "" }, false },
	{ "measure fsname=ext4", { EVENT(FILE_CHECK) }, false },
	{ "measure fs_subtype=sshfs",
	  { EVENT(FILE_CHECK), .fs_subtype = "sshfs" },
	  true },
	{ "measure fs_subtype=sshfs", { EVENT(FILE_CHECK) }, false },
	{ "measure fs_subtype=sshfs",
	  { EVENT(FILE_CHECK), .fsname = "sshfs" },
	  false },
	{ "measure fsuuid=01020304-0506-0708-090a-0b0c0d0e0f10",
	  { EVENT(FILE_CHECK), .fsuuid = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
					   12, 13, 14, 15, 16 } },
	  true },
	{ "measure fsuuid=01020304-0506-0708-090a-0b0c0d0e0f10",
	  { EVENT(FILE_CHECK), .fsuuid = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
					   12, 13, 14, 15, 17 } },
	  false },
	{ "measure fsuuid=01020304-0506-0708-090a-0b0c0d0e0f10",
	  { EVENT(FILE_CHECK) },
	  false },

	/* the owner */
	{ "measure fowner=0", { EVENT(FILE_CHECK) }, true },
	{ "measure fowner=0", { EVENT(FILE_CHECK), .fowner = 1 }, false },
	{ "measure fowner>5", { EVENT(FILE_CHECK), .fowner = 5 }, false },
	{ "measure fowner>5", { EVENT(FILE_CHECK), .fowner = 6 }, true },
	{ "measure fowner>5",
	  { EVENT(FILE_CHECK), .fowner = 4294967295u },
	  true },
	{ "measure fowner<5", { EVENT(FILE_CHECK), .fowner = 4 }, true },
	{ "measure fowner<5", { EVENT(FILE_CHECK), .fowner = 5 }, false },
	{ "measure fowner<0", { EVENT(FILE_CHECK) }, false },
	{ "measure fowner<4294967294",
	  { EVENT(FILE_CHECK), .fowner = 4294967293u },
	  true },
	{ "measure fowner>2147483648",
	  { EVENT(FILE_CHECK), .fowner = 2147483647u },
	  false },
	{ "measure fgroup=7", { EVENT(FILE_CHECK), .fgroup = 7 }, true },
	{ "measure fgroup=7", { EVENT(FILE_CHECK), .fgroup = 8 }, false },
	{ "measure fgroup<8 fowner=1",
	  { EVENT(FILE_CHECK), .fgroup = 7, .fowner = 1 },
	  true },
	{ "measure fgroup<8 fowner=1",
	  { EVENT(FILE_CHECK), .fgroup = 8, .fowner = 1 },
	  false },

	/* the subject: uid= is the real one, whatever the others are */
	{ "measure uid=5", { EVENT(FILE_CHECK), SUBJECT(5) }, true },
	{ "measure uid=5", { EVENT(FILE_CHECK), .euid = 5, .suid = 5 }, false },
	{ "measure uid=5",
	  { EVENT(FILE_CHECK), .euid = 5, .suid = 5, .cap_setuid = true },
	  false },
	{ "measure uid>5", { EVENT(FILE_CHECK), .uid = 6 }, true },
	{ "measure uid<5", { EVENT(FILE_CHECK), .uid = 6 }, false },
	{ "measure gid=5", { EVENT(FILE_CHECK), .gid = 5 }, true },
	{ "measure gid=5", { EVENT(FILE_CHECK), .egid = 5 }, false },

	/* euid=: the effective one; with CAP_SETUID any of the three */
	{ "measure euid=5", { EVENT(FILE_CHECK), .euid = 5 }, true },
	{ "measure euid=5", { EVENT(FILE_CHECK), .uid = 5 }, false },
	{ "measure euid=5", { EVENT(FILE_CHECK), .suid = 5 }, false },
	{ "measure euid=5",
	  { EVENT(FILE_CHECK), .uid = 5, .cap_setuid = true },
	  true },
	{ "measure euid=5",
	  { EVENT(FILE_CHECK), .suid = 5, .cap_setuid = true },
	  true },
	{ "measure euid=5",
	  { EVENT(FILE_CHECK), .suid = 5, .cap_setgid = true },
	  false },
	{ "measure euid=5",
	  { EVENT(FILE_CHECK), SUBJECT(6), .cap_setuid = true },
	  false },
	{ "measure euid>5",
	  { EVENT(FILE_CHECK), .uid = 6, .cap_setuid = true },
	  true },
	{ "measure euid<5",
	  { EVENT(FILE_CHECK), .uid = 9, .euid = 9, .cap_setuid = true },
	  true },
	{ "measure egid=5", { EVENT(FILE_CHECK), .egid = 5 }, true },
	{ "measure egid=5", { EVENT(FILE_CHECK), .gid = 5 }, false },
	{ "measure egid=5",
	  { EVENT(FILE_CHECK), .sgid = 5, .cap_setgid = true },
	  true },
	{ "measure egid=5",
	  { EVENT(FILE_CHECK), .gid = 5, .cap_setuid = true },
	  false },
	{ "measure egid=5",
	  { EVENT(FILE_CHECK), GROUPS(4), .cap_setgid = true },
	  false },

	/* several: all must hold */
	{ "measure uid=5 gid=6 fowner=7 fgroup=8 mask=MAY_READ fsname=x",
	  { EVENT(FILE_CHECK), .uid = 5, .gid = 6, .fowner = 7, .fgroup = 8,
	    .fsname = "x" },
	  true },
	{ "measure uid=5 gid=6 fowner=7 fgroup=8 mask=MAY_READ fsname=x",
	  { EVENT(FILE_CHECK), .uid = 5, .gid = 6, .fowner = 7, .fgroup = 8,
	    .fsname = "y" },
	  false },

	/* a label nobody sees never matches */
	{ "measure obj_type=x", { EVENT(FILE_CHECK) }, false },
	{ "measure subj_user=x", { EVENT(FILE_CHECK) }, false },

	/* buffers: uid and the list, nothing else */
	{ "measure func=KEY_CHECK", { HOOK(KEY_CHECK) }, true },
	{ "measure func=KEY_CHECK", { HOOK(CRITICAL_DATA) }, false },
	{ "measure func=KEY_CHECK keyrings=.ima|.evm",
	  { HOOK(KEY_CHECK), .func_data = ".evm" },
	  true },
	{ "measure func=KEY_CHECK keyrings=.ima|.evm",
	  { HOOK(KEY_CHECK), .func_data = ".ev" },
	  false },
	{ "measure func=KEY_CHECK keyrings=.ima|.evm",
	  { HOOK(KEY_CHECK), .func_data = ".ima|.evm" },
	  false },
	{ "measure func=KEY_CHECK keyrings=.ima|.evm",
	  { HOOK(KEY_CHECK), .func_data = "" },
	  false },
	{ "measure func=KEY_CHECK keyrings=.ima", { HOOK(KEY_CHECK) }, false },
	{ "measure func=KEY_CHECK uid=5",
	  { HOOK(KEY_CHECK), .uid = 5, .func_data = ".x" },
	  true },
	{ "measure func=KEY_CHECK uid=5",
	  { HOOK(KEY_CHECK), .uid = 6 },
	  false },
	{ "measure func=KEY_CHECK gid=5", { HOOK(KEY_CHECK), .gid = 6 }, true },
	{ "measure func=KEY_CHECK gid<0", { HOOK(KEY_CHECK) }, true },
	{ "measure func=CRITICAL_DATA label=selinux",
	  { HOOK(CRITICAL_DATA), .func_data = "selinux" },
	  true },
	{ "measure func=CRITICAL_DATA label=selinux",
	  { HOOK(CRITICAL_DATA), .func_data = "selinu" },
	  false },
};

static void each_condition_is_what_the_kernel_tests(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]);
	     i++) {
		struct required req =
			matched(conditions[i].rule, conditions[i].a);
		bool match = req.actions == ACTION_MEASURE;

		if (match != conditions[i].match)
			fail_msg("%zu: '%s' %s", i, conditions[i].rule,
				 match ? "matches" : "does not match");
		assert_int_equal(req.rule_measure, match);
		assert_int_equal(req.hook, conditions[i].a.hook);
	}
}

/* A policy and all of what comes out. */
static const struct {
	const char *why;
	const char *policy;
	struct access a;
	struct required want; /* .hook and .pcr 0: the event's, -1 */
} decisions[] = {
	{ .why = "no rule",
	  .policy = "",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = 0 } },
	{ .why = "the classes are independent",
	  .policy = "measure\nappraise\naudit\nmemlock\n",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEASURE | ACTION_APPRAISE | ACTION_AUDIT |
			       ACTION_MEMLOCK,
		    .rule_measure = 1,
		    .rule_appraise = 2,
		    .rule_audit = 3,
		    .rule_memlock = 4 } },
	{ .why = "the first match of a class wins",
	  .policy = "measure uid=9\nmeasure pcr=11\nmeasure pcr=12",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEASURE, .pcr = 11, .rule_measure = 2 } },
	{ .why = "an exception in front wins",
	  .policy = "dont_measure fowner=0\nmeasure\naudit",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_AUDIT,
		    .rule_measure = 1,
		    .rule_audit = 3 } },
	{ .why = "an exception behind comes too late",
	  .policy = "measure\ndont_measure",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEASURE, .rule_measure = 1 } },
	{ .why = "an exception of one class is none of another",
	  .policy = "dont_appraise\nmeasure\nappraise",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEASURE,
		    .rule_measure = 2,
		    .rule_appraise = 1 } },
	{ .why = "dont_audit, dont_hash and dont_memlock except",
	  .policy = "dont_audit\ndont_hash\ndont_memlock\naudit\nhash\n"
		    "memlock",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = 0,
		    .rule_audit = 1,
		    .rule_hash = 2,
		    .rule_memlock = 3 } },
	{ .why = "options of an exception count",
	  .policy = "dont_measure permit_directio\nmeasure\nappraise",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE,
		    .options = OPT_PERMIT_DIRECTIO,
		    .hook = HOOK_FILE_CHECK,
		    .rule_measure = 1,
		    .rule_appraise = 3 } },
	{ .why = "a class without a positive rule is not looked at",
	  .policy = "dont_measure permit_directio\nappraise",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE, .rule_appraise = 2 } },
	{ .why = "it is, if the positive rule is for another hook",
	  .policy = "dont_measure permit_directio\nmeasure func=BPRM_CHECK\n"
		    "appraise",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE,
		    .options = OPT_PERMIT_DIRECTIO,
		    .rule_measure = 1,
		    .rule_appraise = 3 } },
	{ .why = "options of a rule that comes too late do not count",
	  .policy = "measure\nmeasure permit_directio\naudit",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEASURE | ACTION_AUDIT,
		    .rule_measure = 1,
		    .rule_audit = 3 } },
	{ .why = "options of different classes add up",
	  .policy = "measure digest_type=verity\n"
		    "appraise func=FILE_CHECK appraise_type=imasig",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEASURE | ACTION_APPRAISE,
		    .options = OPT_VERITY_REQUIRED | SIG_OPTIONS,
		    .rule_measure = 1,
		    .rule_appraise = 2 } },
	{ .why = "appraise takes a hash away",
	  .policy = "hash\nappraise",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE,
		    .rule_hash = 1,
		    .rule_appraise = 2 } },
	{ .why = "but not one that comes later",
	  .policy = "appraise\nhash",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE | ACTION_HASH,
		    .rule_hash = 2,
		    .rule_appraise = 1 } },
	{ .why = "dont_appraise leaves a hash alone",
	  .policy = "hash\ndont_appraise\nappraise",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_HASH,
		    .rule_hash = 1,
		    .rule_appraise = 2 } },
	{ .why = "an appraise rule without func makes it FILE_CHECK",
	  .policy = "appraise",
	  .a = { HOOK(BPRM_CHECK), .mask = MASK_EXEC },
	  .want = { .actions = ACTION_APPRAISE,
		    .hook = HOOK_FILE_CHECK,
		    .sub = SUB_FILE,
		    .rule_appraise = 1 } },
	{ .why = "a measure rule without func does not",
	  .policy = "measure\nappraise func=BPRM_CHECK",
	  .a = { HOOK(BPRM_CHECK), .mask = MASK_EXEC },
	  .want = { .actions = ACTION_MEASURE | ACTION_APPRAISE,
		    .sub = SUB_BPRM,
		    .rule_measure = 1,
		    .rule_appraise = 2 } },
	{ .why = "nor does dont_appraise",
	  .policy = "dont_appraise\nappraise func=BPRM_CHECK",
	  .a = { HOOK(BPRM_CHECK), .mask = MASK_EXEC },
	  .want = { .rule_appraise = 1 } },
	{ .why = "pcr and template come from the measure rule",
	  .policy = "appraise func=FILE_CHECK\n"
		    "measure pcr=11 template=d-ng|n-ng|sig",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEASURE | ACTION_APPRAISE,
		    .pcr = 11,
		    .template = "ima-sig",
		    .rule_measure = 2,
		    .rule_appraise = 1 } },
	{ .why = "algorithms come from the appraise rule that matched",
	  .policy = "appraise appraise_algos=sha512 uid=9\n"
		    "appraise appraise_algos=sha256,sha384\n"
		    "appraise appraise_algos=sha1",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE,
		    .algos = 1u << HASH_ALG_SHA256 | 1u << HASH_ALG_SHA384,
		    .rule_appraise = 2 } },
	{ .why = "imasig",
	  .policy = "appraise appraise_type=imasig",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE,
		    .options = SIG_OPTIONS,
		    .rule_appraise = 1 } },
	{ .why = "imasig|modsig",
	  .policy = "appraise func=MODULE_CHECK appraise_type=imasig|modsig",
	  .a = { EVENT(MODULE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE,
		    .options = MODSIG_OPTIONS,
		    .sub = SUB_READ,
		    .rule_appraise = 1 } },
	{ .why = "sigv3",
	  .policy = "appraise digest_type=verity appraise_type=sigv3",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE,
		    .options = SIG_OPTIONS | OPT_SIGV3_REQUIRED |
			       OPT_VERITY_REQUIRED,
		    .rule_appraise = 1 } },
	{ .why = "imasig_optional asks for no signature",
	  .policy = "appraise appraise_type=imasig_optional",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_APPRAISE,
		    .options = OPT_SIG_OPTIONAL | OPT_CHECK_BLACKLIST,
		    .rule_appraise = 1 } },
	{ .why = "POST_SETATTR looks at neither func nor mask",
	  .policy = "appraise func=BPRM_CHECK mask=MAY_EXEC fowner=7",
	  .a = { HOOK(POST_SETATTR), .mask = MASK_ACCESS, .fowner = 7 },
	  .want = { .actions = ACTION_APPRAISE,
		    .sub = SUB_FILE,
		    .rule_appraise = 1 } },
	{ .why = "but at all else",
	  .policy = "appraise func=BPRM_CHECK mask=^MAY_EXEC fowner=7",
	  .a = { HOOK(POST_SETATTR), .mask = MASK_ACCESS, .fowner = 8 },
	  .want = { .actions = 0 } },
	{ .why = "POST_SETATTR asks for appraise and hash only",
	  .policy = "measure\naudit\nmemlock\nhash func=MMAP_CHECK",
	  .a = { HOOK(POST_SETATTR), .mask = MASK_ACCESS },
	  .want = { .actions = ACTION_HASH, .rule_hash = 4 } },
	{ .why = "a create query has a mask that no rule names",
	  .policy = "appraise mask=^MAY_READ\nappraise mask=MAY_WRITE\nhash",
	  .a = { HOOK(FILE_CHECK), .mask = MASK_ACCESS },
	  .want = { .actions = ACTION_HASH, .rule_hash = 3 } },
	{ .why = "memlock goes with nothing else",
	  .policy = "appraise uid=9\nmemlock func=FILE_CHECK fowner=0",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEMLOCK, .rule_memlock = 2 } },
	{ .why = "a SETXATTR_CHECK rule is for no open",
	  .policy = "appraise func=SETXATTR_CHECK appraise_algos=sha256\n"
		    "measure",
	  .a = { EVENT(FILE_CHECK) },
	  .want = { .actions = ACTION_MEASURE, .rule_measure = 2 } },
};

static void each_decision_is_the_kernels(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decisions) / sizeof(decisions[0]); i++) {
		struct required want = decisions[i].want;
		struct required is =
			matched(decisions[i].policy, decisions[i].a);

		/* a default that is in the way of a terse table */
		if (!want.hook)
			want.hook = decisions[i].a.hook;
		if (!want.pcr)
			want.pcr = -1;
		print_message("# %s\n", decisions[i].why);
		assert_int_equal(is.actions, want.actions);
		assert_int_equal(is.options, want.options);
		assert_int_equal(is.hook, want.hook);
		assert_int_equal(is.sub, want.sub);
		assert_int_equal(is.pcr, want.pcr);
		assert_string_equal(is.template ? is.template : "",
				    want.template ? want.template : "");
		assert_int_equal(is.algos, want.algos);
		assert_int_equal(is.rule_measure, want.rule_measure);
		assert_int_equal(is.rule_appraise, want.rule_appraise);
		assert_int_equal(is.rule_audit, want.rule_audit);
		assert_int_equal(is.rule_hash, want.rule_hash);
		assert_int_equal(is.rule_memlock, want.rule_memlock);
	}
}

static void the_subaction_is_that_of_the_hook(void **state)
{
	static const struct {
		const char *func;
		struct access a;
		enum subaction sub;
	} cases[] = {
		{ "appraise func=FILE_CHECK", { HOOK(FILE_CHECK) }, SUB_FILE },
		{ "appraise func=MMAP_CHECK", { HOOK(MMAP_CHECK) }, SUB_MMAP },
		{ "appraise func=MMAP_CHECK_REQPROT",
		  { HOOK(MMAP_CHECK_REQPROT) },
		  SUB_MMAP },
		{ "appraise func=BPRM_CHECK", { HOOK(BPRM_CHECK) }, SUB_BPRM },
		{ "appraise func=CREDS_CHECK",
		  { HOOK(CREDS_CHECK) },
		  SUB_CREDS },
		{ "appraise func=MODULE_CHECK",
		  { HOOK(MODULE_CHECK) },
		  SUB_READ },
		{ "appraise func=FIRMWARE_CHECK",
		  { HOOK(FIRMWARE_CHECK) },
		  SUB_READ },
		{ "appraise func=KEXEC_KERNEL_CHECK",
		  { HOOK(KEXEC_KERNEL_CHECK) },
		  SUB_READ },
		{ "appraise func=KEXEC_INITRAMFS_CHECK",
		  { HOOK(KEXEC_INITRAMFS_CHECK) },
		  SUB_READ },
		{ "appraise func=POLICY_CHECK",
		  { HOOK(POLICY_CHECK) },
		  SUB_READ },
		{ "appraise", { HOOK(MODULE_CHECK) }, SUB_FILE },
		{ "appraise", { HOOK(MMAP_CHECK) }, SUB_FILE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct required req = matched(cases[i].func, cases[i].a);

		assert_int_equal(req.actions, ACTION_APPRAISE);
		assert_int_equal(req.sub, cases[i].sub);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_condition_is_what_the_kernel_tests),
		cmocka_unit_test(each_decision_is_the_kernels),
		cmocka_unit_test(the_subaction_is_that_of_the_hook),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
