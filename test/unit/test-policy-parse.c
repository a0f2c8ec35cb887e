// SPDX-License-Identifier: Apache-2.0
/* policy/parse.c, value.c, check.c, lex.c: what is a rule and what is not. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "policy-rules.h"

static int parse(const char *text, size_t len, const struct policy_env *env,
		 struct diag *err)
{
	struct policy *p = NULL;
	int r = policy_parse(text, len, env, &p, err);

	if (r == 0)
		policy_unref(p);
	else
		assert_null(p);
	return r;
}

static void each_line_is_accepted_or_refused_at_its_column(void **state)
{
	unsigned accepted = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < N_RULE_CASES; i++) {
		const struct rule_case *c = &rule_cases[i];
		struct diag err = { 0 };
		char text[1024];
		unsigned column = rule_case_text(c, text, sizeof(text));
		int r = parse(text, strlen(text), &fake_env, &err);

		if (!column) {
			if (r != 0)
				fail_msg("'%s': %s", text, err.msg);
			accepted++;
			continue;
		}
		refused++;
		if (r != -EINVAL && r != -ERANGE)
			fail_msg("'%s' is accepted (%d)", text, r);
		if (err.line != 1 || err.column != column)
			fail_msg("'%s': at %u:%u, not %u", text, err.line,
				 err.column, column);
		if (!strstr(err.msg, c->expect))
			fail_msg("'%s': \"%s\" without \"%s\"", text, err.msg,
				 c->expect);
	}
	assert_true(accepted >= 100 && refused >= 150);
}

static void the_message_needs_no_reader(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_RULE_CASES; i++) {
		char text[1024];
		struct diag err = { 0 };

		(void)rule_case_text(&rule_cases[i], text, sizeof(text));

		assert_int_equal(parse(text, strlen(text), &fake_env, NULL),
				 parse(text, strlen(text), &fake_env, &err));
	}
}

/* kstrtoull(): such a number is no mistake in writing */
static void a_number_over_64_bits_is_out_of_range(void **state)
{
	static const struct {
		const char *rule;
		int r;
	} t[] = {
		{ "measure uid=18446744073709551616", -ERANGE },
		{ "measure fowner>18446744073709551616", -ERANGE },
		{ "measure fsmagic=0x10000000000000000", -ERANGE },
		{ "measure uid=18446744073709551615", -EINVAL },
		{ "measure uid=4294967295", -EINVAL },
		{ "measure uid=4294967294", 0 },
		{ "measure fsmagic=0xffffffffffffffff", 0 },
		{ "measure pcr=18446744073709551616", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct diag err = { 0 };
		int r = parse(t[i].rule, strlen(t[i].rule), &fake_env, &err);

		if (r != t[i].r)
			fail_msg("'%s': %d", t[i].rule, r);
		if (r < 0)
			assert_int_equal(err.column, 9);
	}
}

static void a_message_is_printable_and_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_RULE_CASES; i++) {
		struct diag err = { 0 };
		char text[1024];

		if (!rule_case_text(&rule_cases[i], text, sizeof(text)))
			continue;
		assert_true(parse(text, strlen(text), &fake_env, &err) < 0);
		assert_true(strlen(err.msg) > 10);
		assert_true(strlen(err.msg) < sizeof(err.msg) - 1);
		for (const char *s = err.msg; *s; s++)
			assert_true(*s >= 0x20 && *s < 0x7f);
	}
}

