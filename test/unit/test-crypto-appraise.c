// SPDX-License-Identifier: Apache-2.0
/* crypto/appraise.c: the kernel's table (ima_appraise_measurement()), labels
 * that evmctl made, and what malformed ones come to. The content is "hello\n".
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "appraise.h"
#include "base/hex.h"
#include "label-fixture.h"
#include "policy.h"
#include "xattr.h"

#define N_ROWS(a) (sizeof(a) / sizeof((a)[0]))

#define MD5_HEX	  "b1946ac92492d2347c6235b4d2611184"
#define SHA1_HEX  "f572d396fae9206628714fb2ce00f72e94f2258f"
#define SHA256_HEX \
	"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define SHA512_HEX                                                         \
	"e7c22b994c59d9cf2b48e549b1e24666636045930d3da7c1acb299d1c3b7f931" \
	"f94aae41edda2c2b207a36e10f8bcb8d45223e54878f5b316e7ce3b6bc019629"

#define ECDSA_V2                                                            \
	"0302045f82b1320046304402204412b14cb688b40a8eee6ebfe11482f511d8614" \
	"7e76eab8dfaccaf04d9ada28902200bf054adcc4aa789c2f7bfb286386c69fa74" \
	"8334ce6f3210949612b70597a4d6"

#define HASH_SHA256 ("0404" SHA256_HEX)

#define RSA_V2                                                             \
	"0302042112c95a01002e01c8822b5c89c916499b2d1d6fd768d52219baef2e35" \
	"0bbb3f330da14920083430b4ef77b2b4f468b7b5914341cb99b7763607020b04" \
	"f93ab0b53ff3688fa2a59d6191d871263a63a6e3bdb102e74ecc216091888580" \
	"10db1660c03e62eabcc8ca2374f3b74bf8426ff260473f44303735465097e219" \
	"de7368066842616f1b3303bdac28008c35a6f3d1710c319723693a9473fb86c0" \
	"97049f86987fcae73f8fe9609bea2bcf863cf7c6bd2164da5f65c2b7f28b1d8f" \
	"2850ad9741728588f9669e766fb2e16812d16a2edc1edc79f5b8729189f1cd02" \
	"0416c7450bc86a01ad4fecb053083aea9463c0c88fe523a9bede57d17718fa58" \
	"5d3d4561c466082e34"

static int set_up(void **state)
{
	static const char *const file[] = { "vectors/p256.pem",
					    "vectors/rsa2048.pem",
					    "keys/p256.crt" };
	(void)state;
	return load_keys(file, N_ROWS(file));
}

static struct value value_of(const char *hex)
{
	struct value v = { .len = strlen(hex) / 2 };

	assert_true(v.len <= sizeof(v.bytes));
	assert_int_equal(hex_decode(hex, v.bytes, v.len), 0);
	return v;
}

static struct digest digest_by(unsigned alg)
{
	struct digest d;

	assert_int_equal(digest_of(alg, "hello\n", 6, &d), 0);
	return d;
}

/* Appraises "hello\n" with a label, as the gate does it. */
static struct appraisal appraise_value(const struct value *v, unsigned options)
{
	unsigned alg = ima_xattr_alg(v->bytes, v->len, HASH_ALG_SHA256);
	struct digest d;
	bool computed = digest_of(alg, "hello\n", 6, &d) == 0;
	struct appraise_input in = {
		.xattr = v->len ? v->bytes : NULL,
		.xattr_len = v->len,
		.xattr_err = v->len ? 0 : -ENODATA,
		.digest = computed ? &d : NULL,
		.options = options,
		.keys = ring,
	};
	struct appraisal a;

	memset(&a, 0x5a, sizeof(a));
	appraise(&in, &a);
	return a;
}

