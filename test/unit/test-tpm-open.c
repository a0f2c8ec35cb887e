// SPDX-License-Identifier: Apache-2.0
/* tpm/open.c, tpm/none.c: what needs no TPM. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tpm.h"

static int try_open(const char *tcti, struct extender **ret, bool *ret_private,
		    struct diag *d)
{
	const struct tpm_options o = { .tcti = tcti,
				       .dirfd = AT_FDCWD,
				       .dirname = "/nonexistent" };

	*d = (struct diag){ 0 };
	return tpm_open(&o, ret, ret_private, d);
}

static void none_is_none(void **state)
{
	struct extender *x = (struct extender *)state;
	bool private_tpm = true;
	struct diag d;

	assert_int_equal(try_open("none", &x, &private_tpm, &d), 0);
	assert_null(x);
	assert_false(private_tpm);
}

static void a_tpm_that_is_not_there_has_a_reason(void **state)
{
	static const struct {
		const char *tcti, *word;
	} t[] = {
		{ "device:/nonexistent/tpm", "/nonexistent/tpm" },
		{ "device:/dev/null", "/dev/null" },
		{ "swtpm:path=/nonexistent", "/nonexistent" },
		{ "no-such-tcti:x", "no-such-tcti" },
		{ "", "TPM" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct extender *x = NULL;
		bool private_tpm;
		struct diag d;
		int r = try_open(t[i].tcti, &x, &private_tpm, &d);

		assert_true(r < 0);
		assert_null(x);
		if (!tpm_supported())
			assert_int_equal(r, -EOPNOTSUPP);
		else if (!strstr(d.msg, t[i].word))
			fail_msg("%s: %s", t[i].tcti, d.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_is_none),
		cmocka_unit_test(a_tpm_that_is_not_there_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
