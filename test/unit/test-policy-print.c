// SPDX-License-Identifier: Apache-2.0
/* policy/print.c: the canonical text, and that it means the same rule. */
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

static struct policy *parsed(const char *text)
{
	struct diag err = { 0 };
	struct policy *p = NULL;

	if (policy_parse(text, strlen(text), &fake_env, &p, &err) != 0)
		fail_msg("'%s': %s", text, err.msg);
	return p;
}

static char *printed(const struct policy *p)
{
	struct buf b = BUF_INIT;
	char *s;

	assert_int_equal(policy_print(p, &b), 0);
	s = buf_steal_str(&b);
	assert_non_null(s);
	return s;
}

static void each_rule_prints_in_canonical_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_RULE_CASES; i++) {
		const struct rule_case *c = &rule_cases[i];
		char text[1024], want[1024 + 4] = "";
		const char *form;
		struct policy *p;
		char *is;

		if (rule_case_text(c, text, sizeof(text)))
			continue;
		form = c->expect ? c->expect : text;
		if (*form)
			(void)snprintf(want, sizeof(want), "%s \n", form);
		p = parsed(text);
		is = printed(p);
		assert_string_equal(is, want);
		free(is);
		policy_unref(p);
	}
}

static void what_is_printed_parses_to_what_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_RULE_CASES; i++) {
		struct policy *p, *again;
		char text[1024];
		char *once, *twice;

		if (rule_case_text(&rule_cases[i], text, sizeof(text)))
			continue;
		p = parsed(text);
		once = printed(p);
		again = parsed(once);
		twice = printed(again);
		assert_string_equal(once, twice);
		assert_int_equal(policy_count(p), policy_count(again));
		assert_int_equal(policy_actions(p), policy_actions(again));
		free(once);
		free(twice);
		policy_unref(p);
		policy_unref(again);
	}
}

static void one_rule_is_printed_for_a_message(void **state)
{
	struct policy *p = parsed("audit\nfowner=0 func=PATH_CHECK appraise");
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(policy_print_rule(p, 2, &b), 0);
	assert_int_equal(b.len, strlen("appraise func=FILE_CHECK fowner=0"));
	assert_memory_equal(b.data, "appraise func=FILE_CHECK fowner=0", b.len);
	assert_int_equal(policy_print_rule(p, 0, &b), -ERANGE);
	assert_int_equal(policy_print_rule(p, 3, &b), -ERANGE);
	buf_release(&b);
	policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_prints_in_canonical_form),
		cmocka_unit_test(what_is_printed_parses_to_what_it_was),
		cmocka_unit_test(one_rule_is_printed_for_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
