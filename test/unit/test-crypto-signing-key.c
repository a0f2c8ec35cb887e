// SPDX-License-Identifier: Apache-2.0
/* crypto/signing_key.c. What is signed here must verify in the keyring; that
 * others accept it, test/interop/evmctl.sh shows. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keyring.h"
#include "xattr.h"

#define N_ROWS(a) (sizeof(a) / sizeof((a)[0]))

static const char *data_file(const char *name)
{
	static char path[4][4096];
	static unsigned turn;
	const char *dir = getenv("TEST_DATA");
	char *to = path[turn++ % 4];

	assert_non_null(dir);
	(void)snprintf(to, sizeof(path[0]), "%s/keys/%s", dir, name);
	return to;
}

static struct signing_key *load(const char *key, const char *password,
				const char *cert)
{
	struct signing_key *k = NULL;
	struct diag d = { 0 };

	if (signing_key_load(data_file(key), password,
			     cert ? data_file(cert) : NULL, &k, &d) < 0)
		fail_msg("%s", d.msg);
	return k;
}

/* Signs "hello\n" and checks header and signature with @public. */
static void round_trip(const struct signing_key *k, const char *public,
		       unsigned alg)
{
	struct keyring *ring = NULL;
	struct buf b = BUF_INIT;
	struct sig_header h;
	struct digest d;

	assert_int_equal(keyring_new(&ring), 0);
	assert_int_equal(keyring_load(ring, data_file(public), NULL), 0);
	assert_int_equal(digest_of(alg, "hello\n", 6, &d), 0);
	assert_int_equal(buf_append_str(&b, "abc"), 0);
	assert_int_equal(signing_key_sign(k, &d, &b), 0);
	assert_memory_equal(b.data, "abc", 3);
	assert_int_equal(sig_header_parse(b.data + 3, b.len - 3, &h), 0);
	assert_int_equal(h.type, EVM_IMA_XATTR_DIGSIG);
	assert_int_equal(h.version, 2);
	assert_int_equal(h.alg, alg);
	assert_int_equal(h.keyid, signing_key_id(k));
	if (keyring_check(ring, h.keyid, &d, h.sig, h.sig_len) != SIG_GOOD)
		fail_msg("%s %s", public, hash_alg_name(alg));
	buf_release(&b);
	keyring_free(ring);
}

static void what_is_signed_verifies(void **state)
{
	static const struct {
		const char *key, *password, *cert, *public;
	} row[] = {
		{ "rsa2048.key", NULL, NULL, "rsa2048-pub.pem" },
		{ "rsa2048.key", NULL, "rsa2048.crt", "rsa2048.der" },
		{ "encrypted-traditional.key", "secret", NULL, "rsa2048.crt" },
		{ "p256.key", NULL, NULL, "p256.crt" },
		{ "p256.key", "not needed", "no-skid.crt", "p256-pub.pem" },
		{ "p256.key", NULL, "own-skid.crt", "own-skid.crt" },
		{ "encrypted-pkcs8.key", "secret", NULL, "p256.crt" },
		{ "p192.key", NULL, NULL, "p192-pub.pem" },
		{ "p384.key", NULL, NULL, "p384-pub.pem" },
		{ "p521.key", NULL, NULL, "p521-pub.pem" },
	};
	static const unsigned alg[] = { HASH_ALG_SHA1,	  HASH_ALG_SHA224,
					HASH_ALG_SHA256,  HASH_ALG_SHA384,
					HASH_ALG_SHA512,  HASH_ALG_SHA3_256,
					HASH_ALG_SHA3_512 };

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct signing_key *k =
			load(row[i].key, row[i].password, row[i].cert);

		for (size_t j = 0; j < N_ROWS(alg); j++)
			round_trip(k, row[i].public, alg[j]);
		signing_key_free(k);
	}
	signing_key_free(NULL);
}

static void the_certificate_names_the_key(void **state)
{
	struct signing_key *k = load("p256.key", NULL, "own-skid.crt");

	(void)state;
	assert_int_equal(signing_key_id(k), 0xaabbccdd);
	signing_key_free(k);
}

