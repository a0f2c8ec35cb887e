// SPDX-License-Identifier: Apache-2.0
/* crypto/xattr.c. Known answers: what evmctl 1.4 makes of "hello\n". */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "xattr.h"

struct value {
	uint8_t bytes[128];
	size_t len;
};

/* "0302.." as bytes; spaces are not allowed. */
static struct value value_of(const char *hex)
{
	struct value v = { .len = strlen(hex) / 2 };

	assert_true(v.len <= sizeof(v.bytes));
	assert_int_equal(hex_decode(hex, v.bytes, v.len), 0);
	return v;
}

#define D16 "b1946ac92492d2347c6235b4d2611184"
#define D20 "f572d396fae9206628714fb2ce00f72e94f2258f"
#define D32 "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"

static void digests_are_written_as_the_kernel_writes_them(void **state)
{
	static const struct {
		unsigned alg;
		const char *digest, *want;
	} row[] = {
		{ HASH_ALG_MD4, D16, "01" D16 },
		{ HASH_ALG_MD5, D16, "01" D16 },
		{ HASH_ALG_SHA1, D20, "01" D20 },
		{ HASH_ALG_RMD160, D20, "0403" D20 },
		{ HASH_ALG_SHA256, D32, "0404" D32 },
		{ HASH_ALG_SHA512, D32 D32, "0406" D32 D32 },
		{ HASH_ALG_SHA3_256, D32, "0414" D32 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct value want = value_of(row[i].want);
		struct value in = value_of(row[i].digest);
		struct digest d = { .alg = (uint8_t)row[i].alg,
				    .size = (uint8_t)in.len };
		struct buf b = BUF_INIT;

		memcpy(d.bytes, in.bytes, in.len);
		assert_int_equal(buf_append_str(&b, "x"), 0);
		assert_int_equal(ima_xattr_encode(&d, &b), 0);
		assert_int_equal(b.len, want.len + 1);
		assert_memory_equal(b.data + 1, want.bytes, want.len);
		buf_release(&b);
	}
}

static void the_algorithm_follows_the_value(void **state)
{
	static const struct {
		const char *hex;
		int want; /* -1: the default */
		const char *why;
	} row[] = {
		{ "", -1, "missing" },
		{ "04", -1, "shorter than 2" },
		{ "0404", HASH_ALG_SHA256, "type 4, digest not looked at" },
		{ "0407" D20, HASH_ALG_SHA224, "sha224 is 7" },
		{ "0416", HASH_ALG_SHA3_512, "last of the table" },
		{ "0417", -1, "type 4, algorithm outside the table" },
		{ "04ff", -1, "type 4, algorithm outside the table" },
		{ "01" D20, HASH_ALG_SHA1, "type 1, 21 bytes" },
		{ "01" D16 "00000000", HASH_ALG_MD5, "21 bytes, zero tail" },
		{ "01" D16 "00000001", HASH_ALG_SHA1, "21 bytes, no md5" },
		{ "01" D16 "01000000", HASH_ALG_SHA1, "21 bytes, no md5" },
		{ "01" D16, HASH_ALG_MD5, "type 1, 17 bytes" },
		{ "01" D32, -1, "type 1, other length" },
		{ "01" D16 "00", -1, "type 1, other length" },
		{ "030206" D16, HASH_ALG_SHA512, "signature v2" },
		{ "030306" D16, HASH_ALG_SHA512, "signature v3" },
		{ "030106" D16, -1, "signature v1" },
		{ "030406" D16, -1, "signature v4" },
		{ "030217" D16, -1, "v2, algorithm outside the table" },
		{ "030206000000000001", -1, "v2, header alone" },
		{ "0302060000000000010a", HASH_ALG_SHA512, "v2, 10 bytes" },
		{ "060306" D16, HASH_ALG_SHA512, "verity v3" },
		{ "060206" D16, -1, "verity v2" },
		{ "060306000000000001", -1, "verity, header alone" },
		{ "020606" D16, -1, "HMAC" },
		{ "050206" D16, -1, "portable EVM signature" },
		{ "000206" D16, -1, "type 0" },
		{ "070206" D16, -1, "type 7" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct value v = value_of(row[i].hex);
		int want = row[i].want < 0 ? HASH_ALG_SM3 : row[i].want;

		if ((int)ima_xattr_alg(v.bytes, v.len, HASH_ALG_SM3) != want)
			fail_msg("%s: %s", row[i].hex, row[i].why);
	}
	assert_int_equal(ima_xattr_alg(NULL, 0, HASH_ALG_SM3), HASH_ALG_SM3);
	assert_int_equal(ima_xattr_alg(NULL, 9, HASH_ALG_SM3), HASH_ALG_SM3);
}

/* evmctl ima_sign, with the P-256 key of test/data/vectors */
#define ECDSA_VALUE                                                          \
	"0302045f82b1320046304402204412b14cb688b40a8eee6ebfe11482f511d86147" \
	"e76eab8dfaccaf04d9ada28902200bf054adcc4aa789c2f7bfb286386c69fa7483" \
	"34ce6f3210949612b70597a4d6"

static void a_signature_value_is_taken_apart(void **state)
{
	struct value v = value_of(ECDSA_VALUE);
	struct sig_header h;

	(void)state;
	assert_int_equal(v.len, 79);
	assert_int_equal(sig_header_parse(v.bytes, v.len, &h), 0);
	assert_int_equal(h.type, 3);
	assert_int_equal(h.version, 2);
	assert_int_equal(h.alg, HASH_ALG_SHA256);
	assert_int_equal(h.keyid, 0x5f82b132);
	assert_ptr_equal(h.sig, v.bytes + 9);
	assert_int_equal(h.sig_len, 70);
}

static void malformed_signature_values_are_refused(void **state)
{
	static const struct {
		const char *hex;
		int want;
		const char *why;
	} row[] = {
		{ "", -EINVAL, "nothing" },
		{ "03", -EINVAL, "one byte" },
		{ "0404112233440001000000", -EINVAL, "not a signature" },
		{ "0202041122334400010a", -EINVAL, "HMAC" },
		{ "0702041122334400010a", -EINVAL, "type 7" },
		{ "0300041122334400010a", -EOPNOTSUPP, "version 0" },
		{ "0301041122334400010a", -EOPNOTSUPP, "version 1" },
		{ "0304041122334400010a", -EOPNOTSUPP, "version 4" },
		{ "03ff", -EOPNOTSUPP, "version first" },
		{ "0302", -EBADMSG, "no header" },
		{ "0302041122334400", -EBADMSG, "8 bytes" },
		{ "030204112233440000", -EBADMSG, "empty signature" },
		{ "030204112233440001", -EBADMSG, "signature missing" },
		{ "0302041122334400020a", -EBADMSG, "one byte short" },
		{ "0302041122334400000a", -EBADMSG, "one byte more" },
		{ "0302041122334401000a", -EBADMSG, "size is big-endian" },
		{ "0302171122334400010a", -ENOPKG, "algorithm 23" },
		{ "0302ff1122334400010a", -ENOPKG, "algorithm 255" },
		{ "0302161122334400010a", 0, "algorithm 22" },
		{ "0503041122334400010a", 0, "EVM portable v3" },
		{ "0603041122334400010a", 0, "verity v3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct value v = value_of(row[i].hex);
		struct sig_header h;

		if (sig_header_parse(v.bytes, v.len, &h) != row[i].want)
			fail_msg("%s: %s", row[i].hex, row[i].why);
	}
}

static void no_truncation_of_a_signature_value_parses(void **state)
{
	struct value v = value_of(ECDSA_VALUE);

	(void)state;
	for (size_t len = 0; len < v.len; len++) {
		/* exactly as long as it says, so that ASan sees an overread */
		uint8_t *copy = malloc(len ? len : 1);
		struct sig_header h = { .keyid = 7 };

		assert_non_null(copy);
		memcpy(copy, v.bytes, len);
		assert_int_not_equal(sig_header_parse(copy, len, &h), 0);
		assert_int_equal(h.keyid, 7);
		(void)ima_xattr_alg(copy, len, HASH_ALG_SHA1);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_written_as_the_kernel_writes_them),
		cmocka_unit_test(the_algorithm_follows_the_value),
		cmocka_unit_test(a_signature_value_is_taken_apart),
		cmocka_unit_test(malformed_signature_values_are_refused),
		cmocka_unit_test(no_truncation_of_a_signature_value_parses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
