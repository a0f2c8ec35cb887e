// SPDX-License-Identifier: Apache-2.0
/* policy/lint.c: warnings that are certain, and no others. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy-rules.h"

struct heard {
	unsigned count, line, column;
	char msg[512];
};

static void hear(void *arg, unsigned line, unsigned column, const char *msg)
{
	struct heard *h = arg;

	h->count++;
	h->line = line;
	h->column = column;
	(void)strncpy(h->msg, msg, sizeof(h->msg) - 1);
}

static const struct {
	const char *policy;
	unsigned line; /* of the only warning; 0: none */
	const char *part;
} cases[] = {
	/* shadowed */
	{ "measure\nmeasure uid=0", 2, "rule 1 (line 1, 'measure')" },
	{ "# c\n\nmeasure\n\nmeasure uid=0", 5, "rule 1 (line 3," },
	{ "dont_measure fowner=0\nmeasure fowner=0 uid=5", 2,
	  "'dont_measure')" },
	{ "measure uid=0\nmeasure", 0, "" },
	{ "measure\nappraise\naudit\nhash\nmemlock", 0, "" },
	{ "measure func=FILE_CHECK\nmeasure func=BPRM_CHECK", 0, "" },
	{ "measure func=FILE_CHECK\nmeasure", 0, "" },
	{ "measure func=FILE_CHECK\nmeasure func=PATH_CHECK uid=0", 2,
	  "matches first" },
	{ "measure\nmeasure func=KEY_CHECK", 0, "" },
	{ "measure\nmeasure func=CRITICAL_DATA", 0, "" },
	{ "measure\nmeasure func=KEXEC_CMDLINE", 2, "matches first" },
	{ "appraise\nappraise func=SETXATTR_CHECK appraise_algos=sha256", 0,
	  "" },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha256\nappraise", 0,
	  "" },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha256\n"
	  "appraise func=SETXATTR_CHECK appraise_algos=sha512",
	  2, "matches first" },
	{ "measure mask=MAY_READ\nmeasure mask=^MAY_READ", 0, "" },
	{ "measure mask=^MAY_READ\nmeasure mask=MAY_READ", 2, "first" },
	{ "measure mask=MAY_READ\nmeasure mask=MAY_WRITE", 0, "" },
	{ "measure mask=^MAY_READ\nmeasure", 0, "" },
	{ "measure mask=MAY_EXEC\nmeasure func=BPRM_CHECK", 2, "first" },
	{ "measure mask=^MAY_READ\nmeasure func=MODULE_CHECK", 2, "first" },
	{ "measure mask=MAY_READ\nmeasure func=BPRM_CHECK", 0, "" },
	{ "measure fsmagic=1\nmeasure fsmagic=1 uid=0", 2, "first" },
	{ "measure fsmagic=1\nmeasure fsmagic=2", 0, "" },
	{ "measure fsmagic=0\nmeasure", 0, "" },
	{ "measure fsname=a\nmeasure fsname=b", 0, "" },
	{ "measure fsname=a\nmeasure fsname=a fowner=0", 2, "first" },
	{ "measure fsuuid=00000000-0000-0000-0000-000000000001\n"
	  "measure fsuuid=00000000-0000-0000-0000-000000000002",
	  0, "" },
	{ "measure fsuuid=00000000-0000-0000-0000-000000000001\n"
	  "measure fsuuid=00000000-0000-0000-0000-000000000001 gid=0",
	  2, "first" },
	{ "measure uid<10\nmeasure uid<5", 2, "first" },
	{ "measure uid<5\nmeasure uid<10", 0, "" },
	{ "measure uid<10\nmeasure uid=9", 2, "first" },
	{ "measure uid<10\nmeasure uid=10", 0, "" },
	{ "measure uid>10\nmeasure uid=11", 2, "first" },
	{ "measure uid>10\nmeasure uid>9", 0, "" },
	{ "measure uid>9\nmeasure uid>10", 2, "first" },
	{ "measure uid>9\nmeasure uid<12", 0, "" },
	{ "measure euid=0\nmeasure uid=0", 0, "" },
	{ "measure uid=0\nmeasure euid=0", 0, "" },
	{ "measure euid<9\nmeasure euid=0", 2, "first" },
	{ "measure egid=0\nmeasure gid=0", 0, "" },
	{ "measure fowner=0\nmeasure uid=0", 0, "" },
	{ "measure fgroup>0\nmeasure fgroup=7", 2, "first" },
	{ "measure uid<0\nmeasure uid=0", 1, "never matches" },
	{ "measure func=KEY_CHECK keyrings=a|b\n"
	  "measure func=KEY_CHECK keyrings=b",
	  2, "first" },
	{ "measure func=KEY_CHECK keyrings=a|b\n"
	  "measure func=KEY_CHECK keyrings=b|c",
	  0, "" },
	{ "measure func=KEY_CHECK keyrings=a\nmeasure func=KEY_CHECK", 0, "" },
	{ "measure pcr=11\nmeasure template=ima-sig", 2, "first" },

	/* never */
	{ "measure uid<0", 1, "no id is below 0" },
	{ "measure\nappraise fgroup<0", 2, "no id is below 0" },
	{ "measure egid>4294967294", 1, "above 4294967294" },
	{ "measure func=BPRM_CHECK mask=MAY_READ", 1, "always MAY_EXEC" },
	{ "measure func=MMAP_CHECK mask=^MAY_WRITE", 1, "always MAY_EXEC" },
	{ "measure func=MODULE_CHECK mask=MAY_EXEC", 1, "always MAY_READ" },
	{ "measure func=FILE_CHECK mask=MAY_EXEC", 0, "" },

	/* nothing to except from */
	{ "dont_measure", 1, "no 'measure' rule" },
	{ "appraise\ndont_hash", 2, "no 'hash' rule" },
	{ "dont_appraise\nappraise func=SETXATTR_CHECK appraise_algos=sha256",
	  1, "no 'appraise' rule" },

	/* without effect */
	{ "appraise appraise_flag=check_blacklist", 1, "no effect" },
	{ "measure func=KEY_CHECK gid=0", 1, "'gid='" },
	{ "measure func=FILE_CHECK gid=0", 0, "" },
	{ "measure pcr=24", 1, "PCRs 0 to 23" },
	{ "measure pcr=23", 0, "" },

	/* what a mount refuses */
	{ "measure obj_type=x", 1, "'obj_type=': imafs does not see" },
	{ "measure\nappraise subj_user=x", 2, "a mount refuses" },
	{ "measure digest_type=verity", 1, "'digest_type='" },
	{ "appraise digest_type=verity appraise_type=sigv3", 1, "sigv3" },
	{ "appraise func=MODULE_CHECK appraise_type=imasig|modsig", 1,
	  "modsig" },
	{ "appraise func=MODULE_CHECK appraise_type=imasig", 0, "" },
	{ "measure func=KEY_CHECK\nmeasure func=CRITICAL_DATA", 0, "" },
};

