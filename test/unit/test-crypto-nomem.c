// SPDX-License-Identifier: Apache-2.0
/* crypto/: what a signature is worth when memory runs out while it is checked.
 * Each allocation of OpenSSL is made to fail once, and all from there on. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "appraise.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "label-fixture.h"
#include "policy.h"
#include "xattr.h"

#define CONTENT "hello\n"

/* 0: none fails */
static unsigned long fail_at;
static unsigned long allocations;
static bool fail_on;

static bool fails(void)
{
	if (!fail_at)
		return false;
	allocations++;
	return allocations == fail_at || (fail_on && allocations > fail_at);
}

static void *scarce_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : malloc(size);
}

static void *scarce_realloc(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	if (size && fails())
		return NULL;
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

static void scarce_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* A signature by @private over the content. */
static void make_label(const char *private, struct buf *label)
{
	struct signing_key *key = NULL;
	struct digest d;

	assert_int_equal(
		signing_key_load(data_file(private), NULL, NULL, &key, NULL),
		0);
	assert_int_equal(
		digest_of(HASH_ALG_SHA256, CONTENT, strlen(CONTENT), &d), 0);
	assert_int_equal(signing_key_sign(key, &d, label), 0);
	signing_key_free(key);
}

/* With a keyring of its own: what a check leaves there makes the next easier.
 */
static struct appraisal check(const char *public, const struct buf *label,
			      unsigned options, unsigned long nth, bool go_on)
{
	struct keyring *keys = NULL;
	struct digest d;
	struct appraise_input in = { .xattr = label->data,
				     .xattr_len = label->len,
				     .digest = &d,
				     .options = options };
	struct appraisal a;

	assert_int_equal(keyring_new(&keys), 0);
	assert_int_equal(keyring_load(keys, data_file(public), NULL), 0);
	assert_int_equal(
		digest_of(HASH_ALG_SHA256, CONTENT, strlen(CONTENT), &d), 0);
	in.keys = keys;
	memset(&a, 0x5a, sizeof(a));
	allocations = 0;
	fail_on = go_on;
	fail_at = nth;
	appraise(&in, &a);
	fail_at = 0;
	/* nobody after us is to find our errors */
	assert_int_equal(ERR_peek_error(), 0);
	keyring_free(keys);
	return a;
}

/* A good signature passes as one, or not at all. */
static unsigned long exhaust(const char *public, const struct buf *label,
			     unsigned options, bool go_on)
{
	unsigned long denied = 0;

	for (unsigned long nth = 1;; nth++) {
		struct appraisal a = check(public, label, options, nth, go_on);

		assert_false(a.unsigned_);
		if (integrity_good(a.status)) {
			assert_true(a.digsig);
			if (allocations < nth)
				return denied;
			continue;
		}
		assert_false(a.digsig);
		if (a.status == INTEGRITY_UNKNOWN)
			denied++;
	}
}

static void without_memory_a_signature_is_refused(void **state)
{
	static const char *const keys[][2] = {
		{ "keys/rsa2048.key", "keys/rsa2048.crt" },
		{ "keys/p256.key", "keys/p256.crt" },
	};
	static const unsigned options[] = { 0, OPT_DIGSIG_REQUIRED,
					    OPT_SIG_OPTIONAL };

	(void)state;
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		CLEANUP(buf_release) struct buf label = BUF_INIT;

		make_label(keys[k][0], &label);
		for (size_t i = 0; i < 2 * sizeof(options) / sizeof(options[0]);
		     i++)
			assert_true(exhaust(keys[k][1], &label, options[i / 2],
					    i % 2) > 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_a_signature_is_refused),
	};

	/* before OpenSSL has allocated anything */
	if (CRYPTO_set_mem_functions(scarce_malloc, scarce_realloc,
				     scarce_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