static void a_refusal_names_its_line(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: strlen() */
		unsigned line, column;
		const char *why;
	} cases[] = {
		{ "measure\nuid=0\n", 0, 2, 1, "the second line" },
		{ "\n\n# c\n  \nmeasure uid=x", 0, 5, 9, "blank lines count" },
		{ "measure\n\tmeasure\n measure pcr=99\n", 0, 3, 10,
		  "blanks are bytes" },
		{ "measure\r\nmeasure\r\n", 0, 1, 8, "CRLF" },
		{ "# CRLF in a comment is nobody's business\r\nmeasure\r\n", 0,
		  2, 8, "CRLF after a comment" },
		{ "measure\n\0measure\n", 17, 2, 1, "NUL" },
		{ "measure\n# comment \0 more\nmeasure", 32, 2, 11,
		  "NUL in a comment" },
		{ "measure uid\0=0", 14, 1, 12, "NUL in a word" },
		{ "measure\0", 8, 1, 8, "NUL at the end" },
		{ "\x7f"
		  "ELF\2\1\1",
		  7, 1, 1, "an ELF file" },
		{ "measure \\\nuid=0", 0, 1, 9, "no continuation lines" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag err = { 0 };
		size_t len =
			cases[i].len ? cases[i].len : strlen(cases[i].text);

		if (parse(cases[i].text, len, &fake_env, &err) != -EINVAL)
			fail_msg("%s: accepted", cases[i].why);
		if (err.line != cases[i].line || err.column != cases[i].column)
			fail_msg("%s: at %u:%u (%s)", cases[i].why, err.line,
				 err.column, err.msg);
	}
}

static void every_length_of_a_text_is_read_within_its_end(void **state)
{
	static const char text[] =
		"# a\nappraise func=FILE_CHECK mask=^MAY_READ fsmagic=0xef53 "
		"fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e uid>5 "
		"appraise_algos=sha256,sha512 appraise_type=imasig # end\n"
		"measure func=KEY_CHECK keyrings=a|b pcr=5 template=ima-ng\n";

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		/* its own block, so that a sanitizer sees one byte too many */
		char *copy = malloc(len + !len);
		int r;

		assert_non_null(copy);
		memcpy(copy, text, len);
		r = parse(copy, len, &fake_env, NULL);
		assert_true(r == 0 || r == -EINVAL);
		free(copy);
	}
}

static void nothing_is_a_policy_without_rules(void **state)
{
	static const char *const texts[] = { "", "\n", "# x", "\n\n#\n \t" };
	struct policy *p;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(policy_parse(texts[i], strlen(texts[i]),
					      &fake_env, &p, NULL),
				 0);
		assert_int_equal(policy_count(p), 0);
		assert_int_equal(policy_actions(p), 0);
		policy_unref(p);
	}
	assert_int_equal(policy_parse(NULL, 0, &fake_env, &p, NULL), 0);
	policy_unref(p);
}

static void the_last_line_needs_no_newline(void **state)
{
	struct policy *p;

	(void)state;
	assert_int_equal(
		policy_parse("measure\naudit", 13, &fake_env, &p, NULL), 0);
	assert_int_equal(policy_count(p), 2);
	policy_unref(p);
}

static void long_words_and_many_rules_have_no_table_to_overflow(void **state)
{
	struct buf text = BUF_INIT;
	struct diag err = { 0 };
	struct policy *p;

	(void)state;
	assert_int_equal(buf_append_str(&text, "measure fsname="), 0);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(buf_append_u8(&text, 'x'), 0);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(buf_append_str(&text, "\nappraise uid=1"), 0);
	assert_int_equal(
		policy_parse((char *)text.data, text.len, &fake_env, &p, &err),
		0);
	assert_int_equal(policy_count(p), 20001);
	policy_unref(p);

	/* the same as one unknown word: cut in the message, not in the text */
	for (size_t i = 0; i < text.len; i++)
		text.data[i] = 'y';
	assert_int_equal(parse((char *)text.data, text.len, &fake_env, &err),
			 -EINVAL);
	assert_non_null(strstr(err.msg, "yyy...' is not a word"));
	buf_release(&text);
}

static void a_text_of_2_gib_is_too_big(void **state)
{
	struct diag err = { 0 };

	(void)state;
	/* refused by its length alone, so no such text is needed */
	assert_int_equal(parse("", (size_t)INT_MAX + 1, &fake_env, &err),
			 -E2BIG);
	assert_non_null(strstr(err.msg, "more than"));
}

