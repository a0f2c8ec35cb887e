// SPDX-License-Identifier: Apache-2.0
/* policy/ruleset.c: what a policy says of itself; joining and sharing. */
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

#define FILE_READ .hook = HOOK_FILE_CHECK, .mask = MASK_READ

static void only_facts_that_a_hooks_rules_need_are_asked_for(void **state)
{
	struct policy *p = parsed("measure func=BPRM_CHECK uid=0\n"
				  "measure func=FILE_CHECK euid=0\n"
				  "appraise func=MMAP_CHECK fowner=0\n"
				  "measure func=CREDS_CHECK gid<5\n"
				  "measure func=MODULE_CHECK egid>5\n"
				  "dont_audit func=POLICY_CHECK uid=0\n"
				  "measure func=KEY_CHECK gid=0\n"
				  "measure func=CRITICAL_DATA uid=0\n");
	const unsigned both = FACT_IDS | FACT_CAPS;

	(void)state;
	assert_int_equal(policy_facts(p, HOOK_BPRM_CHECK), FACT_IDS);
	assert_int_equal(policy_facts(p, HOOK_FILE_CHECK), both);
	assert_int_equal(policy_facts(p, HOOK_MMAP_CHECK), 0);
	assert_int_equal(policy_facts(p, HOOK_CREDS_CHECK), FACT_IDS);
	assert_int_equal(policy_facts(p, HOOK_MODULE_CHECK), both);
	/* no audit rule, so nothing to except from */
	assert_int_equal(policy_facts(p, HOOK_POLICY_CHECK), 0);
	assert_int_equal(policy_facts(p, HOOK_CRITICAL_DATA), FACT_IDS);
	assert_int_equal(policy_facts(p, HOOK_FIRMWARE_CHECK), 0);
	assert_int_equal(policy_facts(p, HOOK_COUNT), 0);
	policy_unref(p);

	p = parsed("measure uid=0");
	assert_int_equal(policy_facts(p, HOOK_FIRMWARE_CHECK), FACT_IDS);
	assert_int_equal(policy_facts(p, HOOK_KEY_CHECK), 0);
	policy_unref(p);
}

static void a_policy_tells_what_it_contains(void **state)
{
	struct policy *p = parsed("dont_audit\nmeasure\n"
				  "appraise func=SETXATTR_CHECK "
				  "appraise_algos=sha256\n"
				  "appraise func=SETXATTR_CHECK "
				  "appraise_algos=sha512\n"
				  "dont_appraise func=BPRM_CHECK\n");

	(void)state;
	/* SETXATTR_CHECK does not make it an appraising policy */
	assert_int_equal(policy_actions(p), ACTION_MEASURE);
	/* the first such rule decides */
	assert_int_equal(policy_setxattr_algos(p), 1u << HASH_ALG_SHA256);
	assert_true(policy_appraises(p, HOOK_SETXATTR_CHECK));
	assert_false(policy_appraises(p, HOOK_BPRM_CHECK));
	policy_unref(p);

	p = parsed("appraise\nappraise func=POLICY_CHECK\nmemlock\nhash");
	assert_int_equal(policy_actions(p),
			 ACTION_APPRAISE | ACTION_MEMLOCK | ACTION_HASH);
	assert_int_equal(policy_setxattr_algos(p), 0);
	assert_true(policy_appraises(p, HOOK_POLICY_CHECK));
	assert_false(policy_appraises(p, HOOK_FILE_CHECK));
	assert_false(policy_appraises(p, HOOK_NONE));
	assert_false(policy_appraises(p, HOOK_COUNT));
	policy_unref(p);
}

static void joined_policies_keep_their_order(void **state)
{
	struct policy *a = parsed("dont_measure uid=0 fsname=ext4\n"
				  "appraise func=SETXATTR_CHECK "
				  "appraise_algos=sha1");
	struct policy *b = parsed("measure template=ima-sig\n"
				  "appraise func=SETXATTR_CHECK "
				  "appraise_algos=sha256");
	struct access root = { FILE_READ, .have = FACT_IDS, .fsname = "ext4" };
	struct policy *ab, *alone;
	struct required req;

	(void)state;
	assert_int_equal(policy_concat(a, b, &ab), 0);
	assert_int_equal(policy_concat(NULL, b, &alone), 0);
	/* nothing of the parts is left */
	policy_unref(a);
	policy_unref(b);

	assert_int_equal(policy_count(ab), 4);
	assert_int_equal(policy_setxattr_algos(ab), 1u << HASH_ALG_SHA1);
	policy_match(ab, &root, &req);
	assert_int_equal(req.actions, 0);
	assert_int_equal(req.rule_measure, 1);
	root.fsname = "xfs";
	policy_match(ab, &root, &req);
	assert_int_equal(req.actions, ACTION_MEASURE);
	assert_int_equal(req.rule_measure, 3);
	assert_string_equal(req.template, "ima-sig");
	policy_unref(ab);

	assert_int_equal(policy_count(alone), 2);
	policy_match(alone, &root, &req);
	assert_int_equal(req.rule_measure, 1);
	policy_unref(alone);
}

static void the_last_reference_frees(void **state)
{
	struct policy *p = parsed("measure fsname=x");
	struct access a = { FILE_READ, .fsname = "x" };
	struct required req;

	(void)state;
	assert_ptr_equal(policy_ref(p), p);
	policy_unref(p);
	policy_match(p, &a, &req);
	assert_int_equal(req.actions, ACTION_MEASURE);
	policy_unref(p);
	policy_unref(NULL);
}

static void hooks_have_the_names_that_rules_use(void **state)
{
	(void)state;
	assert_string_equal(hook_name(HOOK_FILE_CHECK), "FILE_CHECK");
	assert_string_equal(hook_name(HOOK_MMAP_CHECK), "MMAP_CHECK");
	assert_string_equal(hook_name(HOOK_POST_SETATTR), "POST_SETATTR");
	assert_string_equal(hook_name(HOOK_SETXATTR_CHECK), "SETXATTR_CHECK");
	assert_null(hook_name(HOOK_NONE));
	assert_null(hook_name(HOOK_COUNT));
	for (enum hook h = HOOK_FILE_CHECK; h < HOOK_COUNT; h++)
		assert_non_null(hook_name(h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			only_facts_that_a_hooks_rules_need_are_asked_for),
		cmocka_unit_test(a_policy_tells_what_it_contains),
		cmocka_unit_test(joined_policies_keep_their_order),
		cmocka_unit_test(the_last_reference_frees),
		cmocka_unit_test(hooks_have_the_names_that_rules_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
