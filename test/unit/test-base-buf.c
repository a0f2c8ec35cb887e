// SPDX-License-Identifier: Apache-2.0
/* base/buf.c, base/bytes.c, base/hex.c, base/utf8.c, base/hash_alg.c */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "hash_alg.h"

static void integers_are_appended_in_the_named_byte_order(void **state)
{
	static const uint8_t want[] = {
		1, 2, 0, 4, 3, 2, 1, 5, 6, 7, 8, 9, 10
	};
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(buf_append_u8(&b, 1), 0);
	assert_int_equal(buf_append_le16(&b, 2), 0);
	assert_int_equal(buf_append_le32(&b, 0x01020304), 0);
	assert_int_equal(buf_append_be32(&b, 0x05060708), 0);
	assert_int_equal(buf_append_be16(&b, 0x090a), 0);
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(b.data, want, sizeof(want));
	buf_release(&b);
}

static void a_read_past_the_end_latches(void **state)
{
	struct bytes b = bytes_of("\1\2\3", 3);

	(void)state;
	assert_int_equal(bytes_le16(&b), 0x0201);
	assert_int_equal(bytes_be32(&b), 0);
	assert_false(bytes_ok(&b));
	assert_int_equal(bytes_u8(&b), 0);
}

static void control_and_broken_utf8_are_escaped(void **state)
{
	struct buf b = BUF_INIT;
	char *s;

	(void)state;
	assert_int_equal(buf_append_escaped(&b, "a\n\"\\\xc3\xa4\xff\xc0\xafz"),
			 0);
	s = buf_steal_str(&b);
	assert_string_equal(s, "a\\x0a\\x22\\x5c\xc3\xa4\\xff\\xc0\\xafz");
	free(s);
	/* U+009b begins a terminal's sequence; U+00a0 is a character */
	assert_int_equal(buf_append_escaped(&b, "\xc2\x9b\xc2\xa0\xc2\x80"), 0);
	s = buf_steal_str(&b);
	assert_string_equal(s, "\\xc2\\x9b\xc2\xa0\\xc2\\x80");
	free(s);
}

static void only_well_formed_utf8_has_a_length(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *why;
	} cases[] = {
		{ "a", 1, "ASCII" },
		{ "\xc3\xa4", 2, "U+00E4" },
		{ "\xe2\x82\xac", 3, "U+20AC" },
		{ "\xf4\x8f\xbf\xbf", 4, "U+10FFFF, the last" },
		{ "\x80", 0, "begins in the middle" },
		{ "\xc0\xaf", 0, "too long a form of '/'" },
		{ "\xe0\x9f\xbf", 0, "too long a form of U+07FF" },
		{ "\xf0\x8f\xbf\xbf", 0, "too long a form of U+FFFF" },
		{ "\xed\xa0\x80", 0, "half of a surrogate pair" },
		{ "\xf4\x90\x80\x80", 0, "above U+10FFFF" },
		{ "\xf5\x80\x80\x80", 0, "far above" },
		{ "\xe2\x82", 0, "cut off" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (utf8_len((const uint8_t *)cases[i].text) != cases[i].len)
			fail_msg("%s", cases[i].why);
	}
}

static void hex_goes_both_ways(void **state)
{
	uint8_t v[2];
	char t[5];

	(void)state;
	assert_int_equal(hex_decode("0fA1", v, 2), 0);
	hex_encode(t, v, 2);
	assert_string_equal(t, "0fa1");
	assert_int_equal(hex_decode("0f", v, 2), -EINVAL);
	assert_int_equal(hex_decode("0g11", v, 2), -EINVAL);
}

static void the_table_has_the_kernels_numbers(void **state)
{
	(void)state;
	assert_int_equal(hash_alg_find("sha256", 6), 4);
	assert_int_equal(hash_alg_find("sha224", 6), 7);
	assert_int_equal(hash_alg_find("sha2567", 7), -ENOENT);
	assert_int_equal(hash_alg_size(6), 64);
	assert_null(hash_alg_name(23));
	assert_int_equal(hash_alg_from_tpm(0x000b), HASH_ALG_SHA256);
	assert_int_equal(hash_alg_from_tpm(0), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_appended_in_the_named_byte_order),
		cmocka_unit_test(a_read_past_the_end_latches),
		cmocka_unit_test(control_and_broken_utf8_are_escaped),
		cmocka_unit_test(only_well_formed_utf8_has_a_length),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(the_table_has_the_kernels_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
