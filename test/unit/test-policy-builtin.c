// SPDX-License-Identifier: Apache-2.0
/* policy/builtin.c: the built-in policies are the kernel's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "policy-rules.h"

/* Written down from the kernel's ima_policy.c and magic.h, Linux 6.12. */

#define TCB_EXEMPT                           \
	"dont_measure fsmagic=0x9fa0 \n"     \
	"dont_measure fsmagic=0x62656572 \n" \
	"dont_measure fsmagic=0x64626720 \n" \
	"dont_measure fsmagic=0x1021994 \n"  \
	"dont_measure fsmagic=0x1cd1 \n"     \
	"dont_measure fsmagic=0x42494e4d \n" \
	"dont_measure fsmagic=0x73636673 \n" \
	"dont_measure fsmagic=0xf97cff8c \n" \
	"dont_measure fsmagic=0x43415d53 \n" \
	"dont_measure fsmagic=0x27e0eb \n"   \
	"dont_measure fsmagic=0x63677270 \n" \
	"dont_measure fsmagic=0x6e736673 \n" \
	"dont_measure fsmagic=0xde5e81e4 \n"

#define TCB                                                \
	TCB_EXEMPT                                         \
	"measure func=MMAP_CHECK mask=MAY_EXEC \n"         \
	"measure func=BPRM_CHECK mask=MAY_EXEC \n"         \
	"measure func=FILE_CHECK mask=^MAY_READ euid=0 \n" \
	"measure func=FILE_CHECK mask=^MAY_READ uid=0 \n"  \
	"measure func=MODULE_CHECK \n"                     \
	"measure func=FIRMWARE_CHECK \n"                   \
	"measure func=POLICY_CHECK \n"

#define IMA_TCB                                          \
	TCB_EXEMPT                                       \
	"measure func=MMAP_CHECK mask=MAY_EXEC \n"       \
	"measure func=BPRM_CHECK mask=MAY_EXEC \n"       \
	"measure func=FILE_CHECK mask=MAY_READ uid=0 \n" \
	"measure func=MODULE_CHECK \n"                   \
	"measure func=FIRMWARE_CHECK \n"

#define SECURE_BOOT                                                \
	"appraise func=MODULE_CHECK appraise_type=imasig \n"       \
	"appraise func=FIRMWARE_CHECK appraise_type=imasig \n"     \
	"appraise func=KEXEC_KERNEL_CHECK appraise_type=imasig \n" \
	"appraise func=POLICY_CHECK appraise_type=imasig \n"

#define APPRAISE_TCB                                         \
	"dont_appraise fsmagic=0x9fa0 \n"                    \
	"dont_appraise fsmagic=0x62656572 \n"                \
	"dont_appraise fsmagic=0x64626720 \n"                \
	"dont_appraise fsmagic=0x1021994 \n"                 \
	"dont_appraise fsmagic=0x858458f6 \n"                \
	"dont_appraise fsmagic=0x1cd1 \n"                    \
	"dont_appraise fsmagic=0x42494e4d \n"                \
	"dont_appraise fsmagic=0x73636673 \n"                \
	"dont_appraise fsmagic=0xf97cff8c \n"                \
	"dont_appraise fsmagic=0x43415d53 \n"                \
	"dont_appraise fsmagic=0x6e736673 \n"                \
	"dont_appraise fsmagic=0xde5e81e4 \n"                \
	"dont_appraise fsmagic=0x27e0eb \n"                  \
	"dont_appraise fsmagic=0x63677270 \n"                \
	"appraise func=POLICY_CHECK appraise_type=imasig \n" \
	"appraise fowner=0 \n"

#define SIGNED_INIT                                          \
	"appraise func=POLICY_CHECK appraise_type=imasig \n" \
	"appraise appraise_type=imasig \n"

#define CRITICAL_DATA "measure func=CRITICAL_DATA \n"

static const struct {
	const char *names;
	const char *text;
} cases[] = {
	{ "tcb", TCB },
	{ "ima_tcb", IMA_TCB },
	{ "secure_boot", SECURE_BOOT },
	{ "appraise_tcb", APPRAISE_TCB },
	{ "ima_appraise_tcb", APPRAISE_TCB },
	{ "critical_data", CRITICAL_DATA },
	{ "signed_init", SIGNED_INIT },
	{ "fail_securely", "" },
	/* the kernel's order, however they are named */
	{ "critical_data|appraise_tcb|secure_boot|tcb",
	  TCB SECURE_BOOT APPRAISE_TCB CRITICAL_DATA },
	{ "appraise_tcb,signed_init", SIGNED_INIT APPRAISE_TCB },
	{ " tcb  fail_securely ", TCB },
	/* the first of the two counts */
	{ "tcb ima_tcb", TCB },
	{ "ima_tcb|tcb", IMA_TCB },
	{ "tcb|tcb", TCB },
};