static void each_warning_is_certain(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct heard h = { 0 };
		struct policy *p;
		int n;

		assert_int_equal(policy_parse(cases[i].policy,
					      strlen(cases[i].policy),
					      &fake_env, &p, NULL),
				 0);
		n = policy_lint(p, hear, &h);
		assert_int_equal(n, h.count);
		if (h.count != (cases[i].line != 0) ||
		    h.line != cases[i].line || !strstr(h.msg, cases[i].part))
			fail_msg("'%s': %u warnings, line %u: %s",
				 cases[i].policy, h.count, h.line, h.msg);
		policy_unref(p);
	}
}

static void several_warnings_come_in_the_order_of_the_rules(void **state)
{
	static const char text[] =
		"measure\n \tmeasure uid=0 obj_type=x pcr=30";
	struct heard h = { 0 };
	struct policy *p;

	(void)state;
	assert_int_equal(policy_parse(text, strlen(text), &fake_env, &p, NULL),
			 0);
	assert_int_equal(policy_lint(p, hear, &h), 3);
	assert_int_equal(h.line, 2);
	assert_int_equal(h.column, 3);
	policy_unref(p);
}

static void the_built_in_policies_are_clean(void **state)
{
	static const char *const names[] = { "tcb",	      "ima_tcb",
					     "appraise_tcb",  "secure_boot",
					     "critical_data", "signed_init" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct heard h = { 0 };
		struct policy *p;

		assert_int_equal(policy_builtin(names[i], &fake_env, &p, NULL),
				 0);
		policy_lint(p, hear, &h);
		if (h.count)
			fail_msg("%s: %s", names[i], h.msg);
		policy_unref(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_warning_is_certain),
		cmocka_unit_test(
			several_warnings_come_in_the_order_of_the_rules),
		cmocka_unit_test(the_built_in_policies_are_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