static void unusable_keys_are_refused_with_their_name(void **state)
{
	static const struct {
		const char *key, *password, *cert;
		int want;
		const char *names, *says;
	} row[] = {
		{ "missing.key", NULL, NULL, -ENOENT, "missing.key",
		  "No such file" },
		{ "p256.crt", NULL, NULL, -EBADMSG, "p256.crt",
		  "not a private key" },
		{ "make.sh", NULL, NULL, -EBADMSG, "make.sh",
		  "not a private key" },
		{ "encrypted-pkcs8.key", NULL, NULL, -EKEYREJECTED,
		  "encrypted-pkcs8.key", "no password" },
		{ "encrypted-pkcs8.key", "Secret", NULL, -EKEYREJECTED,
		  "encrypted-pkcs8.key", "wrong password" },
		{ "encrypted-traditional.key", NULL, NULL, -EKEYREJECTED,
		  "encrypted-traditional.key", "no password" },
		{ "encrypted-traditional.key", "", NULL, -EKEYREJECTED,
		  "encrypted-traditional.key", "wrong password" },
		{ "p256.key", NULL, "rsa2048.crt", -EINVAL, "rsa2048.crt",
		  "not the certificate" },
		{ "p256.key", NULL, "p384-pub.pem", -EINVAL, "p384-pub.pem",
		  "not the certificate" },
		{ "p256.key", NULL, "short-skid.crt", -EINVAL, "short-skid.crt",
		  "shorter" },
		{ "p256.key", NULL, "bundle.pem", -EBADMSG, "bundle.pem",
		  "more than one" },
		{ "p256.key", NULL, "missing.crt", -ENOENT, "missing.crt",
		  "No such file" },
		{ "p256.key", NULL, "p256.key", -EBADMSG, "p256.key",
		  "private key" },
		{ "no-secp256k1.key", NULL, NULL, -ENOPKG, "no-secp256k1.key",
		  "secp256k1" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		const char *cert = row[i].cert ? data_file(row[i].cert) : NULL;
		struct signing_key *k = NULL;
		struct diag d = { 0 };
		int r;

		r = signing_key_load(data_file(row[i].key), row[i].password,
				     cert, &k, &d);
		if (r != row[i].want || k || !strstr(d.msg, row[i].names) ||
		    !strstr(d.msg, row[i].says))
			fail_msg("%s %s: %d '%s'", row[i].key, cert ? cert : "",
				 r, d.msg);
	}
}

static void hashes_that_do_not_go_with_the_key_are_enopkg(void **state)
{
	static const struct {
		const char *key;
		unsigned alg;
	} row[] = {
		{ "p256.key", HASH_ALG_MD5 },
		{ "p256.key", HASH_ALG_RMD160 },
		{ "p256.key", HASH_ALG_SM3 },
		{ "rsa2048.key", HASH_ALG_SM3 },
		{ "rsa2048.key", HASH_ALG_TGR192 },
		{ "rsa512.key", HASH_ALG_SHA512 }, /* does not fit */
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct signing_key *k = load(row[i].key, NULL, NULL);
		struct digest d = { .alg = (uint8_t)row[i].alg };
		struct buf b = BUF_INIT;

		d.size = (uint8_t)hash_alg_size(d.alg);
		assert_int_equal(buf_append_str(&b, "abc"), 0);
		assert_int_equal(signing_key_sign(k, &d, &b), -ENOPKG);
		assert_int_equal(b.len, 3);
		buf_release(&b);
		signing_key_free(k);
	}
}

static struct signing_key *shared;

static void *sign_many(void *arg)
{
	uintptr_t bad = 0;

	(void)arg;
	for (int i = 0; i < 50; i++) {
		struct buf b = BUF_INIT;
		struct digest d;

		bad += digest_of(HASH_ALG_SHA256, "hello\n", 6, &d) != 0;
		bad += signing_key_sign(shared, &d, &b) != 0;
		buf_release(&b);
	}
	return (void *)bad;
}

static void a_key_is_shared_between_threads(void **state)
{
	pthread_t t[4];

	(void)state;
	shared = load("rsa2048.key", NULL, NULL);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, sign_many, NULL),
				 0);
	for (size_t i = 0; i < 4; i++) {
		void *bad = NULL;

		assert_int_equal(pthread_join(t[i], &bad), 0);
		assert_null(bad);
	}
	signing_key_free(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_signed_verifies),
		cmocka_unit_test(the_certificate_names_the_key),
		cmocka_unit_test(unusable_keys_are_refused_with_their_name),
		cmocka_unit_test(hashes_that_do_not_go_with_the_key_are_enopkg),
		cmocka_unit_test(a_key_is_shared_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
