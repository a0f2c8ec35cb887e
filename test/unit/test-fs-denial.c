// SPDX-License-Identifier: Apache-2.0
/* fs/denial.c, with a policy of one known rule and a caller of one name. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "base/log.h"
#include "fs/denial.h"

static const char *comm = "bash";

void caller_comm(const struct caller *c, struct buf *to)
{
	(void)c;
	assert_int_equal(buf_append_escaped(to, comm), 0);
}

const char *hook_name(enum hook h)
{
	return h == HOOK_BPRM_CHECK ? "BPRM_CHECK" : NULL;
}

int policy_print_rule(const struct policy *p, unsigned number, struct buf *to)
{
	(void)p;
	if (number != 3)
		return -ERANGE;
	return buf_append_str(to, "appraise fsname=\"x\"");
}

static const struct policy *const some_policy = (const struct policy *)&comm;

static const struct caller who = { .fsuid = 1000, .fsgid = 100, .pid = 42 };

static char *text_of(struct denials *d)
{
	struct buf b = BUF_INIT;
	char *s;

	assert_int_equal(denials_print(d, &b), 0);
	s = buf_steal_str(&b);
	assert_non_null(s);
	return s;
}

static void a_denial_is_one_line_with_the_kernels_words(void **state)
{
	static const struct verdict v = {
		.op = "appraise_data",
		.cause = "invalid-hash",
		.error = EACCES,
		.rule = 3,
	};
	struct denials *d;
	char *s;

	(void)state;
	assert_int_equal(denials_new(&d), 0);
	denials_add(d, &v, some_policy, HOOK_BPRM_CHECK, "/ima/bin/\n\"x",
		    makedev(8, 1), 77, &who, true);
	s = text_of(d);
	assert_string_equal(
		s, "# denied 1, shown 1\n"
		   "pid=42 uid=1000 op=appraise_data cause=invalid-hash "
		   "comm=\"bash\" name=\"/ima/bin/\\x0a\\x22x\" dev=\"8:1\" "
		   "ino=77 res=0 errno=13 func=BPRM_CHECK "
		   "rule=3 \"appraise fsname=\\x22x\\x22\"\n");
	free(s);
	denials_free(d);
}

static void what_is_not_known_does_not_break_the_line(void **state)
{
	static const struct verdict v = { .error = EIO, .rule = 9 };
	struct denials *d;
	char *s;

	(void)state;
	assert_int_equal(denials_new(&d), 0);
	denials_add(d, &v, some_policy, HOOK_NONE, NULL, 0, 0, &who, true);
	denials_add(d, &v, NULL, HOOK_NONE, "a", 0, 0, &who, true);
	s = text_of(d);
	assert_non_null(strstr(s, "op=unknown cause=unknown comm=\"bash\" "
				  "name=\"?\" dev=\"0:0\" ino=0 res=0 errno=5 "
				  "rule=9\n"));
	assert_non_null(strstr(s, "name=\"a\" dev=\"0:0\" ino=0 res=0 errno=5 "
				  "rule=9\n"));
	free(s);
	denials_free(d);
}

static void what_was_let_through_is_shown_and_not_counted(void **state)
{
	static const struct verdict v = { .op = "appraise_data",
					  .cause = "missing-hash",
					  .error = EACCES };
	struct denials *d;
	char *s;

	(void)state;
	assert_int_equal(denials_new(&d), 0);
	denials_add(d, &v, NULL, HOOK_BPRM_CHECK, "a", 0, 0, &who, false);
	assert_int_equal(denials_count(d), 0);
	s = text_of(d);
	assert_non_null(strstr(s, "# denied 0, shown 1\n"));
	assert_non_null(strstr(s, " res=1 "));
	free(s);
	denials_free(d);
}

static void the_last_thousand_are_kept_oldest_first(void **state)
{
	static const struct verdict v = { .error = EACCES };
	struct denials *d;
	size_t lines = 0;
	char *s;

	(void)state;
	assert_int_equal(denials_new(&d), 0);
	for (uint64_t i = 1; i <= DENIALS_KEPT + 5; i++)
		denials_add(d, &v, NULL, HOOK_NONE, "a", 0, i, &who, true);
	assert_int_equal(denials_count(d), DENIALS_KEPT + 5);
	s = text_of(d);
	assert_non_null(strstr(s, "# denied 1005, shown 1000\n"));
	assert_null(strstr(s, " ino=5 "));
	assert_ptr_equal(strchr(strchr(s, '\n') + 1, '\n') + 1,
			 strstr(s, " ino=7 ") - strlen("pid=42 uid=1000 "
						       "op=unknown "
						       "cause=unknown "
						       "comm=\"bash\" "
						       "name=\"a\" "
						       "dev=\"0:0\""));
	for (const char *p = s; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, DENIALS_KEPT + 1);
	assert_non_null(strstr(s, " ino=1005 res=0 errno=13\n"));
	free(s);
	denials_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_denial_is_one_line_with_the_kernels_words),
		cmocka_unit_test(what_is_not_known_does_not_break_the_line),
		cmocka_unit_test(what_was_let_through_is_shown_and_not_counted),
		cmocka_unit_test(the_last_thousand_are_kept_oldest_first),
	};

	log_set_level(LOG_LEVEL_ERR); /* denials are warnings */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
