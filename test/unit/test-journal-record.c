// SPDX-License-Identifier: Apache-2.0
/* tpm/journal/record.c, list.c: the bytes of journals and of kernel lists. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "test/fake/vectors.h"
#include "tpm/journal/list.h"
#include "tpm/journal/record.h"

static void assert_hex(const struct buf *b, const char *want)
{
	char *text = malloc(2 * b->len + 1);

	assert_non_null(text);
	hex_encode(text, b->data, b->len);
	assert_string_equal(text, want);
	free(text);
}

static struct buf header_bytes(void)
{
	struct journal_header h = {
		.boot_id = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
			     16 },
		.pcr = 10,
		.hash = HASH_ALG_SHA256,
		.n_banks = 2,
		.bank = { HASH_ALG_SHA1, HASH_ALG_SHA256 },
	};
	struct buf b = BUF_INIT;

	assert_int_equal(journal_header_encode(&h, &b), 0);
	return b;
}

/* The bytes of doc/format/journal.md; XXH64 by another implementation. */
static void a_header_has_the_documented_bytes(void **state)
{
	struct journal_header h;
	struct buf b = header_bytes();
	size_t len;

	(void)state;
	assert_hex(&b, "494d4146534a4e4c"
		       "01000000"
		       "2e000000"
		       "0102030405060708090a0b0c0d0e0f10"
		       "0a"
		       "04"
		       "0200"
		       "0204"
		       "3df62869c32a9b9a");
	assert_int_equal(journal_header_decode(b.data, b.len, &h, &len), 0);
	assert_int_equal(len, b.len);
	assert_int_equal(h.boot_id[15], 16);
	assert_int_equal(h.pcr, 10);
	assert_int_equal(h.hash, HASH_ALG_SHA256);
	assert_int_equal(h.n_banks, 2);
	assert_int_equal(h.bank[1], HASH_ALG_SHA256);
	buf_release(&b);
}

