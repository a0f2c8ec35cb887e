// SPDX-License-Identifier: Apache-2.0
/* crypto/digest.c. Known answers: evmctl, coreutils and openssl dgst. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "digest.h"

/* Digests of "hello\n". */
static const struct {
	unsigned alg;
	const char *hex;
} known[] = {
	{ HASH_ALG_MD5, "b1946ac92492d2347c6235b4d2611184" },
	{ HASH_ALG_SHA1, "f572d396fae9206628714fb2ce00f72e94f2258f" },
	{ HASH_ALG_RMD160, "0057b0dc5aac7c215a9a458d6c3c85cd21089af8" },
	{ HASH_ALG_SHA224,
	  "2d6d67d91d0badcdd06cbbba1fe11538a68a37ec9c2e26457ceff12b" },
	{ HASH_ALG_SHA256, "5891b5b522d5df086d0ff0b110fbd9d2"
			   "1bb4fc7163af34d08286a2e846f6be03" },
	{ HASH_ALG_SHA384, "1d0f284efe3edea4b9ca3bd514fa134b"
			   "17eae361ccc7a1eefeff801b9bd6604e"
			   "01f21f6bf249ef030599f0c218f2ba8c" },
	{ HASH_ALG_SHA512, "e7c22b994c59d9cf2b48e549b1e24666"
			   "636045930d3da7c1acb299d1c3b7f931"
			   "f94aae41edda2c2b207a36e10f8bcb8d"
			   "45223e54878f5b316e7ce3b6bc019629" },
	{ HASH_ALG_SM3,
	  "f7a87a195b0cc0052b9d598482212ceb07e4ea60e8d139a5dfeff36c24abf2b3" },
	{ HASH_ALG_SHA3_256,
	  "b314e28493eae9dab57ac4f0c6d887bddbbeb810e900d818395ace558e96516d" },
	{ HASH_ALG_SHA3_384,
	  "459b2844fea6e3a937a8397c0d69c06d9c6c943e155da454c638f5424296e994fd03"
	  "39ea234367ff014493b51adb9d2e" },
	{ HASH_ALG_SHA3_512,
	  "ac766ba623301e0ad63c48cb2fc469d10145f65c9f1f28fe761c78c386ed295a1fda"
	  "1b05e280354e620757d8a83e05a45f66438dd734278668c1c27ac6f27150" },
};

#define N_KNOWN (sizeof(known) / sizeof(known[0]))

static void assert_digest(const struct digest *d, unsigned alg, const char *hex)
{
	char text[2 * DIGEST_MAX + 1];

	assert_int_equal(d->alg, alg);
	assert_int_equal(d->size, hash_alg_size(alg));
	hex_encode(text, d->bytes, d->size);
	assert_string_equal(text, hex);
}

static void known_answers_in_one_piece(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_KNOWN; i++) {
		struct digest d;

		assert_true(digest_available(known[i].alg));
		assert_int_equal(digest_of(known[i].alg, "hello\n", 6, &d), 0);
		assert_digest(&d, known[i].alg, known[i].hex);
	}
}

static void known_answers_byte_by_byte_and_again_after_restart(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_KNOWN; i++) {
		struct digest_ctx *c = NULL;
		struct digest d;

		assert_int_equal(digest_new(known[i].alg, &c), 0);
		for (int again = 0; again < 2; again++) {
			for (const char *p = "hello\n"; *p; p++)
				assert_int_equal(digest_update(c, p, 1), 0);
			assert_int_equal(digest_final(c, &d), 0);
			assert_digest(&d, known[i].alg, known[i].hex);
			assert_int_equal(digest_restart(c), 0);
		}
		digest_free(c);
	}
}

static void a_finished_context_refuses_more(void **state)
{
	struct digest_ctx *c = NULL;
	struct digest d, untouched;

	(void)state;
	assert_int_equal(digest_new(HASH_ALG_SHA256, &c), 0);
	assert_int_equal(digest_final(c, &d), 0);
	assert_int_equal(digest_update(c, "x", 1), -EIO);
	memset(&d, 0x5a, sizeof(d));
	untouched = d;
	assert_int_equal(digest_final(c, &d), -EIO);
	assert_memory_equal(&d, &untouched, sizeof(d));
	assert_int_equal(digest_restart(c), 0);
	assert_int_equal(digest_update(c, "hello\n", 6), 0);
	assert_int_equal(digest_final(c, &d), 0);
	assert_digest(&d, HASH_ALG_SHA256, known[4].hex);
	digest_free(c);
	digest_free(NULL);
}

static void what_openssl_lacks_is_enopkg(void **state)
{
	static const unsigned never[] = {
		HASH_ALG_RMD128, HASH_ALG_RMD256,
		HASH_ALG_RMD320, HASH_ALG_WP256,
		HASH_ALG_WP384,	 HASH_ALG_TGR128,
		HASH_ALG_TGR160, HASH_ALG_TGR192,
		HASH_ALG_COUNT,	 255,
		UINT32_MAX,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		struct digest_ctx *c = NULL;
		struct digest d;

		assert_false(digest_available(never[i]));
		assert_int_equal(digest_new(never[i], &c), -ENOPKG);
		assert_null(c);
		assert_int_equal(digest_of(never[i], "", 0, &d), -ENOPKG);
	}
}

static void equal_means_algorithm_size_and_every_byte(void **state)
{
	struct digest a = { 0 }, b = { 0 };

	(void)state;
	assert_false(digest_equal(&a, &b)); /* no digest equals nothing */
	assert_int_equal(digest_of(HASH_ALG_SHA256, "hello\n", 6, &a), 0);
	for (unsigned i = 0; i < a.size * 8U; i++) {
		b = a;
		assert_true(digest_equal(&a, &b));
		b.bytes[i / 8] ^= (uint8_t)(1U << i % 8);
		assert_false(digest_equal(&a, &b));
	}
	b = a;
	b.alg = HASH_ALG_SHA3_256;
	assert_false(digest_equal(&a, &b));
	b = a;
	b.size--;
	assert_false(digest_equal(&a, &b));
	a.size = b.size = DIGEST_MAX + 1;
	assert_false(digest_equal(&a, &b));
}

static void *many(void *arg)
{
	uintptr_t bad = 0;

	(void)arg;
	for (unsigned i = 0; i < 2000; i++) {
		const unsigned k = i % N_KNOWN;
		char text[2 * DIGEST_MAX + 1];
		struct digest d;

		if (digest_of(known[k].alg, "hello\n", 6, &d) != 0) {
			bad++;
			continue;
		}
		hex_encode(text, d.bytes, d.size);
		bad += strcmp(text, known[k].hex) != 0;
	}
	return (void *)bad;
}

static void threads_do_not_disturb_each_other(void **state)
{
	pthread_t t[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, many, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		void *bad = NULL;

		assert_int_equal(pthread_join(t[i], &bad), 0);
		assert_null(bad);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers_in_one_piece),
		cmocka_unit_test(
			known_answers_byte_by_byte_and_again_after_restart),
		cmocka_unit_test(a_finished_context_refuses_more),
		cmocka_unit_test(what_openssl_lacks_is_enopkg),
		cmocka_unit_test(equal_means_algorithm_size_and_every_byte),
		cmocka_unit_test(threads_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
