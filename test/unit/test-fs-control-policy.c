// SPDX-License-Identifier: Apache-2.0
/* fs/control_policy.c: writing .ima/policy, see control-fixture.h. */
#include "test/unit/control-fixture.h"

static void truncation_replaces_and_anything_else_adds(void **state)
{
	struct fs *fs = *state;

	assert_int_equal(write_policy(fs, O_TRUNC, "rule\nrule\n"), 0);
	assert_text(fs, "policy", "2 rules\n");
	assert_int_equal(write_policy(fs, O_APPEND, "rule\n"), 0);
	assert_text(fs, "policy", "3 rules\n");
	assert_int_equal(write_policy(fs, 0, "rule\n"), 0);
	assert_text(fs, "policy", "4 rules\n");
}

static void texts_and_what_becomes_of_them(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *policy, *error;
		const char *why;
	} cases[] = {
		{ "rule\nrule", 0, "2 rules\n", "", "no newline at the end" },
		{ "#a\n\nrule\n", 0, "1 rules\n", "", "comments are free" },
		{ "rule\nrul\nrule\n", -EINVAL, "1 rules\n", "2:3: no rule\n",
		  "the middle line is bad" },
		{ "rule\nrul", -EINVAL, "1 rules\n", "2:3: no rule\n",
		  "the unfinished line is bad" },
		{ "# nothing\n", -EINVAL, "1 rules\n",
		  "there is no rule in it; a policy that does nothing is "
		  "'dont_measure'\n",
		  "a policy is not lost by accident" },
		{ "/two\n", 0, "2 rules\n", "", "a file by path" },
		{ "/two", 0, "2 rules\n", "", "a path without newline" },
		{ "rule\n/two\nrule\n", 0, "4 rules\n", "", "rules around" },
		{ "/two\nrule\nrul\n", -EINVAL, "1 rules\n", "3:3: no rule\n",
		  "lines are counted as written" },
		{ "/two\nrule\nrul", -EINVAL, "1 rules\n", "3:3: no rule\n",
		  "the same without newline" },
		{ "/cut\n", -EINVAL, "1 rules\n",
		  "/cut: a policy file must end in a newline\n",
		  "a file that was cut off" },
		{ "/bad\n", -EINVAL, "1 rules\n", "/bad:2:3: no rule\n",
		  "the position is the file's" },
		{ "/unsigned\n", -EACCES, "1 rules\n",
		  "/unsigned: refused by the rules for POLICY_CHECK: "
		  "missing-hash\n",
		  "appraisal says no" },
		{ "/gone\n", -ENOENT, "1 rules\n",
		  "/gone: cannot be read: No such file or directory\n",
		  "no such file" },
	};
	struct fs *fs = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r;

		assert_int_equal(write_policy(fs, O_TRUNC, "rule\n"), 0);
		r = write_policy(fs, O_TRUNC, cases[i].text);
		if (r != cases[i].want)
			fail_msg("%s: %d", cases[i].why, r);
		assert_text(fs, "policy", cases[i].policy);
		assert_text(fs, "policy_error", cases[i].error);
	}
}

static void the_write_that_completes_a_bad_line_fails(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_TRUNC);

	assert_int_equal(put(fs, h, "rule\nr"), 6);
	assert_int_equal(put(fs, h, "u"), 1);
	assert_int_equal(put(fs, h, "x\n"), -EINVAL);
	/* and it is too late for good ones */
	assert_int_equal(put(fs, h, "rule\n"), -EINVAL);
	assert_int_equal(control_flush(fs, h, &me), -EINVAL);
	control_release(fs, h);
	assert_text(fs, "policy", "1 rules\n");
	assert_text(fs, "policy_error", "2:3: no rule\n");
	assert_int_equal(fs->policy_generation, 0);
}

static void a_line_may_come_in_any_number_of_writes(void **state)
{
	static const char text[] = "rule\n#x\n/two\nrule\nrule";
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_TRUNC);

	for (const char *p = text; *p; p++)
		assert_int_equal(control_write(fs, h, p, 1, p - text), 1);
	assert_int_equal(control_flush(fs, h, &me), 0);
	control_release(fs, h);
	assert_text(fs, "policy", "5 rules\n");
}

static void nothing_is_in_force_before_the_close(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_TRUNC);

	/* a shell duplicates its descriptor and closes the first */
	assert_int_equal(control_flush(fs, h, &me), 0);
	assert_int_equal(put(fs, h, "rule\nrule\n"), 10);
	assert_text(fs, "policy", "1 rules\n");
	assert_int_equal(control_flush(fs, h, &me), 0);
	assert_text(fs, "policy", "2 rules\n");
	/* a later close without news does not do it again */
	assert_int_equal(control_flush(fs, h, &me), 0);
	assert_int_equal(fs->policy_generation, 1);
	/* more through another duplicate: all of it, once */
	assert_int_equal(put(fs, h, "rule\n"), 5);
	assert_int_equal(control_flush(fs, h, &me), 0);
	assert_text(fs, "policy", "3 rules\n");
	control_release(fs, h);
	assert_int_equal(fs->policy_generation, 2);
}

static void a_child_that_closes_does_not_end_the_policy(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_APPEND);
	struct caller child = me;

	child.pid = 1; /* another process, that exists */
	assert_int_equal(put(fs, h, "rule\n"), 5);
	assert_int_equal(control_flush(fs, h, &child), 0);
	assert_text(fs, "policy", "1 rules\n");
	assert_int_equal(put(fs, h, "rule\n"), 5);
	assert_int_equal(control_flush(fs, h, &child), 0);
	assert_text(fs, "policy", "1 rules\n");
	control_release(fs, h); /* nobody else is left to do it */
	assert_text(fs, "policy", "3 rules\n");
}

