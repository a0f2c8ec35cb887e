// SPDX-License-Identifier: Apache-2.0
/* fs/xattr_names.c: what a file system below with names of its own may show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fs/xattr_names.h"

static void of_system_only_acls_exist(void **state)
{
	static const struct {
		const char *name;
		bool exists;
	} cases[] = {
		{ "system.posix_acl_access", true },
		{ "system.posix_acl_default", true },
		{ "system.posix_acl_accessx", false },
		{ "system.posix_acl", false },
		{ "system.nfs4_acl", false },
		{ "system.cifs_acl", false },
		{ "system.advise", false },
		{ "system.", false },
		{ "system", true }, /* no namespace: refused below */
		{ "systematic.x", true },
		{ "user.system.nfs4_acl", true },
		{ "security.ima", true },
		{ "trusted.x", true },
		{ "", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (xattr_exists(cases[i].name) != cases[i].exists)
			fail_msg("%s", cases[i].name);
	}
}

/* @names and @want: names with '|' after each. */
static void check_list(const char *names, const char *want, bool root)
{
	char list[256];
	size_t len = strlen(names), n;

	assert_true(len < sizeof(list));
	memcpy(list, names, len);
	for (size_t i = 0; i < len; i++)
		list[i] = (char)(list[i] == '|' ? '\0' : list[i]);
	n = xattr_list_shown(list, len, root);
	for (size_t i = 0; i < n; i++)
		list[i] = (char)(list[i] ? list[i] : '|');
	assert_int_equal(n, strlen(want));
	assert_memory_equal(list, want, n);
}

static void a_list_leaves_out_what_cannot_be_read(void **state)
{
	(void)state;
	check_list("", "", true);
	check_list("user.a|system.nfs4_acl|user.b|", "user.a|user.b|", true);
	check_list("system.nfs4_acl|", "", true);
	check_list("system.posix_acl_access|system.x|",
		   "system.posix_acl_access|", false);
}

static void only_root_sees_trusted_names(void **state)
{
	(void)state;
	check_list("user.a|trusted.b|user.c|", "user.a|trusted.b|user.c|",
		   true);
	check_list("user.a|trusted.b|user.c|", "user.a|user.c|", false);
	check_list("trusted.b|", "", false);
}

static void a_name_that_does_not_end_is_left_out(void **state)
{
	(void)state;
	check_list("user.a|user.b", "user.a|", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_system_only_acls_exist),
		cmocka_unit_test(a_list_leaves_out_what_cannot_be_read),
		cmocka_unit_test(only_root_sees_trusted_names),
		cmocka_unit_test(a_name_that_does_not_end_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