static void imafs_own_words_are_refused_for_the_kernel(void **state)
{
	static const struct {
		const char *text;
		unsigned column;
		const char *part;
	} cases[] = {
		{ "memlock", 1, "imafs' own" },
		{ "func=FILE_CHECK dont_memlock", 17, "imafs' own" },
		{ "appraise appraise_type=imasig_optional", 10, "imafs' own" },
		{ "measure template=d-ng|n-ng|sig", 0, "" },
		{ "measure template=ima", 0, "" },
		{ "dont_audit fs_subtype=x # 6.19", 0, "" },
		{ "appraise digest_type=verity appraise_type=sigv3", 0, "" },
		{ "measure obj_type=x", 0, "" },
	};
	struct policy_env env = fake_env;

	(void)state;
	env.kernel_only = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag err = { 0 };
		int r = parse(cases[i].text, strlen(cases[i].text), &env, &err);

		if (r != (cases[i].column ? -EINVAL : 0) ||
		    err.column != cases[i].column ||
		    !strstr(err.msg, cases[i].part))
			fail_msg("'%s': %d, %u, %s", cases[i].text, r,
				 err.column, err.msg);
	}
}

static void what_cannot_be_enforced_is_refused_when_it_matters(void **state)
{
	static const struct {
		const char *text;
		unsigned column;
		const char *part;
	} cases[] = {
		{ "measure obj_user=x", 9, "'obj_user='" },
		{ "measure obj_role=x", 9, "'obj_role='" },
		{ "dont_appraise obj_type=x", 15, "(LSM)" },
		{ "measure subj_user=x", 9, "(LSM)" },
		{ "measure uid=0 subj_role=x", 15, "(LSM)" },
		{ "measure subj_type=x", 9, "'subj_type='" },
		{ "measure digest_type=verity", 9, "Merkle" },
		{ "dont_measure digest_type=verity", 14, "Merkle" },
		{ "appraise digest_type=verity appraise_type=sigv3", 29,
		  "sigv3" },
		{ "appraise func=MODULE_CHECK appraise_type=imasig|modsig", 28,
		  "modsig" },
		{ "appraise func=MODULE_CHECK appraise_type=imasig", 0, "" },
		{ "measure func=KEY_CHECK keyrings=.ima", 0, "" },
		{ "measure func=CRITICAL_DATA", 0, "" },
		{ "measure func=KEXEC_CMDLINE", 0, "" },
		{ "appraise func=FIRMWARE_CHECK", 0, "" },
		{ "measure fs_subtype=x", 0, "" },
		{ "appraise appraise_type=imasig_optional", 0, "" },
		{ "memlock", 0, "" },
	};
	struct policy_env env = fake_env;

	(void)state;
	env.enforcing = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag err = { 0 };
		size_t len = strlen(cases[i].text);
		int r = parse(cases[i].text, len, &env, &err);

		if (r != (cases[i].column ? -EINVAL : 0) ||
		    err.column != cases[i].column ||
		    !strstr(err.msg, cases[i].part))
			fail_msg("'%s': %d, %u, %s", cases[i].text, r,
				 err.column, err.msg);
		assert_int_equal(parse(cases[i].text, len, &fake_env, NULL), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_line_is_accepted_or_refused_at_its_column),
		cmocka_unit_test(the_message_needs_no_reader),
		cmocka_unit_test(a_number_over_64_bits_is_out_of_range),
		cmocka_unit_test(a_message_is_printable_and_whole),
		cmocka_unit_test(a_refusal_names_its_line),
		cmocka_unit_test(every_length_of_a_text_is_read_within_its_end),
		cmocka_unit_test(nothing_is_a_policy_without_rules),
		cmocka_unit_test(the_last_line_needs_no_newline),
		cmocka_unit_test(
			long_words_and_many_rules_have_no_table_to_overflow),
		cmocka_unit_test(a_text_of_2_gib_is_too_big),
		cmocka_unit_test(imafs_own_words_are_refused_for_the_kernel),
		cmocka_unit_test(
			what_cannot_be_enforced_is_refused_when_it_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
