// SPDX-License-Identifier: Apache-2.0
/* fs/vouched.c: what counts as the metadata that were signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fs/vouched.h"

static const uint8_t caps[VOUCHED_CAPS_MAX + 1] = { 1, 0, 0, 2, 0, 0x20 };

static struct vouched setuid_root(void)
{
	return (struct vouched){ .yes = true, .mode = 0104755 };
}

static void any_other_owner_or_mode_is_not_covered(void **state)
{
	static const struct stat other[] = {
		{ .st_mode = 0104755, .st_uid = 1 },
		{ .st_mode = 0104755, .st_gid = 1 },
		{ .st_mode = 0106755 },
		{ .st_mode = 0104754 },
		{ .st_mode = 0044755 },
	};
	static const struct stat same = { .st_mode = 0104755, .st_size = 7 };
	struct vouched v = setuid_root();

	(void)state;
	assert_true(vouched_covers(&v, &same));
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		assert_false(vouched_covers(&v, &other[i]));
}

static void capabilities_are_covered_to_the_last_byte(void **state)
{
	struct vouched v = setuid_root();
	uint8_t other[20];

	(void)state;
	assert_true(vouched_covers_caps(&v, caps, 0));
	assert_false(vouched_covers_caps(&v, caps, 20));
	vouched_set_caps(&v, caps, 20);
	assert_true(vouched_covers_caps(&v, caps, 20));
	assert_false(vouched_covers_caps(&v, caps, 24));
	assert_false(vouched_covers_caps(&v, caps, 19));
	assert_false(vouched_covers_caps(&v, caps, 0));
	for (size_t i = 0; i < sizeof(other); i++) {
		memcpy(other, caps, sizeof(other));
		other[i] ^= 0x80;
		assert_false(vouched_covers_caps(&v, other, sizeof(other)));
	}
}

static void a_value_that_the_kernel_would_refuse_is_none(void **state)
{
	struct vouched v = setuid_root();

	(void)state;
	vouched_set_caps(&v, caps, VOUCHED_CAPS_MAX);
	assert_int_equal(v.caps_len, VOUCHED_CAPS_MAX);
	vouched_set_caps(&v, caps, VOUCHED_CAPS_MAX + 1);
	assert_int_equal(v.caps_len, 0);
	assert_false(vouched_covers_caps(&v, caps, VOUCHED_CAPS_MAX + 1));
}

static void nothing_vouched_for_equals_only_itself(void **state)
{
	struct vouched none = { .mode = 0104755 }, zero = { 0 };
	struct vouched a = setuid_root(), b = a;

	(void)state;
	assert_true(vouched_equal(&none, &zero));
	assert_false(vouched_equal(&none, &a));
	assert_false(vouched_equal(&a, &none));
	assert_true(vouched_equal(&a, &b));
	b.uid = 1;
	assert_false(vouched_equal(&a, &b));
	b = a;
	b.gid = 1;
	assert_false(vouched_equal(&a, &b));
	b = a;
	b.mode = 0100755;
	assert_false(vouched_equal(&a, &b));
	b = a;
	vouched_set_caps(&b, caps, 20);
	assert_false(vouched_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_other_owner_or_mode_is_not_covered),
		cmocka_unit_test(capabilities_are_covered_to_the_last_byte),
		cmocka_unit_test(a_value_that_the_kernel_would_refuse_is_none),
		cmocka_unit_test(nothing_vouched_for_equals_only_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
