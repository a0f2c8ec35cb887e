// SPDX-License-Identifier: Apache-2.0
/* crypto/keyring.c, key.c, key_parse.c, key_file.c, sig.c. The keys and
 * signatures were made by openssl, see test/data/README.md. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hex.h"
#include "base/io.h"
#include "crypto/key.h"
#include "keyring.h"

#define P256_ID	   0x5f82b132 /* of p256_pem */
#define N_ROWS(a)  (sizeof(a) / sizeof((a)[0]))
#define HELLO	   "hello\n", 6
#define FIRST_LINE "-----BEGIN PUBLIC KEY-----\n"
#define LAST_LINE  "-----END PUBLIC KEY-----\n"

/* of test/data/vectors */
static const char p256_pem[] = FIRST_LINE
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/Khhkm9GrcI3XbxOv0+zhrmFz7mC\n"
	"zrrFqHas1NBmfCaSky90gheMWJP9elB5ApFS+3HoDBN1Y3UvaaZDQilO3A=="
	"\n" LAST_LINE;

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

static struct keyring *ring_of(const char *name)
{
	struct keyring *k = NULL;
	struct diag d = { 0 };

	assert_int_equal(keyring_new(&k), 0);
	if (keyring_load(k, data_file(name), &d) < 0)
		fail_msg("%s", d.msg);
	return k;
}

static char *describe(const struct keyring *k, size_t i)
{
	struct buf b = BUF_INIT;

	assert_int_equal(keyring_describe(k, i, &b), 0);
	return buf_steal_str(&b);
}

/* The key id at the end of the description of the only key of a file. */
static uint32_t id_of(const char *name)
{
	struct keyring *k = ring_of(name);
	uint32_t id;
	char *text;

	assert_int_equal(keyring_count(k), 1);
	text = describe(k, 0);
	assert_non_null(strstr(text, " keyid "));
	id = (uint32_t)strtoul(strstr(text, " keyid ") + 7, NULL, 16);
	free(text);
	keyring_free(k);
	return id;
}

static void every_form_of_a_key_is_the_same_key(void **state)
{
	static const char *const form[] = {
		"rsa2048.crt",	     "rsa2048.der",	"rsa2048-trusted.pem",
		"rsa2048-pub.der",   "rsa2048-pub.pem", "rsa2048-pkcs1.pem",
		"rsa2048-pkcs1.der",
	};
	uint32_t id = id_of(form[0]);

	(void)state;
	for (size_t i = 1; i < N_ROWS(form); i++)
		assert_int_equal(id_of(form[i]), id);
	assert_int_equal(id_of("p256.crt"), id_of("p256-pub.pem"));
	assert_int_not_equal(id_of("p256.crt"), id);
}