static void an_empty_writer_changes_nothing(void **state)
{
	struct fs *fs = *state;

	assert_int_equal(write_policy(fs, O_TRUNC, ""), 0);
	assert_text(fs, "policy", "1 rules\n");
	assert_text(fs, "policy_error",
		    "nothing was written: the old rules are in force\n");
}

static void the_error_is_gone_after_success(void **state)
{
	struct fs *fs = *state;

	assert_int_equal(write_policy(fs, 0, "bad\n"), -EINVAL);
	assert_text(fs, "policy_error", "1:3: no rule\n");
	assert_int_equal(write_policy(fs, 0, "rule\n"), 0);
	assert_text(fs, "policy_error", "");
}

static void one_writer_at_a_time(void **state)
{
	struct fs *fs = *state;
	struct control_handle *a = open_file(fs, "policy", O_WRONLY), *b;

	assert_int_equal(control_open(fs, control_lookup(fs, "policy"), &me,
				      O_WRONLY, &b),
			 -EBUSY);
	assert_text(fs, "policy", "1 rules\n"); /* readers are welcome */
	control_release(fs, a);
	b = open_file(fs, "policy", O_WRONLY);
	control_release(fs, b);
}

static void only_the_owner_writes_and_only_the_policy(void **state)
{
	struct fs *fs = *state;
	struct caller other = me;
	struct control_handle *h;
	const char *name;
	struct node *n;

	other.fsuid++;
	assert_int_equal(control_open(fs, control_lookup(fs, "policy"), &other,
				      O_WRONLY, &h),
			 -EACCES);
	assert_int_equal(
		control_open(fs, control_lookup(fs, "policy"), &me, O_RDWR, &h),
		-EACCES);
	for (size_t i = 0; control_entry(fs, i, &name, &n); i++) {
		if (strcmp(name, "policy") == 0)
			continue;
		assert_int_equal(control_open(fs, n, &me, O_WRONLY, &h),
				 -EACCES);
		assert_int_equal(
			control_open(fs, n, &me, O_RDONLY | O_TRUNC, &h),
			-EACCES);
	}
}

static void a_locked_policy_cannot_be_written(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY), *b;

	assert_int_equal(put(fs, h, "rule\n"), 5);
	fs->policy_locked = true; /* by someone who was faster */
	assert_int_equal(control_flush(fs, h, &me), -EPERM);
	control_release(fs, h);
	assert_text(fs, "policy", "1 rules\n");
	assert_int_equal(control_open(fs, control_lookup(fs, "policy"), &me,
				      O_WRONLY, &b),
			 -EPERM);
}

static void sealed_policies_come_in_files_only(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h;

	assert_int_equal(write_policy(fs, O_TRUNC, "seal\n"), 0);
	h = open_file(fs, "policy", O_WRONLY);
	assert_int_equal(put(fs, h, "rule\n"), -EACCES); /* by the write */
	control_release(fs, h);
	assert_int_equal(write_policy(fs, O_TRUNC, "rule\n"), -EACCES);
	assert_int_equal(write_policy(fs, O_TRUNC, "rule"), -EACCES);
	assert_int_equal(write_policy(fs, O_TRUNC, "/two\nrule"), -EACCES);
	assert_text(fs, "policy", "1 rules\n");
	assert_int_equal(write_policy(fs, O_TRUNC, "# yes\n/two\n# no"), 0);
	assert_text(fs, "policy", "2 rules\n");
}

static void rules_that_became_sealed_meanwhile_are_refused(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY);

	assert_int_equal(put(fs, h, "rule\n"), 5);
	fs->policy->seal = true;
	assert_int_equal(control_flush(fs, h, &me), -EACCES);
	control_release(fs, h);
	assert_text(fs, "policy", "1 rules\n");
}

static void too_much_text_is_refused(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_TRUNC);
	static char block[1 << 20];

	memset(block, '#', sizeof(block));
	for (size_t i = 0; i < CONTROL_POLICY_MAX / sizeof(block); i++)
		assert_int_equal(control_write(fs, h, block, sizeof(block), 0),
				 sizeof(block));
	assert_int_equal(put(fs, h, "\n"), -EFBIG);
	control_release(fs, h);
	assert_text(fs, "policy_error",
		    "1:1: more than 16777216 bytes of rules\n");
	/* also behind a file, and with a line that is not complete */
	h = open_file(fs, "policy", O_WRONLY | O_TRUNC);
	assert_int_equal(put(fs, h, "/most\nru"), 8);
	assert_int_equal(put(fs, h, "le\n"), -EFBIG);
	control_release(fs, h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_mount(truncation_replaces_and_anything_else_adds),
		with_mount(texts_and_what_becomes_of_them),
		with_mount(the_write_that_completes_a_bad_line_fails),
		with_mount(a_line_may_come_in_any_number_of_writes),
		with_mount(nothing_is_in_force_before_the_close),
		with_mount(a_child_that_closes_does_not_end_the_policy),
		with_mount(an_empty_writer_changes_nothing),
		with_mount(the_error_is_gone_after_success),
		with_mount(one_writer_at_a_time),
		with_mount(only_the_owner_writes_and_only_the_policy),
		with_mount(a_locked_policy_cannot_be_written),
		with_mount(sealed_policies_come_in_files_only),
		with_mount(rules_that_became_sealed_meanwhile_are_refused),
		with_mount(too_much_text_is_refused),
	};

	log_set_level(LOG_LEVEL_ERR); /* refusals are warnings */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