static void any_change_of_a_header_is_found(void **state)
{
	struct buf b = header_bytes();
	struct journal_header h;
	size_t len;

	(void)state;
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(journal_header_decode(b.data, i, &h, &len),
				 -EBADMSG);
	for (size_t i = 0; i < b.len * 8; i++) {
		int r;

		b.data[i / 8] ^= (uint8_t)(1u << i % 8);
		r = journal_header_decode(b.data, b.len, &h, &len);
		assert_int_equal(r, i / 8 >= 8 && i / 8 < 12 ? -EPROTONOSUPPORT
							     : -EBADMSG);
		b.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	buf_release(&b);
}

static struct record entry_record(void)
{
	struct record r = { .kind = RECORD_ENTRY,
			    .flags = RECORD_ADOPTED,
			    .pcr = 10,
			    .name = "ima-ng",
			    .data = (const uint8_t *)"data",
			    .data_len = 4 };

	return r;
}

static void a_record_has_the_documented_bytes(void **state)
{
	struct record r = entry_record(), back = { 0 };
	struct buf b = BUF_INIT;
	size_t len;

	(void)state;
	assert_int_equal(record_encode(&r, 54, &b), 0);
	assert_hex(&b, "10000000"
		       "f159618c"
		       "b0e3ec0fe9945453"
		       "01"
		       "01"
		       "0a00"
		       "0600"
		       "696d612d6e67"
		       "64617461");
	assert_int_equal(record_decode(b.data, b.len, 54, &back, &len),
			 RECORD_WHOLE);
	assert_int_equal(len, b.len);
	assert_int_equal(back.kind, RECORD_ENTRY);
	assert_int_equal(back.flags, RECORD_ADOPTED);
	assert_int_equal(back.pcr, 10);
	assert_string_equal(back.name, "ima-ng");
	assert_int_equal(back.data_len, 4);
	assert_memory_equal(back.data, "data", 4);
	buf_release(&b);
}

static void a_torn_record_is_told_from_a_damaged_one(void **state)
{
	struct record r = entry_record(), back;
	struct buf b = BUF_INIT;
	size_t len;

	(void)state;
	assert_int_equal(record_encode(&r, 54, &b), 0);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(record_decode(b.data, i, 54, &back, &len),
				 RECORD_TORN);
	for (size_t i = 0; i < b.len * 8; i++) {
		b.data[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(record_decode(b.data, b.len, 54, &back, &len),
				 RECORD_DAMAGED);
		b.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	/* the right bytes in the wrong place */
	assert_int_equal(record_decode(b.data, b.len, 55, &back, &len),
			 RECORD_DAMAGED);
	buf_release(&b);
}

static void every_kind_of_record_comes_back(void **state)
{
	struct record r = { .kind = RECORD_BASE, .pcr = 11, .n_base = 2 }, back;
	struct record closed = { .kind = RECORD_CLOSED };
	struct buf b = BUF_INIT;
	size_t len;

	(void)state;
	assert_int_equal(digest_of(HASH_ALG_SHA1, "a", 1, &r.base[0]), 0);
	assert_int_equal(digest_of(HASH_ALG_SHA512, "b", 1, &r.base[1]), 0);
	assert_int_equal(record_encode(&r, 1000, &b), 0);
	assert_int_equal(record_decode(b.data, b.len, 1000, &back, &len),
			 RECORD_WHOLE);
	assert_int_equal(back.kind, RECORD_BASE);
	assert_int_equal(back.pcr, 11);
	assert_int_equal(back.n_base, 2);
	assert_true(digest_equal(&back.base[0], &r.base[0]));
	assert_true(digest_equal(&back.base[1], &r.base[1]));

	b.len = 0;
	assert_int_equal(record_encode(&closed, 7, &b), 0);
	assert_int_equal(b.len, 20);
	assert_int_equal(record_decode(b.data, b.len, 7, &back, &len),
			 RECORD_WHOLE);
	assert_int_equal(back.kind, RECORD_CLOSED);
	buf_release(&b);
}

static void a_record_that_would_be_refused_is_not_written(void **state)
{
	struct record r = entry_record();
	struct buf b = BUF_INIT;

	(void)state;
	r.data_len = RECORD_BODY_MAX;
	r.data = calloc(1, r.data_len);
	assert_non_null(r.data);
	assert_int_equal(record_encode(&r, 0, &b), -EFBIG);
	assert_int_equal(b.len, 0);
	r.data_len -= 4 + 2 + 6;
	assert_int_equal(record_encode(&r, 0, &b), 0);
	buf_release(&b);
	free((void *)(uintptr_t)r.data);
}

/* A whole binary entry of template "ima", sha1 view; evmctl replays it. */
static const char ima_entry[] =
	"0a000000c46f9765364398f3cf1b6710d7229bf73b281f5a03000000696d61"
	"f572d396fae9206628714fb2ce00f72e94f2258f"
	"0e0000002f7573722f62696e2f68656c6c6f";

static void a_list_entry_is_the_kernels_byte_for_byte(void **state)
{
	const struct vector *v = vector(6);
	struct list_entry e;
	struct buf data = BUF_INIT, list = BUF_INIT;
	struct digest d;
	struct bytes b;

	(void)state;
	assert_int_equal(
		template_encode(template_find("ima", 3), &v->event, &data), 0);
	assert_int_equal(
		template_digest("ima", data.data, data.len, HASH_ALG_SHA1, &d),
		0);
	assert_int_equal(list_append_binary(&list, 10, HASH_ALG_SHA1, &d, "ima",
					    data.data, data.len),
			 0);
	assert_hex(&list, ima_entry);
	assert_int_equal(list.len, list_binary_size("ima", data.len) + 20);

	b = bytes_of(list.data, list.len);
	assert_int_equal(list_next(&b, HASH_ALG_SHA1, &e), 1);
	assert_int_equal(e.pcr, 10);
	assert_string_equal(e.name, "ima");
	assert_int_equal(e.data_len, data.len);
	assert_memory_equal(e.data, data.data, data.len);
	assert_false(e.violation);
	assert_int_equal(list_next(&b, HASH_ALG_SHA1, &e), 0);
	buf_release(&list);
	buf_release(&data);
}

static void a_cut_list_waits_for_more(void **state)
{
	uint8_t bytes[sizeof(ima_entry) / 2];
	struct list_entry e;

	(void)state;
	assert_int_equal(hex_decode(ima_entry, bytes, sizeof(bytes)), 0);
	for (size_t i = 1; i < sizeof(bytes); i++) {
		struct bytes b = bytes_of(bytes, i);

		assert_int_equal(list_next(&b, HASH_ALG_SHA1, &e), -EAGAIN);
		assert_int_equal(b.left, i);
	}
}

static void what_is_no_list_is_refused(void **state)
{
	static const struct {
		const char *hex, *why;
	} t[] = {
		{ "40000000" /* pcr 64 */
		  "0000000000000000000000000000000000000000"
		  "01000000"
		  "6e00000000",
		  "PCR 64" },
		{ "0a000000"
		  "0000000000000000000000000000000000000000"
		  "00000000"
		  "00000000",
		  "no name" },
		{ "0a000000"
		  "0000000000000000000000000000000000000000"
		  "ff000000"
		  "00000000",
		  "a name that is longer than any" },
		{ "0a000000"
		  "0000000000000000000000000000000000000000"
		  "02000000"
		  "6e0000000000",
		  "a NUL in the name" },
		{ "0a000000"
		  "0000000000000000000000000000000000000000"
		  "01000000"
		  "6effffffff00",
		  "data of 4 GiB" },
		{ "0a000000"
		  "0000000000000000000000000000000000000000"
		  "03000000"
		  "696d61"
		  "0000000000000000000000000000000000000000"
		  "00010000",
		  "template ima with a name of 256" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint8_t bytes[128];
		struct list_entry e;
		size_t len = strlen(t[i].hex) / 2;
		struct bytes b = bytes_of(bytes, len);

		assert_int_equal(hex_decode(t[i].hex, bytes, len), 0);
		if (list_next(&b, HASH_ALG_SHA1, &e) != -EBADMSG)
			fail_msg("accepted: %s", t[i].why);
	}
}

static void a_line_has_the_kernels_form(void **state)
{
	const struct vector *v = vector(2); /* ends in an empty field */
	struct buf data = BUF_INIT, line = BUF_INIT;
	char *text;

	(void)state;
	assert_int_equal(
		template_encode(template_find("ima-sig", 7), &v->event, &data),
		0);
	assert_int_equal(list_append_ascii(&line, 9, HASH_ALG_SHA1, NULL,
					   "ima-sig", data.data, data.len),
			 0);
	assert_int_equal(line.len,
			 list_ascii_size("ima-sig", strlen(v->ascii)) + 40);
	text = buf_steal_str(&line);
	assert_string_equal(
		text,
		" 9 0000000000000000000000000000000000000000 ima-sig "
		"sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2"
		"e846f6be03 /tmp/a_b \n");
	free(text);
	buf_release(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_has_the_documented_bytes),
		cmocka_unit_test(any_change_of_a_header_is_found),
		cmocka_unit_test(a_record_has_the_documented_bytes),
		cmocka_unit_test(a_torn_record_is_told_from_a_damaged_one),
		cmocka_unit_test(every_kind_of_record_comes_back),
		cmocka_unit_test(a_record_that_would_be_refused_is_not_written),
		cmocka_unit_test(a_list_entry_is_the_kernels_byte_for_byte),
		cmocka_unit_test(a_cut_list_waits_for_more),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(a_line_has_the_kernels_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
