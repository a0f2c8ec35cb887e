// SPDX-License-Identifier: Apache-2.0
/* tpm/journal/index.c: finding entries by digest and by offset. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tpm/journal/index.h"

#define ENTRIES 20000

static void key_of(uint32_t i, uint8_t key[INDEX_KEY_SIZE])
{
	memset(key, 0, INDEX_KEY_SIZE);
	memcpy(key, &i, sizeof(i));
}

static void fill(struct index *x, uint32_t n)
{
	assert_int_equal(index_init(x), 0);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t key[INDEX_KEY_SIZE];

		key_of(i, key);
		assert_int_equal(index_reserve(x), 0);
		assert_true(index_has_room(x));
		index_add(x, 100 + i, i % JOURNAL_PCRS, i % 5 ? key : NULL,
			  50 + i % 3, 70 + i % 7);
	}
}

static void a_key_is_found_in_its_pcr_only(void **state)
{
	struct index x;

	(void)state;
	fill(&x, ENTRIES);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		uint8_t key[INDEX_KEY_SIZE];

		key_of(i, key);
		for (unsigned pcr = 0; pcr < JOURNAL_PCRS; pcr++)
			assert_int_equal(index_has(&x, pcr, key),
					 i % 5 && pcr == i % JOURNAL_PCRS);
		/* every byte of it counts */
		key[INDEX_KEY_SIZE - 1] ^= 1;
		assert_false(index_has(&x, i % JOURNAL_PCRS, key));
	}
	index_release(&x);
}

static void an_empty_index_has_nothing(void **state)
{
	static const uint8_t key[INDEX_KEY_SIZE];
	struct index x;

	(void)state;
	fill(&x, 0);
	assert_false(index_has(&x, 0, key));
	assert_int_equal(index_offset(&x, JOURNAL_ASCII, HASH_ALG_SHA1, 0), 0);
	index_release(&x);
}

static void every_offset_belongs_to_one_entry(void **state)
{
	static const enum hash_alg views[] = { HASH_ALG_SHA1, HASH_ALG_SHA512 };
	struct index x;

	(void)state;
	fill(&x, 5000);
	for (unsigned v = 0; v < 4; v++) {
		enum journal_format f = v % 2 ? JOURNAL_ASCII : JOURNAL_BINARY;
		enum hash_alg view = views[v / 2];
		uint64_t begin = 0;

		for (uint64_t i = 0; i < x.count; i++) {
			uint64_t end = index_offset(&x, f, view, i + 1);
			size_t digest = hash_alg_size(view);

			assert_int_equal(index_offset(&x, f, view, i), begin);
			assert_int_equal(end - begin,
					 f == JOURNAL_ASCII
						 ? 70 + i % 7 + 2 * digest
						 : 50 + i % 3 + digest);
			assert_int_equal(index_find(&x, f, view, begin), i);
			assert_int_equal(index_find(&x, f, view, end - 1), i);
			assert_int_equal(index_at(&x, i)->at, 100 + i);
			begin = end;
		}
	}
	index_release(&x);
}

static void long_digests_are_cut_and_short_ones_padded(void **state)
{
	struct digest a = { .alg = HASH_ALG_SHA512, .size = 64 };
	uint8_t key[INDEX_KEY_SIZE];

	(void)state;
	memset(a.bytes, 7, sizeof(a.bytes));
	index_key(&a, key);
	assert_memory_equal(key, a.bytes, INDEX_KEY_SIZE);
	a.size = 20;
	index_key(&a, key);
	assert_memory_equal(key, a.bytes, 20);
	assert_int_equal(key[20], 0);
	assert_int_equal(key[31], 0);
}

static void an_entry_costs_no_more_than_it_says(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct index_entry), 56);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_found_in_its_pcr_only),
		cmocka_unit_test(an_empty_index_has_nothing),
		cmocka_unit_test(every_offset_belongs_to_one_entry),
		cmocka_unit_test(long_digests_are_cut_and_short_ones_padded),
		cmocka_unit_test(an_entry_costs_no_more_than_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