static void expect(const char *what, struct appraisal a,
		   enum integrity_status status, const char *cause)
{
	if (a.status != status || strcmp(a.cause, cause) != 0)
		fail_msg("%s: %s '%s' instead of %s '%s'", what,
			 integrity_status_name(a.status), a.cause,
			 integrity_status_name(status), cause);
	/* no status but a good one may claim anything */
	if (!integrity_good(a.status))
		assert_false(a.unsigned_);
}

#define SIG	OPT_DIGSIG_REQUIRED
#define OPTN	OPT_SIG_OPTIONAL
#define SIGV3	(OPT_SIGV3_REQUIRED | OPT_DIGSIG_REQUIRED)
#define VERITY	OPT_VERITY_REQUIRED

#define UNKNOWN INTEGRITY_UNKNOWN
#define FAIL	INTEGRITY_FAIL
#define NOLABEL INTEGRITY_NOLABEL
#define PASS	INTEGRITY_PASS

static void the_label_and_the_rule_decide(void **state)
{
	static const struct {
		const char *label;
		unsigned options;
		enum integrity_status status;
		const char *cause;
		bool digsig, unsigned_;
	} row[] = {
		/* no label */
		{ "", 0, NOLABEL, "missing-hash", 0, 0 },
		{ "", SIG, NOLABEL, "IMA-signature-required", 0, 0 },
		{ "", SIG | VERITY, NOLABEL, "verity-signature-required", 0,
		  0 },
		{ "", SIGV3, NOLABEL, "IMA-signature-required", 0, 0 },
		{ "", OPTN, PASS, "", 0, 1 },
		{ "", OPTN | SIG, NOLABEL, "IMA-signature-required", 0, 0 },
		/* 9.1 */
		{ "01" SHA1_HEX, 0, PASS, "", 0, 0 },
		{ "01" MD5_HEX, 0, PASS, "", 0, 0 },
		{ "01" MD5_HEX "00000000", 0, PASS, "", 0, 0 },
		{ "0404" SHA256_HEX, 0, PASS, "", 0, 0 },
		{ "0406" SHA512_HEX, 0, PASS, "", 0, 0 },
		{ "0404" SHA256_HEX "00", 0, PASS, "", 0, 0 },
		{ "0402" SHA1_HEX, 0, PASS, "", 0, 0 },
		/* the algorithm is unknown, so the default is used */
		{ "04ff" SHA256_HEX, 0, PASS, "", 0, 0 },
		{ "01" SHA256_HEX, 0, PASS, "", 0, 0 },
		{ "0404" SHA256_HEX, OPTN, PASS, "", 0, 1 },
		{ "0404" SHA256_HEX, SIG, FAIL, "IMA-signature-required", 0,
		  0 },
		{ "0404" SHA256_HEX, OPTN | SIG, FAIL, "IMA-signature-required",
		  0, 0 },
		{ "0404" SHA256_HEX, SIGV3, FAIL, "IMA-signature-required", 0,
		  0 },
		{ "0404" SHA256_HEX, OPT_SIGV3_REQUIRED, FAIL,
		  "IMA-signature-required", 0, 0 },
		{ "0404" SHA256_HEX, SIG | VERITY, FAIL,
		  "verity-signature-required", 0, 0 },
		{ "01" SHA1_HEX, SIG, FAIL, "IMA-signature-required", 0, 0 },
		/* wrong hashes */
		{ "0404" SHA512_HEX, 0, FAIL, "invalid-hash", 0, 0 },
		{ "0404" SHA512_HEX, OPTN, FAIL, "invalid-hash", 0, 0 },
		{ "0406" SHA256_HEX, 0, FAIL, "invalid-hash", 0, 0 },
		{ "0414" SHA256_HEX, 0, FAIL, "invalid-hash", 0, 0 },
		{ "01" MD5_HEX "00000001", 0, FAIL, "invalid-hash", 0, 0 },
		{ "0404", 0, FAIL, "invalid-hash", 0, 0 },
		{ "04", 0, FAIL, "invalid-hash", 0, 0 },
		{ "01", 0, FAIL, "invalid-hash", 0, 0 },
		{ "01", OPTN, FAIL, "invalid-hash", 0, 0 },
		/* 9.2, 9.3 */
		{ ECDSA_V2, 0, PASS, "", 1, 0 },
		{ ECDSA_V2, SIG, PASS, "", 1, 0 },
		{ ECDSA_V2, OPTN, PASS, "", 1, 0 },
		{ ECDSA_V2, OPTN | SIG, PASS, "", 1, 0 },
		{ ECDSA_V2, SIG | OPT_MODSIG_ALLOWED | OPT_CHECK_BLACKLIST,
		  PASS, "", 1, 0 },
		{ RSA_V2, SIG, PASS, "", 1, 0 },
		{ RSA_V2, OPTN, PASS, "", 1, 0 },
		{ ECDSA_V2, SIGV3, FAIL, "IMA-sigv3-required", 0, 0 },
		{ ECDSA_V2, OPT_SIGV3_REQUIRED, FAIL, "IMA-sigv3-required", 0,
		  0 },
		{ ECDSA_V2, SIG | VERITY, FAIL, "verity-signature-required", 0,
		  0 },
		/* signatures that are none */
		{ "03", SIG, FAIL, "invalid-signature", 0, 0 },
		{ "03", OPTN, FAIL, "invalid-signature", 0, 0 },
		{ "0300", SIG, UNKNOWN, "unknown", 0, 0 },
		{ "0300", OPTN, UNKNOWN, "unknown", 0, 0 },
		{ "0301", SIG, FAIL, "invalid-signature", 0, 0 },
		{ "0302", SIG, FAIL, "invalid-signature", 0, 0 },
		{ "0303", SIG, FAIL, "invalid-signature", 0, 0 },
		{ "0304", SIG, FAIL, "invalid-signature-version", 0, 0 },
		{ "03ff", OPTN, FAIL, "invalid-signature-version", 0, 0 },
		{ "0302045f82b13200010a", OPTN, FAIL, "invalid-signature", 0,
		  0 },
		{ "03020400000000000100", OPTN, FAIL, "invalid-signature", 0,
		  0 },
		{ "0302ff5f82b13200010a", 0, FAIL, "invalid-signature", 0, 0 },
		{ "0302115f82b13200010a", 0, FAIL, "invalid-signature", 0, 0 },
		/* tgr192: nobody here can compute that digest */
		{ "0302105f82b13200010a", OPTN, UNKNOWN, "unknown", 0, 0 },
		{ "0410" SHA256_HEX, OPTN, UNKNOWN, "unknown", 0, 0 },
		/* fs-verity labels over a plain digest */
		{ "06", 0, FAIL, "invalid-signature-version", 0, 0 },
		{ "0602", 0, FAIL, "invalid-signature-version", 0, 0 },
		{ "0603", 0, FAIL, "invalid-verity-signature", 0, 0 },
		{ "0603", OPTN, FAIL, "invalid-verity-signature", 0, 0 },
		{ "0603", SIG, FAIL, "IMA-signature-required", 0, 0 },
		{ "0603045f82b13200010a", SIG | VERITY, FAIL,
		  "invalid-verity-signature", 0, 0 },
		/* other types */
		{ "00", 0, UNKNOWN, "unknown-ima-data", 0, 0 },
		{ "02" SHA1_HEX, 0, UNKNOWN, "unknown-ima-data", 0, 0 },
		{ "02" SHA1_HEX, OPTN, UNKNOWN, "unknown-ima-data", 0, 0 },
		{ "05020400000000000100", SIG, UNKNOWN, "unknown-ima-data", 0,
		  0 },
		{ "07", OPTN, UNKNOWN, "unknown-ima-data", 0, 0 },
		{ "ff", 0, UNKNOWN, "unknown-ima-data", 0, 0 },
		/* a verity rule, and no verity digest */
		{ "0404" SHA256_HEX, VERITY, FAIL, "no-verity-digest", 0, 0 },
		{ ECDSA_V2, VERITY, FAIL, "no-verity-digest", 0, 0 },
		{ "", OPTN | VERITY, FAIL, "no-verity-digest", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct value v = value_of(row[i].label);
		struct appraisal a = appraise_value(&v, row[i].options);
		char what[128];

		(void)snprintf(what, sizeof(what), "row %zu, %.60s", i,
			       row[i].label);
		expect(what, a, row[i].status, row[i].cause);
		if (a.digsig != row[i].digsig ||
		    a.unsigned_ != row[i].unsigned_)
			fail_msg("%s: digsig %d unsigned %d", what, a.digsig,
				 a.unsigned_);
	}
}

static void a_label_that_cannot_be_read_is_not_a_missing_one(void **state)
{
	static const int err[] = { -EIO, -EOPNOTSUPP, -EACCES, -ENOMEM,
				   -ERANGE };
	static const unsigned option[] = { 0, SIG, OPTN };
	struct digest d = digest_by(HASH_ALG_SHA256);

	(void)state;
	for (size_t i = 0; i < N_ROWS(err); i++) {
		for (size_t j = 0; j < N_ROWS(option); j++) {
			struct appraise_input in = { .xattr_err = err[i],
						     .digest = &d,
						     .options = option[j],
						     .created = true,
						     .empty = true,
						     .keys = ring };
			struct appraisal a;

			appraise(&in, &a);
			expect("unreadable", a, UNKNOWN, "unknown");
		}
	}
}

static void an_empty_value_is_a_missing_label(void **state)
{
	struct digest d = digest_by(HASH_ALG_SHA256);
	struct appraise_input in = { .xattr = d.bytes, /* not NULL */
				     .digest = &d,
				     .keys = ring };
	struct appraisal a;

	(void)state;
	appraise(&in, &a);
	expect("empty value", a, NOLABEL, "missing-hash");
}

static void new_files_may_lack_what_is_still_to_come(void **state)
{
	static const struct {
		const char *label;
		unsigned options;
		bool empty;
		enum integrity_status status;
		const char *cause;
		const char *why;
	} row[] = {
		{ "", 0, false, PASS, "", "data, hash comes at last close" },
		{ "", 0, true, PASS, "", "no data yet" },
		{ "", SIG, true, PASS, "", "no data yet" },
		{ "", SIG, false, NOLABEL, "IMA-signature-required", "data" },
		{ "", OPTN, false, PASS, "", "unsigned" },
		{ ECDSA_V2, SIG, true, PASS, "", "signature first" },
		{ "0302045f82b13200010a", SIG, true, PASS, "",
		  "signature first, not verified" },
		{ "0302045f82b13200010a", SIG, false, FAIL, "invalid-signature",
		  "data" },
		{ "0404" SHA512_HEX, 0, true, FAIL, "invalid-hash",
		  "a hash is no signature" },
		{ "0603045f82b13200010a", 0, true, FAIL,
		  "invalid-verity-signature", "type 3 only" },
		{ "", SIG | VERITY, true, FAIL, "no-verity-digest",
		  "the kernel has nothing to compare either" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct value v = value_of(row[i].label);
		struct digest d = digest_by(HASH_ALG_SHA256);
		struct appraise_input in = { .xattr = v.len ? v.bytes : NULL,
					     .xattr_len = v.len,
					     .digest = &d,
					     .options = row[i].options,
					     .created = true,
					     .empty = row[i].empty,
					     .keys = ring };
		struct appraisal a;

		appraise(&in, &a);
		expect(row[i].why, a, row[i].status, row[i].cause);
	}
}

static void an_unverified_signature_on_a_new_file_gives_nothing(void **state)
{
	struct value v = value_of("0302045f82b13200010a");
	struct digest d = digest_by(HASH_ALG_SHA256);
	struct appraise_input in = { .xattr = v.bytes,
				     .xattr_len = v.len,
				     .digest = &d,
				     .options = OPTN,
				     .created = true,
				     .empty = true,
				     .keys = ring };
	struct appraisal a;

	(void)state;
	appraise(&in, &a);
	expect("new", a, PASS, "");
	assert_false(a.digsig);
	assert_true(a.unsigned_);
}

static void a_new_file_may_have_its_evm_signature_before_its_data(void **state)
{
	static const struct {
		enum integrity_status evm, status;
		bool created, empty;
	} row[] = {
		{ INTEGRITY_PASS_IMMUTABLE, PASS, true, true },
		{ INTEGRITY_FAIL_IMMUTABLE, PASS, true, true },
		{ INTEGRITY_PASS, FAIL, true, true },
		{ INTEGRITY_FAIL, FAIL, true, true },
		{ INTEGRITY_NOLABEL, NOLABEL, true, true },
		{ INTEGRITY_PASS_IMMUTABLE, FAIL, true, false },
		{ INTEGRITY_PASS_IMMUTABLE, FAIL, false, true },
		{ INTEGRITY_FAIL_IMMUTABLE, INTEGRITY_FAIL_IMMUTABLE, true,
		  false },
		{ INTEGRITY_FAIL_IMMUTABLE, INTEGRITY_FAIL_IMMUTABLE, false,
		  true },
	};
	struct value v = value_of("0406" SHA512_HEX);
	struct digest d;

	(void)state;
	assert_int_equal(digest_of(HASH_ALG_SHA512, "", 0, &d), 0);
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct appraise_input in = { .xattr = v.bytes,
					     .xattr_len = v.len,
					     .digest = &d,
					     .evm = row[i].evm,
					     .created = row[i].created,
					     .empty = row[i].empty,
					     .keys = ring };
		struct appraisal a;

		appraise(&in, &a);
		if (a.status != row[i].status)
			fail_msg("row %zu: %s", i,
				 integrity_status_name(a.status));
		assert_false(a.status == PASS && a.digsig);
	}
}

static void evm_speaks_before_the_label(void **state)
{
	static const struct {
		enum integrity_status evm;
		const char *label;
		unsigned options;
		enum integrity_status status;
		const char *cause;
		bool digsig;
	} row[] = {
		{ INTEGRITY_NOLABEL, "0404" SHA256_HEX, 0, NOLABEL,
		  "missing-HMAC", false },
		{ INTEGRITY_NOXATTRS, ECDSA_V2, OPTN, INTEGRITY_NOXATTRS,
		  "missing-HMAC", false },
		{ INTEGRITY_FAIL, ECDSA_V2, SIG, FAIL, "invalid-HMAC", false },
		{ INTEGRITY_FAIL_IMMUTABLE, ECDSA_V2, SIG,
		  INTEGRITY_FAIL_IMMUTABLE, "invalid-fail-immutable", true },
		{ INTEGRITY_PASS, "0404" SHA256_HEX, 0, PASS, "", false },
		{ INTEGRITY_PASS, "0404" SHA256_HEX, SIG, FAIL,
		  "IMA-signature-required", false },
		{ INTEGRITY_PASS, ECDSA_V2, SIG, PASS, "", true },
		{ INTEGRITY_PASS_IMMUTABLE, "0404" SHA256_HEX, SIG, PASS, "",
		  true },
		{ INTEGRITY_PASS_IMMUTABLE, "0404" SHA256_HEX, OPTN, PASS, "",
		  true },
		{ INTEGRITY_PASS_IMMUTABLE, "0404" SHA512_HEX, SIG, FAIL,
		  "invalid-hash", false },
		{ (enum integrity_status)99, "0404" SHA256_HEX, 0, FAIL,
		  "invalid-HMAC", false },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct value v = value_of(row[i].label);
		struct digest d = digest_by(HASH_ALG_SHA256);
		struct appraise_input in = { .xattr = v.bytes,
					     .xattr_len = v.len,
					     .digest = &d,
					     .options = row[i].options,
					     .evm = row[i].evm,
					     .keys = ring };
		struct appraisal a;
		char what[32];

		(void)snprintf(what, sizeof(what), "row %zu", i);
		appraise(&in, &a);
		expect(what, a, row[i].status, row[i].cause);
		assert_int_equal(a.digsig, row[i].digsig);
	}
}

/* A version 3 value of @type over @d, signed with keys/p256.key. */
static struct value sign_v3(uint8_t type, const struct digest *d)
{
	struct value v = { .len = 0 };
	uint8_t id[2 + DIGEST_MAX];
	struct buf b = BUF_INIT;
	struct digest file_id;

	id[0] = type;
	id[1] = d->alg;
	memcpy(id + 2, d->bytes, d->size);
	assert_int_equal(digest_of(d->alg, id, 2U + d->size, &file_id), 0);
	assert_int_equal(signing_key_sign(p256, &file_id, &b), 0);
	b.data[0] = type;
	b.data[1] = 3;
	assert_true(b.len <= sizeof(v.bytes));
	memcpy(v.bytes, b.data, b.len);
	v.len = b.len;
	buf_release(&b);
	return v;
}

static void version_3_signs_type_algorithm_and_digest(void **state)
{
	struct digest d = digest_by(HASH_ALG_SHA256);
	struct value v = sign_v3(3, &d);
	char hex[65];
	uint8_t id[34] = { 3, 4 };

	(void)state;
	expect("plain", appraise_value(&v, 0), PASS, "");
	expect("imasig", appraise_value(&v, SIG), PASS, "");
	expect("sigv3", appraise_value(&v, SIGV3), PASS, "");
	assert_true(appraise_value(&v, SIGV3).digsig);
	/* as version 2 it signs something else */
	v.bytes[1] = 2;
	expect("as v2", appraise_value(&v, SIG), FAIL, "invalid-signature");
	/* nor is a type 6 signature one of type 3, whatever the header says */
	v = sign_v3(6, &d);
	v.bytes[0] = 3;
	expect("as type 3", appraise_value(&v, SIG), FAIL, "invalid-signature");
	/* 9.10 */
	memcpy(id + 2, d.bytes, 32);
	assert_int_equal(digest_of(HASH_ALG_SHA256, id, sizeof(id), &d), 0);
	hex_encode(hex, d.bytes, d.size);
	assert_string_equal(hex, "221f1a2aabd12ac7b4e500b6afce85ceb9851f40"
				 "f7892c7c5c5b4b3c69ccd85e");
}

static void a_verity_signature_is_good_over_a_verity_digest_only(void **state)
{
	struct digest d = { .alg = HASH_ALG_SHA256, .size = 32 };
	struct appraise_input in = { .digest = &d, .keys = ring };
	struct appraisal a;
	struct value v;

	(void)state;
	assert_int_equal(hex_decode("9c76eecc7b76fcb46199cb27b90cf59a660e10575b"
				    "b0412128905129d5b1c2aa",
				    d.bytes, 32),
			 0);
	v = sign_v3(6, &d);
	in.xattr = v.bytes;
	in.xattr_len = v.len;
	in.verity = true;
	in.options = SIG | VERITY;
	appraise(&in, &a);
	expect("verity imasig", a, PASS, "");
	assert_true(a.digsig);
	in.options = SIGV3 | VERITY;
	appraise(&in, &a);
	expect("verity sigv3", a, PASS, "");
	in.options = SIG;
	appraise(&in, &a);
	expect("plain imasig", a, FAIL, "IMA-signature-required");
	/* the plain digest of a file that holds the fs-verity descriptor has
	 * the same value */
	in.verity = false;
	in.options = 0;
	appraise(&in, &a);
	expect("plain digest", a, FAIL, "invalid-verity-signature");
	in.options = SIG | VERITY;
	appraise(&in, &a);
	expect("plain digest, verity rule", a, FAIL,
	       "invalid-verity-signature");
	d.bytes[0] ^= 1;
	in.verity = true;
	appraise(&in, &a);
	expect("other digest", a, FAIL, "invalid-verity-signature");
}

static void without_a_digest_nothing_is_good(void **state)
{
	static const char *const label[] = { HASH_SHA256, ECDSA_V2, "0402" };
	struct digest none = { .alg = HASH_ALG_SHA256, .size = 0 };
	struct digest shorter = { .alg = HASH_ALG_SHA256, .size = 20 };
	struct digest odd = { .alg = 200, .size = 32 };
	const struct digest *const bad[] = { NULL, &none, &shorter, &odd };

	(void)state;
	for (size_t i = 0; i < N_ROWS(label); i++) {
		struct value v = value_of(label[i]);

		for (size_t j = 0; j < N_ROWS(bad); j++) {
			struct appraise_input in = { .xattr = v.bytes,
						     .xattr_len = v.len,
						     .digest = bad[j],
						     .keys = ring };
			struct appraisal a;

			appraise(&in, &a);
			expect(label[i], a, UNKNOWN, "unknown");
		}
	}
}

static void a_digest_by_another_algorithm_is_no_match(void **state)
{
	struct digest d = digest_by(HASH_ALG_SHA256);
	struct value v = value_of("0414" SHA256_HEX);
	struct appraise_input in = {
		.xattr = v.bytes, .xattr_len = v.len, .digest = &d, .keys = ring
	};
	struct appraisal a;

	(void)state;
	appraise(&in, &a); /* sha3-256 by its label, the bytes of sha256 */
	expect("hash", a, FAIL, "invalid-hash");
	v = value_of(ECDSA_V2);
	d = digest_by(HASH_ALG_SHA512);
	in.xattr_len = v.len;
	appraise(&in, &a);
	expect("signature", a, FAIL, "invalid-signature");
	/* the right bytes, but not by the algorithm of the header */
	d = digest_by(HASH_ALG_SHA256);
	d.alg = HASH_ALG_SHA3_256;
	appraise(&in, &a);
	expect("signature, same bytes", a, FAIL, "invalid-signature");
}

static void without_keys_no_signature_is_good(void **state)
{
	struct digest d = digest_by(HASH_ALG_SHA256);
	struct value v = value_of(ECDSA_V2);
	struct keyring *empty = NULL;
	struct appraise_input in = { .xattr = v.bytes,
				     .xattr_len = v.len,
				     .digest = &d };
	struct appraisal a;

	(void)state;
	appraise(&in, &a);
	expect("NULL", a, FAIL, "invalid-signature");
	assert_int_equal(keyring_new(&empty), 0);
	in.keys = empty;
	appraise(&in, &a);
	expect("empty", a, FAIL, "invalid-signature");
	keyring_free(empty);
}

/*
 * No damage to a good label may pass as a signature. A flipped type byte can
 * make it another kind of label, which must not be good either.
 */
static void no_truncated_or_flipped_signature_passes(void **state)
{
	static const char *const label[] = { ECDSA_V2, RSA_V2 };
	static const unsigned option[] = { 0, SIG, OPTN };

	(void)state;
	for (size_t i = 0; i < N_ROWS(label); i++) {
		struct value good = value_of(label[i]);

		for (size_t j = 0; j < N_ROWS(option); j++) {
			for (size_t len = 1; len < good.len; len++) {
				struct value v = good;

				v.len = len;
				assert_false(integrity_good(
					appraise_value(&v, option[j]).status));
			}
		}
		for (size_t bit = 0; bit < good.len * 8; bit++) {
			struct value v = good;

			v.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
			assert_false(integrity_good(
				appraise_value(&v, OPTN).status));
		}
		good.bytes[good.len++] = 0;
		assert_false(
			integrity_good(appraise_value(&good, OPTN).status));
	}
}

static void no_truncated_or_flipped_hash_passes(void **state)
{
	static const char *const label[] = { "01" MD5_HEX, "01" SHA1_HEX,
					     HASH_SHA256 };

	(void)state;
	for (size_t i = 0; i < N_ROWS(label); i++) {
		struct value good = value_of(label[i]);
		size_t header = good.bytes[0] == 1 ? 1 : 2;

		for (size_t len = 1; len < good.len; len++) {
			struct value v = good;

			v.len = len;
			assert_false(
				integrity_good(appraise_value(&v, 0).status));
		}
		for (size_t bit = header * 8; bit < good.len * 8; bit++) {
			struct value v = good;

			v.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
			expect(label[i], appraise_value(&v, 0), FAIL,
			       "invalid-hash");
		}
	}
}

static void no_flipped_bit_of_the_content_passes(void **state)
{
	static const char *const label[] = { ECDSA_V2, RSA_V2, HASH_SHA256 };
	struct digest d;

	(void)state;
	for (size_t i = 0; i < N_ROWS(label); i++) {
		struct value v = value_of(label[i]);

		for (unsigned bit = 0; bit < 6 * 8; bit++) {
			char content[] = "hello\n";
			struct appraise_input in = { .xattr = v.bytes,
						     .xattr_len = v.len,
						     .digest = &d,
						     .options = OPTN,
						     .keys = ring };
			struct appraisal a;

			content[bit / 8] =
				(char)(content[bit / 8] ^ (1 << bit % 8));
			assert_int_equal(
				digest_of(HASH_ALG_SHA256, content, 6, &d), 0);
			appraise(&in, &a);
			assert_int_equal(a.status, FAIL);
		}
	}
}

static void the_status_names_are_the_kernels(void **state)
{
	(void)state;
	assert_string_equal(integrity_status_name(PASS), "pass");
	assert_string_equal(integrity_status_name(INTEGRITY_PASS_IMMUTABLE),
			    "pass_immutable");
	assert_string_equal(integrity_status_name(FAIL), "fail");
	assert_string_equal(integrity_status_name(INTEGRITY_FAIL_IMMUTABLE),
			    "fail_immutable");
	assert_string_equal(integrity_status_name(NOLABEL), "no_label");
	assert_string_equal(integrity_status_name(INTEGRITY_NOXATTRS),
			    "no_xattrs");
	assert_string_equal(integrity_status_name(UNKNOWN), "unknown");
	assert_string_equal(integrity_status_name((enum integrity_status)77),
			    "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_label_and_the_rule_decide),
		cmocka_unit_test(
			a_label_that_cannot_be_read_is_not_a_missing_one),
		cmocka_unit_test(an_empty_value_is_a_missing_label),
		cmocka_unit_test(new_files_may_lack_what_is_still_to_come),
		cmocka_unit_test(
			an_unverified_signature_on_a_new_file_gives_nothing),
		cmocka_unit_test(
			a_new_file_may_have_its_evm_signature_before_its_data),
		cmocka_unit_test(evm_speaks_before_the_label),
		cmocka_unit_test(version_3_signs_type_algorithm_and_digest),
		cmocka_unit_test(
			a_verity_signature_is_good_over_a_verity_digest_only),
		cmocka_unit_test(without_a_digest_nothing_is_good),
		cmocka_unit_test(a_digest_by_another_algorithm_is_no_match),
		cmocka_unit_test(without_keys_no_signature_is_good),
		cmocka_unit_test(no_truncated_or_flipped_signature_passes),
		cmocka_unit_test(no_truncated_or_flipped_hash_passes),
		cmocka_unit_test(no_flipped_bit_of_the_content_passes),
		cmocka_unit_test(the_status_names_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, set_up, free_keys);
}