static void the_id_of_a_known_key_is_the_known_one(void **state)
{
	struct key_list l = KEY_LIST_INIT;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(keys_parse(p256_pem, strlen(p256_pem), &l, &d), 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(key_skid_id(l.key[0]), P256_ID);
	key_list_release(&l);
}

static void the_skid_of_a_certificate_is_its_name(void **state)
{
	struct keyring *k = ring_of("own-skid.crt");

	(void)state;
	assert_int_equal(id_of("own-skid.crt"), 0xaabbccdd);
	assert_int_equal(keyring_find(k, 0xaabbccdd), 1);
	/* the kernel would not find it by the hash of the key either */
	assert_int_equal(keyring_find(k, id_of("p256-pub.pem")), 0);
	keyring_free(k);
	assert_int_equal(id_of("no-skid.crt"), id_of("p256-pub.pem"));
	assert_int_equal(id_of("expired.crt"), id_of("p256-pub.pem"));
}

static void the_end_of_the_issuer_is_its_other_name(void **state)
{
	/* "CN=short-skid" is what the issuer's DER ends in */
	struct keyring *k = ring_of("short-skid.crt");

	(void)state;
	assert_int_equal(keyring_find(k, 0x736b6964), 1); /* "skid" */
	assert_int_equal(keyring_find(k, 0x00aabbcc), 0);
	assert_int_equal(keyring_find(k, 0), 0);
	keyring_free(k);
}

static void a_bundle_gives_all_its_keys(void **state)
{
	struct keyring *k = ring_of("bundle.pem");
	char *text;

	(void)state;
	assert_int_equal(keyring_count(k), 3);
	text = describe(k, 0);
	assert_non_null(strstr(text, "CN=rsa2048,O=imafs test: "));
	assert_non_null(strstr(text, " RSA 2048 keyid "));
	free(text);
	text = describe(k, 2);
	assert_ptr_equal(strstr(text, "public key: "), text);
	assert_non_null(strstr(text, " ECDSA 521 keyid "));
	free(text);
	keyring_free(k);
}

static void what_cannot_verify_is_refused_with_its_name(void **state)
{
	static const struct {
		const char *file;
		int want;
		const char *says;
	} row[] = {
		{ "no-dsa.pem", -ENOPKG, "dsaEncryption" },
		{ "no-ed25519.pem", -ENOPKG, "ED25519" },
		{ "no-rsapss.pem", -ENOPKG, "rsassaPss" },
		{ "no-rsa2000.pem", -ENOPKG, "2000 bits" },
		{ "no-secp224r1.pem", -ENOPKG, "secp224r1" },
		{ "no-secp256k1.pem", -ENOPKG, "secp256k1" },
		{ "no-brainpoolP256r1.pem", -ENOPKG, "brainpoolP256r1" },
		{ "no-explicit.pem", -ENOPKG, "named curve" },
		{ "p256.key", -EBADMSG, "private key" },
		{ "encrypted-pkcs8.key", -EBADMSG, "private key" },
		{ "encrypted-traditional.key", -EBADMSG, "private key" },
		{ "make.sh", -EBADMSG, "neither" },
		{ "missing", -ENOENT, "No such file" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct keyring *k = ring_of("p256-pub.pem");
		struct diag d = { 0 };

		if (keyring_load(k, data_file(row[i].file), &d) != row[i].want)
			fail_msg("%s", row[i].file);
		if (!strstr(d.msg, row[i].file) || !strstr(d.msg, row[i].says))
			fail_msg("'%s' lacks '%s'", d.msg, row[i].says);
		assert_int_equal(keyring_count(k), 1);
		keyring_free(k);
	}
}

static void refuse_bytes(const void *data, size_t len, const char *why)
{
	struct key_list l = KEY_LIST_INIT;
	struct diag d = { 0 };
	int r = keys_parse(data, len, &l, &d);

	if (r != -EBADMSG || l.n || !d.msg[0])
		fail_msg("%s: %d, %zu keys, '%s'", why, r, l.n, d.msg);
	key_list_release(&l);
}

static void malformed_text_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{ "", "empty" },
		{ "\x30", "one byte" },
		{ "hello", "words" },
		{ "-----BEGIN ", "cut in the first line" },
		{ FIRST_LINE, "nothing after the first line" },
		{ FIRST_LINE LAST_LINE, "nothing in it" },
		{ FIRST_LINE "AAAA\n" LAST_LINE, "no DER" },
		{ FIRST_LINE "!!!!\n" LAST_LINE, "no base64" },
		{ "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n",
		  "a revocation list" },
		{ "-----BEGIN CERTIFICATE-----\nMAA=\n"
		  "-----END CERTIFICATE-----\n",
		  "an empty certificate" },
		{ "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
		  "-----END EC PARAMETERS-----\n",
		  "parameters alone" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++)
		refuse_bytes(row[i].text, strlen(row[i].text), row[i].why);
}

static void a_good_block_does_not_excuse_a_bad_one(void **state)
{
	static const char *const tail[] = {
		"-----BEGIN PUBLIC KEY---",
		FIRST_LINE "MFkw\n",
		FIRST_LINE "MFkw\n" LAST_LINE,
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < N_ROWS(tail); i++) {
		(void)snprintf(text, sizeof(text), "%s%s", p256_pem, tail[i]);
		refuse_bytes(text, strlen(text), tail[i]);
	}
}

static void no_truncation_and_no_surplus_of_der_is_a_key(void **state)
{
	static const char *const file[] = { "rsa2048.der", "rsa2048-pub.der",
					    "rsa2048-pkcs1.der" };

	(void)state;
	for (size_t i = 0; i < N_ROWS(file); i++) {
		struct buf b = BUF_INIT;

		assert_int_equal(
			io_read_file(AT_FDCWD, data_file(file[i]), 1 << 20, &b),
			0);
		for (size_t len = 0; len < b.len; len++) {
			/* exactly as long as it says, for ASan */
			void *copy = malloc(len ? len : 1);

			assert_non_null(copy);
			memcpy(copy, b.data, len);
			refuse_bytes(copy, len, file[i]);
			free(copy);
		}
		assert_int_equal(buf_append_u8(&b, 0), 0);
		refuse_bytes(b.data, b.len, "one byte more");
		buf_release(&b);
	}
}

static void an_ec_point_off_its_curve_is_refused(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(buf_append(&b,
				    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce"
				    "\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d"
				    "\x03\x01\x07\x03\x42\x00\x04",
				    27),
			 0);
	for (int i = 0; i < 64; i++)
		assert_int_equal(buf_append_u8(&b, 1), 0);
	refuse_bytes(b.data, b.len, "point off the curve");
	buf_release(&b);
}

static void an_rsa_key_that_signs_for_everybody_is_refused(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	/* PKCS#1: SEQUENCE { INTEGER n (512 bits), INTEGER e = 1 } */
	assert_int_equal(buf_append(&b, "\x30\x46\x02\x41\x00", 5), 0);
	for (int i = 0; i < 64; i++)
		assert_int_equal(buf_append_u8(&b, 0xff), 0);
	assert_int_equal(buf_append(&b, "\x02\x01\x01", 3), 0);
	refuse_bytes(b.data, b.len, "e = 1");
	b.data[b.len - 1] = 3;
	{
		struct key_list l = KEY_LIST_INIT;

		assert_int_equal(keys_parse(b.data, b.len, &l, NULL), 0);
		key_list_release(&l);
	}
	b.data[b.len - 1] = 4;
	refuse_bytes(b.data, b.len, "e even");
	b.data[b.len - 1] = 3;
	b.data[b.len - 4] = 0xfe;
	refuse_bytes(b.data, b.len, "n even");
	buf_release(&b);
}

struct dir {
	char path[64];
};

static struct dir dir_new(void)
{
	struct dir d;

	(void)snprintf(d.path, sizeof(d.path), "/tmp/imafs-keyring-XXXXXX");
	assert_non_null(mkdtemp(d.path));
	return d;
}

static void dir_link(const struct dir *d, const char *target, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", d->path, name);
	assert_int_equal(symlink(target, path), 0);
}

static void dir_unlink(const struct dir *d, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", d->path, name);
	assert_int_equal(remove(path), 0);
}

static void a_directory_gives_its_key_files_in_byte_order(void **state)
{
	static const struct {
		const char *target, *name;
	} entry[] = {
		{ "rsa2048.der", "b.der" },    { "p256.crt", "a.crt" },
		{ "p384-pub.pem", "c.pem" },   { "p521-pub.pem", "B.cer" },
		{ "p192-pub.pem", "d.x509" },  { "make.sh", "README" },
		{ "make.sh", "key.pem.orig" }, { "make.sh", ".hidden.pem" },
		{ "make.sh", "pem" },
	};
	static const char *const want[] = { "ECDSA 521", "CN=p256", "RSA 2048",
					    "ECDSA 384", "ECDSA 192" };
	struct dir dir = dir_new();
	struct keyring *k = NULL;
	struct diag d = { 0 };
	char sub[128];

	(void)state;
	for (size_t i = 0; i < N_ROWS(entry); i++)
		dir_link(&dir, data_file(entry[i].target), entry[i].name);
	(void)snprintf(sub, sizeof(sub), "%s/sub.pem", dir.path);
	assert_int_equal(mkdir(sub, 0700), 0);

	assert_int_equal(keyring_new(&k), 0);
	if (keyring_load(k, dir.path, &d) != 0)
		fail_msg("%s", d.msg);
	assert_int_equal(keyring_count(k), N_ROWS(want));
	for (size_t i = 0; i < N_ROWS(want); i++) {
		char *text = describe(k, i);

		assert_non_null(strstr(text, want[i]));
		free(text);
	}
	for (size_t i = 0; i < N_ROWS(entry); i++)
		dir_unlink(&dir, entry[i].name);
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(rmdir(dir.path), 0);
	keyring_free(k);
}

static void a_directory_is_loaded_whole_or_not_at_all(void **state)
{
	struct keyring *k = ring_of("p384-pub.pem");
	struct dir dir = dir_new();
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(keyring_load(k, dir.path, &d), -ENOKEY);
	assert_non_null(strstr(d.msg, dir.path));
	dir_link(&dir, data_file("p256.crt"), "a.crt");
	dir_link(&dir, data_file("make.sh"), "b.crt");
	assert_int_equal(keyring_load(k, dir.path, &d), -EBADMSG);
	assert_non_null(strstr(d.msg, "/b.crt: "));
	dir_unlink(&dir, "b.crt");
	dir_link(&dir, "nowhere", "b.crt");
	assert_int_equal(keyring_load(k, dir.path, &d), -ENOENT);
	assert_non_null(strstr(d.msg, "/b.crt: "));
	assert_int_equal(keyring_count(k), 1);
	assert_int_equal(keyring_find(k, id_of("p256.crt")), 0);
	dir_unlink(&dir, "b.crt");
	assert_int_equal(keyring_load(k, dir.path, &d), 0);
	assert_int_equal(keyring_count(k), 2);
	assert_int_equal(keyring_find(k, id_of("p256.crt")), 1);
	dir_unlink(&dir, "a.crt");
	assert_int_equal(rmdir(dir.path), 0);
	keyring_free(k);
}

/* One line of test/data/keys/signatures. */
struct signature {
	char key[32];
	struct digest digest;
	uint8_t sig[512];
	size_t len;
};

/* Calls @each for every signature. Return: how many there were. */
static size_t each_signature(void (*each)(const struct signature *s))
{
	FILE *f = fopen(data_file("signatures"), "re");
	struct signature s;
	char hash[16], hex[1024];
	size_t n = 0;

	assert_non_null(f);
	while (fscanf(f, "%31s %15s %1023s", s.key, hash, hex) == 3) {
		int alg = hash_alg_find(hash, strlen(hash));

		assert_true(alg >= 0);
		assert_int_equal(digest_of((unsigned)alg, HELLO, &s.digest), 0);
		s.len = strlen(hex) / 2;
		assert_int_equal(hex_decode(hex, s.sig, s.len), 0);
		each(&s);
		n++;
	}
	(void)fclose(f);
	return n;
}

/* A ring with the key of a signature, and the key's id. */
static struct keyring *ring_for(const struct signature *s, uint32_t *ret_id)
{
	char file[64];

	(void)snprintf(file, sizeof(file), "%s-pub.pem", s->key);
	*ret_id = id_of(file);
	return ring_of(file);
}

static void check_one(const struct signature *s)
{
	enum sig_result want = SIG_GOOD;
	struct digest other = s->digest;
	struct keyring *k;
	uint32_t id;

	k = ring_for(s, &id);
	/* the kernel's ECDSA takes neither MD5 nor RIPEMD-160 */
	if (strcmp(s->key, "rsa2048") != 0 &&
	    (s->digest.alg == HASH_ALG_MD5 || s->digest.alg == HASH_ALG_RMD160))
		want = SIG_UNSUPPORTED;
	if (keyring_check(k, id, &s->digest, s->sig, s->len) != want)
		fail_msg("%s %s", s->key, hash_alg_name(s->digest.alg));
	assert_int_equal(keyring_check(k, id + 1, &s->digest, s->sig, s->len),
			 SIG_NO_KEY);
	other.bytes[0] ^= 1;
	assert_int_not_equal(keyring_check(k, id, &other, s->sig, s->len),
			     SIG_GOOD);
	keyring_free(k);
}

static void signatures_of_openssl_are_good(void **state)
{
	(void)state;
	assert_int_equal(each_signature(check_one), 50);
}

static void flip_one(const struct signature *s)
{
	struct signature bad = *s;
	struct keyring *k;
	size_t step = 1;
	uint32_t id;

	if (s->digest.alg != HASH_ALG_SHA256)
		return;
	k = ring_for(s, &id);
	/* a millisecond each */
	if (strcmp(s->key, "p384") == 0 || strcmp(s->key, "p521") == 0)
		step = 7;
	for (size_t bit = 0; bit < s->len * 8; bit += step) {
		bad.sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_int_equal(
			keyring_check(k, id, &s->digest, bad.sig, bad.len),
			SIG_BAD);
		bad.sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t len = 0; len < s->len; len++)
		assert_int_equal(keyring_check(k, id, &s->digest, s->sig, len),
				 SIG_BAD);
	bad.sig[bad.len++] = 0;
	assert_int_equal(keyring_check(k, id, &s->digest, bad.sig, bad.len),
			 SIG_BAD);
	keyring_free(k);
}

static void no_flipped_bit_and_no_other_length_is_good(void **state)
{
	(void)state;
	(void)each_signature(flip_one);
}

static void confuse_one(const struct signature *s)
{
	struct digest other;
	struct keyring *k;
	uint32_t id;

	if (s->digest.alg != HASH_ALG_SHA256 || strcmp(s->key, "rsa2048") != 0)
		return;
	k = ring_for(s, &id);
	/* same bytes, but DigestInfo names another algorithm */
	other = s->digest;
	other.alg = HASH_ALG_SHA3_256;
	assert_int_equal(keyring_check(k, id, &other, s->sig, s->len), SIG_BAD);
	other.alg = HASH_ALG_SM3;
	assert_int_equal(keyring_check(k, id, &other, s->sig, s->len),
			 SIG_UNSUPPORTED);
	other.alg = 255;
	assert_int_equal(keyring_check(k, id, &other, s->sig, s->len),
			 SIG_UNSUPPORTED);
	other = s->digest;
	other.size = 20;
	assert_int_equal(keyring_check(k, id, &other, s->sig, s->len),
			 SIG_UNSUPPORTED);
	other.size = 0;
	assert_int_equal(keyring_check(k, id, &other, s->sig, s->len),
			 SIG_UNSUPPORTED);
	keyring_free(k);
}

static void the_algorithm_is_part_of_an_rsa_signature(void **state)
{
	(void)state;
	(void)each_signature(confuse_one);
}

/* With a ring of two keys that are called aabbccdd. */
static void check_among_two(const struct signature *s)
{
	static const char *const order[2][2] = {
		{ "own-skid.crt", "same-id.crt" },
		{ "same-id.crt", "own-skid.crt" },
	};

	for (int i = 0; i < 2; i++) {
		bool ours = strcmp(s->key, "p256") == 0 ||
			    strcmp(s->key, "p384") == 0;
		struct keyring *k = ring_of(order[i][0]);

		assert_int_equal(keyring_load(k, data_file(order[i][1]), NULL),
				 0);
		assert_int_equal(keyring_find(k, 0xaabbccdd), 2);
		if (s->digest.alg == HASH_ALG_SHA256)
			assert_int_equal(keyring_check(k, 0xaabbccdd,
						       &s->digest, s->sig,
						       s->len),
					 ours ? SIG_GOOD : SIG_BAD);
		keyring_free(k);
	}
}

static void every_key_of_an_id_is_tried(void **state)
{
	(void)state;
	(void)each_signature(check_among_two);
}

static void an_empty_ring_has_no_key(void **state)
{
	struct keyring *k = NULL;
	struct digest d = { .alg = HASH_ALG_SHA256, .size = 32 };
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(keyring_new(&k), 0);
	assert_int_equal(keyring_count(k), 0);
	assert_int_equal(keyring_check(k, 0, &d, d.bytes, 32), SIG_NO_KEY);
	assert_int_equal(keyring_describe(k, 0, &b), -ERANGE);
	keyring_free(k);
	keyring_free(NULL);
}

static struct keyring *shared;
static struct signature rsa_sig;
static uint32_t rsa_id;

static void pick_rsa(const struct signature *s)
{
	if (strcmp(s->key, "rsa2048") == 0 && s->digest.alg == HASH_ALG_SHA256)
		rsa_sig = *s;
}

static void *check_many(void *arg)
{
	uintptr_t bad = 0;

	(void)arg;
	for (int i = 0; i < 500; i++)
		bad += keyring_check(shared, rsa_id, &rsa_sig.digest,
				     rsa_sig.sig, rsa_sig.len) != SIG_GOOD;
	return (void *)bad;
}

static void a_ring_is_shared_between_threads(void **state)
{
	pthread_t t[4];

	(void)state;
	(void)each_signature(pick_rsa);
	shared = ring_for(&rsa_sig, &rsa_id);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, check_many, NULL),
				 0);
	for (size_t i = 0; i < 4; i++) {
		void *bad = NULL;

		assert_int_equal(pthread_join(t[i], &bad), 0);
		assert_null(bad);
	}
	keyring_free(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_key_is_the_same_key),
		cmocka_unit_test(the_id_of_a_known_key_is_the_known_one),
		cmocka_unit_test(the_skid_of_a_certificate_is_its_name),
		cmocka_unit_test(the_end_of_the_issuer_is_its_other_name),
		cmocka_unit_test(a_bundle_gives_all_its_keys),
		cmocka_unit_test(what_cannot_verify_is_refused_with_its_name),
		cmocka_unit_test(malformed_text_is_refused),
		cmocka_unit_test(a_good_block_does_not_excuse_a_bad_one),
		cmocka_unit_test(no_truncation_and_no_surplus_of_der_is_a_key),
		cmocka_unit_test(an_ec_point_off_its_curve_is_refused),
		cmocka_unit_test(
			an_rsa_key_that_signs_for_everybody_is_refused),
		cmocka_unit_test(a_directory_gives_its_key_files_in_byte_order),
		cmocka_unit_test(a_directory_is_loaded_whole_or_not_at_all),
		cmocka_unit_test(signatures_of_openssl_are_good),
		cmocka_unit_test(no_flipped_bit_and_no_other_length_is_good),
		cmocka_unit_test(the_algorithm_is_part_of_an_rsa_signature),
		cmocka_unit_test(every_key_of_an_id_is_tried),
		cmocka_unit_test(an_empty_ring_has_no_key),
		cmocka_unit_test(a_ring_is_shared_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