static void the_text_is_the_known_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag err = { 0 };
		struct buf b = BUF_INIT;
		struct policy *p;
		char *text;

		if (policy_builtin(cases[i].names, &fake_env, &p, &err) != 0)
			fail_msg("%s: %s", cases[i].names, err.msg);
		assert_int_equal(policy_print(p, &b), 0);
		text = buf_steal_str(&b);
		assert_string_equal(text, cases[i].text);
		free(text);
		policy_unref(p);
	}
}

static void every_one_loads_here_and_in_the_kernel(void **state)
{
	struct policy_env env = fake_env;

	(void)state;
	env.enforcing = env.kernel_only = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy *p;

		assert_int_equal(policy_builtin(cases[i].names, &env, &p, NULL),
				 0);
		policy_unref(p);
	}
}

static void unknown_names_are_refused(void **state)
{
	static const struct {
		const char *names;
		const char *part;
	} bad[] = {
		{ "tcp", "'tcp'" },
		{ "tcb|nothing", "'nothing'" },
		{ "tcb;appraise", ";" },
		{ "TCB", "'TCB'" },
		{ "", "''" },
		{ " | ", "''" },
		{ "tc", "'tc'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct diag err = { 0 };
		struct policy *p = NULL;

		assert_int_equal(
			policy_builtin(bad[i].names, &fake_env, &p, &err),
			-ENOENT);
		assert_null(p);
		assert_non_null(strstr(err.msg, bad[i].part));
		assert_non_null(strstr(err.msg, "appraise_tcb"));
		assert_int_equal(
			policy_builtin(bad[i].names, &fake_env, &p, NULL),
			-ENOENT);
	}
}

static void fail_securely_marks_every_appraisal(void **state)
{
	static const char own[] = "appraise func=BPRM_CHECK\ndont_appraise "
				  "fowner=9\nmeasure";
	struct access a = { .hook = HOOK_BPRM_CHECK,
			    .mask = MASK_EXEC,
			    .have = FACT_IDS | FACT_CAPS };
	struct policy *fs, *rules, *both;
	struct required req;

	(void)state;
	assert_int_equal(policy_builtin("fail_securely", &fake_env, &fs, NULL),
			 0);
	assert_int_equal(
		policy_parse(own, strlen(own), &fake_env, &rules, NULL), 0);
	policy_match(rules, &a, &req);
	assert_int_equal(req.options, 0);
	assert_int_equal(policy_concat(fs, rules, &both), 0);
	policy_match(both, &a, &req);
	assert_int_equal(req.actions, ACTION_APPRAISE | ACTION_MEASURE);
	assert_int_equal(req.options, OPT_FAIL_SECURELY);
	/* not appraised: nothing to fail */
	a.hook = HOOK_FILE_CHECK;
	a.fowner = 9;
	policy_match(both, &a, &req);
	assert_int_equal(req.actions, ACTION_MEASURE);
	assert_int_equal(req.options, 0);
	policy_unref(fs);
	policy_unref(rules);
	policy_unref(both);
}

static void signed_init_leaves_nothing_out(void **state)
{
	static const enum hook hooks[] = {
		HOOK_FILE_CHECK,	 HOOK_MMAP_CHECK,
		HOOK_MMAP_CHECK_REQPROT, HOOK_BPRM_CHECK,
		HOOK_CREDS_CHECK,	 HOOK_MODULE_CHECK,
		HOOK_FIRMWARE_CHECK,	 HOOK_KEXEC_KERNEL_CHECK,
		HOOK_POLICY_CHECK,
	};
	static const uint64_t magics[] = { 0x9fa0, 0x1021994, 0x858458f6,
					   0xef53, 0 };
	static const unsigned masks[] = { MASK_READ, MASK_EXEC, MASK_WRITE,
					  MASK_READ | MASK_APPEND };
	struct policy *p;

	(void)state;
	assert_int_equal(
		policy_builtin("appraise_tcb signed_init", &fake_env, &p, NULL),
		0);
	assert_true(policy_appraises(p, HOOK_POLICY_CHECK));
	for (unsigned i = 0; i < 9 * 5 * 4; i++) {
		struct access a = { .hook = hooks[i % 9],
				    .mask = masks[i / 45],
				    .have = FACT_IDS | FACT_CAPS,
				    .fsmagic = magics[i / 9 % 5],
				    .fowner = i };
		struct required req;

		policy_match(p, &a, &req);
		assert_int_equal(req.actions, ACTION_APPRAISE);
		assert_int_equal(req.options,
				 OPT_DIGSIG_REQUIRED | OPT_CHECK_BLACKLIST);
	}
	policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_the_known_one),
		cmocka_unit_test(every_one_loads_here_and_in_the_kernel),
		cmocka_unit_test(unknown_names_are_refused),
		cmocka_unit_test(fail_securely_marks_every_appraisal),
		cmocka_unit_test(signed_init_leaves_nothing_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
