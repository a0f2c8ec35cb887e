// SPDX-License-Identifier: Apache-2.0
/* crypto/evm.c: the digests and signatures that "evmctl sign" makes, the
 * table of statuses in evm.h, and that a change of any single thing is noticed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "evm.h"
#include "label-fixture.h"
#include "xattr.h"

#define N_ROWS(a) (sizeof(a) / sizeof((a)[0]))

/* of "hello\n" */
#define IMA_HASH                                                           \
	"04045891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6" \
	"be03"
#define IMA_SIGNATURE                                                        \
	"0302045f82b1320046304402200c62c24a61cec53fc8de375d9e075af6ad8d95cc" \
	"66699a917b529620566cd42f02202fd44e2cd8c6d6c67348c8a1f17a0b4971bd33" \
	"9da72506302cb77ea47548deee"
#define SELINUX	 "73797374656d5f753a6f626a6563745f723a62696e5f743a7330"
#define SMACK	 "466f6f"
#define EXEC	 "762d534d41434b363445584543"
#define TRANS	 "762d534d41434b36345452414e534d555445"
#define MMAP	 "762d534d41434b36344d4d4150"
#define APPARMOR "762d61707061726d6f72"
#define CAPS	 "0100000200040000000000000000000000000000"

/* evmctl sign --key rsa2048.key --portable --hashalgo sha512 ..., row 2 */
#define EVMCTL_PORTABLE                                                      \
	"05020622e02f3d01001c8d4ebf40024d6741290e6f0ba3fc325537f85798743f37" \
	"873c7fdb4022d4d587295e3a0ab0fa9c4972730afd13619677217522554d7113fb" \
	"ba95fdf2427b4f2754e656525fac943179d6d72224807d00f1194d97a86fab481d" \
	"2b82aa3bc4ebf72b26f5639e612cec6774cc30f1af66151b5e142bfb6836aea894" \
	"d40b57d131e1080a3b7ca67e931c127a23dd5ade9e8e41b8de3e59d311c9834024" \
	"5629b5e28b01c7820fbc254b4396db0fb30d62e3fdab8f5dd587fe288dd0a7236a" \
	"13425f472d75e68732cfd3523bdbe14d5a16f4c55762326d6ff7985b0bc164fc7a" \
	"957387552b63f492c196cb4ffa5f85f43b3d359dfc0298866f6b40f7644bdeb51d" \
	"9e"
/* without --portable, with --ino ..., row 0 */
#define EVMCTL_BOUND                                                         \
	"03020422e02f3d01002b59cb68d2bb2dc9b09e9fe9498d78ae363c8e96a19913ae" \
	"96ef5dcf527d0f94971d005d08487bfac3fe82a6f137c545e1ee3293f8b0c15296" \
	"b4387ceae2addf3cd74885d1ca7304da680ad038ddb3dbbbfcecb8a33a04000bb3" \
	"890e7a799ea7ee8c8ddf41aeb6d7c5cb75c5335e96fec0ec4078314ca759574b6e" \
	"7d89590c9d0d4f432f7b16c3ace2bd502637de48b48accd1157580fc006442d4be" \
	"b4ab3c4f19aa5cb8d3084f0f2118ffa78de608b8e31fff9007f132c577c917fb4f" \
	"cdab35513fc19574fa75eb7958f7d13c1dc4fec4c447289f2fc2db7fb10c2d1325" \
	"df5a455bd936f083177219c37fb7189cdac3b4dec11cff0060bacaf232c41b4818" \
	"ea"
/* evmctl sign --portable, with the key of test/data/vectors */
#define P256_PORTABLE                                                        \
	"0502045f82b132004630440220 5e80c9632df54f879dd43d876dc3ebc4eb15354" \
	"e9576e42363c5ec62b016cee7022048529ca5d8363cd3644da1a69cb51aceb3b7b" \
	"54c4304be5e9342737f6d825d10"

static int set_up(void **state)
{
	static const char *const file[] = { "vectors/p256.pem",
					    "keys/rsa2048-pub.pem",
					    "keys/p256.crt" };
	(void)state;
	return load_keys(file, N_ROWS(file));
}

/* Spaces are left out. */
static struct value value_of(const char *hex)
{
	struct value v = { .len = 0 };
	char digits[2 * VALUE_MAX + 1];
	size_t n = 0;

	for (; *hex; hex++) {
		assert_true(n < sizeof(digits) - 1);
		if (*hex != ' ')
			digits[n++] = *hex;
	}
	v.len = n / 2;
	assert_int_equal(hex_decode(digits, v.bytes, v.len), 0);
	return v;
}

/* Metadata whose values are given in hex; NULL: not there. */
struct file {
	const char *xattr[EVM_XATTRS];
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

static struct value storage[EVM_XATTRS];

static struct evm_metadata metadata_of(const struct file *f)
{
	static const uint8_t uuid[16] = { 0x8b, 0xcb, 0xe3, 0x94, 0x4f, 0x13,
					  0x41, 0x44, 0xbe, 0x8e, 0x5a, 0xa9,
					  0xea, 0x2c, 0xe2, 0xf6 };
	struct evm_metadata m = { .uid = f->uid,
				  .gid = f->gid,
				  .mode = f->mode,
				  .bound = true,
				  .ino = 11100381,
				  .generation = 486278080 };

	memcpy(m.fsuuid, uuid, sizeof(uuid));
	for (size_t i = 0; i < EVM_XATTRS; i++) {
		if (!f->xattr[i])
			continue;
		storage[i] = value_of(f->xattr[i]);
		m.xattr[i].present = true;
		m.xattr[i].data = storage[i].bytes;
		m.xattr[i].len = storage[i].len;
	}
	return m;
}

#define PLAIN                                                 \
	{                                                     \
		{ [EVM_IMA] = IMA_HASH }, 1000, 1001, 0100640 \
	}
#define FOUR_XATTRS                                             \
	{                                                       \
		[EVM_SELINUX] = SELINUX, [EVM_SMACK64] = SMACK, \
		[EVM_IMA] = IMA_HASH, [EVM_CAPS] = CAPS         \
	}
#define ALL_XATTRS                                                          \
	{                                                                   \
		SELINUX, SMACK, EXEC, TRANS, MMAP, APPARMOR, IMA_HASH, CAPS \
	}

static void the_digest_is_evmctls(void **state)
{
	static const struct {
		struct file file;
		unsigned type, alg;
		const char *digest;
	} row[] = {
		{ PLAIN, 3, HASH_ALG_SHA256,
		  "01f9409d834418866f3b5500832e72da0ad03019cd250f3cdc50311f87f0"
		  "d2c1" },
		{ { FOUR_XATTRS, 1000, 1001, 0100640 },
		  3,
		  HASH_ALG_SHA256,
		  "46c6b974e181a7fd40810ac903da77ce3585903c492ba8df471a3d316a7f"
		  "1a41" },
		{ PLAIN, 5, HASH_ALG_SHA512,
		  "eba6615f8181684c785aab86a39a00a3ec633859efe31d60ae8f88a6bf85"
		  "d4ca7fa88d38b770b4e930ef517ab9debc1f1c98df27b4815935ee92f823"
		  "d175eaca" },
		{ { ALL_XATTRS, 1000, 1001, 0100640 },
		  3,
		  HASH_ALG_SHA256,
		  "42f9707ec9b8a944b81281cd4d410d7f2109a2e3ff501b63559efe14f154"
		  "2c4b" },
		{ { ALL_XATTRS, 0, 0, 0104755 },
		  5,
		  HASH_ALG_SHA256,
		  "0be80b6c3d8ee56312aa8f8ab5c1adea028a64cfa0bf523455e204b54b89"
		  "ee8f" },
		{ { ALL_XATTRS, 4294967294, 0, 0100000 },
		  5,
		  HASH_ALG_SHA1,
		  "c99b525e761c13c2a866774965da85045943d9b4" },
		/* of P256_PORTABLE */
		{ { { [EVM_IMA] = IMA_SIGNATURE }, 0, 0, 0100644 },
		  5,
		  HASH_ALG_SHA256,
		  "7b52e10c7831677d875ae06829175ca375e11de390bc4afbc4e8f5612c4a"
		  "1b0d" },
		{ { FOUR_XATTRS, 0, 0, 0100644 },
		  5,
		  HASH_ALG_SHA256,
		  "d2c07466db76893dd66a8ddf037e969c7e70770261a758fb3ec6b992c006"
		  "c01d" },
	};

	(void)state;
	if (sizeof(long) != 8)
		skip(); /* evmctl made them on a 64-bit machine */
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct evm_metadata m = metadata_of(&row[i].file);
		char hex[2 * DIGEST_MAX + 1];
		struct digest d;

		assert_int_equal(evm_digest(&m, row[i].type, row[i].alg, &d),
				 0);
		assert_int_equal(d.alg, row[i].alg);
		hex_encode(hex, d.bytes, d.size);
		if (strcmp(hex, row[i].digest) != 0)
			fail_msg("row %zu: %s", i, hex);
	}
}

static void what_cannot_be_hashed_is_an_error(void **state)
{
	static const struct file plain = PLAIN, none = { .mode = 0100644 };
	static const struct file caps = { .xattr = { [EVM_CAPS] = CAPS } };
	struct evm_metadata m = metadata_of(&plain);
	struct digest d;

	(void)state;
	assert_int_equal(evm_digest(&m, 2, HASH_ALG_SHA1, &d), -EINVAL);
	assert_int_equal(evm_digest(&m, 6, HASH_ALG_SHA1, &d), -EINVAL);
	assert_int_equal(evm_digest(&m, 3, HASH_ALG_COUNT, &d), -ENOPKG);
	m.bound = false;
	assert_int_equal(evm_digest(&m, 3, HASH_ALG_SHA1, &d), -ESTALE);
	assert_int_equal(evm_digest(&m, 5, HASH_ALG_SHA1, &d), 0);
	m = metadata_of(&caps);
	assert_int_equal(evm_digest(&m, 3, HASH_ALG_SHA1, &d), 0);
	assert_int_equal(evm_digest(&m, 5, HASH_ALG_SHA1, &d), -EPERM);
	m = metadata_of(&none);
	assert_int_equal(evm_digest(&m, 3, HASH_ALG_SHA1, &d), -ENODATA);
	assert_int_equal(evm_digest(&m, 5, HASH_ALG_SHA1, &d), -EPERM);
}

static void expect(const char *what, const struct evm_metadata *m,
		   const struct value *evm, enum integrity_status want)
{
	enum integrity_status got =
		evm_status(m, evm->bytes, evm->len, 0, ring);

	if (got != want)
		fail_msg("%s: %s instead of %s", what,
			 integrity_status_name(got),
			 integrity_status_name(want));
}

static void evmctls_signatures_are_good(void **state)
{
	static const struct file plain = PLAIN;
	static const struct file abi = {
		{ [EVM_IMA] = IMA_SIGNATURE }, 0, 0, 0100644
	};
	struct value portable = value_of(EVMCTL_PORTABLE);
	struct value bound = value_of(EVMCTL_BOUND);
	struct value p256_portable = value_of(P256_PORTABLE);
	struct evm_metadata m = metadata_of(&plain);

	(void)state;
	if (sizeof(long) != 8)
		skip();
	expect("portable", &m, &portable, INTEGRITY_PASS_IMMUTABLE);
	expect("bound", &m, &bound, INTEGRITY_PASS);
	m.bound = false;
	expect("bound, elsewhere", &m, &bound, INTEGRITY_FAIL);
	expect("portable, elsewhere", &m, &portable, INTEGRITY_PASS_IMMUTABLE);
	m = metadata_of(&abi);
	expect("9.4", &m, &p256_portable, INTEGRITY_PASS_IMMUTABLE);
	expect("other file's", &m, &portable, INTEGRITY_FAIL_IMMUTABLE);
}

/* Signs as evmctl would, with keys/p256.key. */
static struct value sign(const struct evm_metadata *m, uint8_t type,
			 uint8_t version)
{
	uint8_t id[2 + DIGEST_MAX] = { type, HASH_ALG_SHA256 };
	struct value v = { .len = 0 };
	struct buf b = BUF_INIT;
	struct digest d;

	assert_int_equal(evm_digest(m, type, HASH_ALG_SHA256, &d), 0);
	memcpy(id + 2, d.bytes, d.size);
	if (version == 3)
		assert_int_equal(digest_of(d.alg, id, 2U + d.size, &d), 0);
	assert_int_equal(signing_key_sign(p256, &d, &b), 0);
	assert_true(b.len <= sizeof(v.bytes));
	memcpy(v.bytes, b.data, b.len);
	v.len = b.len;
	v.bytes[0] = type;
	v.bytes[1] = version;
	buf_release(&b);
	return v;
}

/* Changes one thing of @m; false: there is no @i-th. */
static bool change(struct evm_metadata *m, unsigned i, bool *ret_portable)
{
	*ret_portable = true;
	switch (i) {
	case 0:
		m->uid++;
		return true;
	case 1:
		m->gid++;
		return true;
	case 2:
		m->mode ^= 04000;
		return true;
	case 3:
		m->mode ^= 1;
		return true;
	case 4:
		m->mode ^= 0020000; /* another type of file */
		return true;
	default:
		break;
	}
	if (i < 5 + EVM_XATTRS) {
		m->xattr[i - 5].present = !m->xattr[i - 5].present;
		return true;
	}
	if (i < 5 + 2 * EVM_XATTRS) {
		i -= 5 + EVM_XATTRS;
		if (m->xattr[i].present)
			m->xattr[i].len--;
		else
			m->uid++;
		return true;
	}
	/* what is bound to the inode only */
	*ret_portable = false;
	switch (i - 5 - 2 * EVM_XATTRS) {
	case 0:
		m->ino++;
		return true;
	case 1:
		m->generation++;
		return true;
	case 2:
		m->fsuuid[15] ^= 1;
		return true;
	default:
		return false;
	}
}

static void every_single_change_is_noticed(void **state)
{
	static const struct file files[] = { PLAIN,
					     { ALL_XATTRS, 0, 0, 0104755 } };

	(void)state;
	for (size_t k = 0; k < N_ROWS(files); k++) {
		struct evm_metadata good = metadata_of(&files[k]), m = good;
		struct value portable = sign(&good, 5, 2);
		struct value bound = sign(&good, 3, 2);
		bool of_portable;
		char what[32];

		/* something for the attributes that are added */
		for (size_t i = 0; i < EVM_XATTRS; i++) {
			if (good.xattr[i].present)
				continue;
			good.xattr[i].data = (const uint8_t *)"x";
			good.xattr[i].len = 1;
		}
		expect("portable", &good, &portable, INTEGRITY_PASS_IMMUTABLE);
		expect("bound", &good, &bound, INTEGRITY_PASS);
		for (unsigned i = 0; m = good, change(&m, i, &of_portable);
		     i++) {
			(void)snprintf(what, sizeof(what), "change %u", i);
			expect(what, &m, &portable,
			       of_portable ? INTEGRITY_FAIL_IMMUTABLE
					   : INTEGRITY_PASS_IMMUTABLE);
			/* without anything protected: the kernel's word */
			expect(what, &m, &bound,
			       k == 0 && i == 5 + EVM_IMA ? INTEGRITY_NOXATTRS
							  : INTEGRITY_FAIL);
		}
	}
}

static void every_changed_byte_of_a_signature_is_noticed(void **state)
{
	static const struct file plain = PLAIN;
	struct evm_metadata m = metadata_of(&plain);
	struct value good = value_of(EVMCTL_PORTABLE);

	(void)state;
	if (sizeof(long) != 8)
		skip();
	for (size_t i = 0; i < good.len; i++) {
		struct value v = good;
		enum integrity_status s;

		v.bytes[i] ^= 1;
		s = evm_status(&m, v.bytes, v.len, 0, ring);
		if (integrity_good(s) || s == INTEGRITY_UNKNOWN)
			fail_msg("byte %zu: %s", i, integrity_status_name(s));
		s = evm_status(&m, good.bytes, i, 0, ring);
		if (integrity_good(s) || s == INTEGRITY_UNKNOWN)
			fail_msg("%zu bytes: %s", i, integrity_status_name(s));
	}
}

static void version_3_signs_type_algorithm_and_digest(void **state)
{
	static const struct file plain = PLAIN;
	struct evm_metadata m = metadata_of(&plain);
	struct value v = sign(&m, 5, 3);

	(void)state;
	expect("portable", &m, &v, INTEGRITY_PASS_IMMUTABLE);
	v.bytes[1] = 2;
	expect("version 3 as 2", &m, &v, INTEGRITY_FAIL_IMMUTABLE);
	v = sign(&m, 5, 2);
	v.bytes[1] = 3;
	expect("version 2 as 3", &m, &v, INTEGRITY_FAIL_IMMUTABLE);
	v = sign(&m, 3, 3);
	expect("bound", &m, &v, INTEGRITY_PASS);
	v.bytes[0] = 5;
	expect("bound as portable", &m, &v, INTEGRITY_FAIL_IMMUTABLE);
}

static void what_is_no_signature_fails(void **state)
{
	static const struct {
		const char *value;
		enum integrity_status status;
	} row[] = {
		{ "", INTEGRITY_FAIL },
		{ "05", INTEGRITY_FAIL },
		{ "050204000000000000", INTEGRITY_FAIL },
		{ "05020400000000000100", INTEGRITY_FAIL_IMMUTABLE },
		{ "05010400000000000100", INTEGRITY_FAIL_IMMUTABLE },
		{ "05040400000000000100", INTEGRITY_FAIL_IMMUTABLE },
		{ "0502ff00000000000100", INTEGRITY_FAIL_IMMUTABLE },
		{ "0502045f82b132000100", INTEGRITY_FAIL_IMMUTABLE },
		{ "03020400000000000100", INTEGRITY_FAIL },
		/* an HMAC; nobody here can have its key */
		{ "02a25229f8accb4ddc1ccdbe50cdaef26f73db3258",
		  INTEGRITY_FAIL },
		{ "00020400000000000100", INTEGRITY_FAIL },
		{ "01f572d396fae9206628714fb2ce00f72e94f2258f",
		  INTEGRITY_FAIL },
		{ IMA_HASH, INTEGRITY_FAIL },
		{ "06030400000000000100", INTEGRITY_FAIL },
		{ "ff020400000000000100", INTEGRITY_FAIL },
	};
	static const struct file plain = PLAIN;
	struct evm_metadata m = metadata_of(&plain);

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct value v = value_of(row[i].value);

		expect(row[i].value, &m, &v, row[i].status);
	}
}

static void without_a_label_it_counts_what_there_is_to_protect(void **state)
{
	static const struct file plain = PLAIN, none = { .mode = 0100644 };
	static const struct {
		const struct file *file;
		int err;
		enum integrity_status status;
	} row[] = {
		{ &plain, -ENODATA, INTEGRITY_NOLABEL },
		{ &none, -ENODATA, INTEGRITY_NOXATTRS },
		{ &none, -EOPNOTSUPP, INTEGRITY_UNKNOWN },
		{ &plain, -EOPNOTSUPP, INTEGRITY_FAIL },
		{ &plain, -EIO, INTEGRITY_FAIL },
		{ &none, -ENOMEM, INTEGRITY_FAIL },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(row); i++) {
		struct evm_metadata m = metadata_of(row[i].file);

		assert_int_equal(evm_status(&m, NULL, 0, row[i].err, ring),
				 row[i].status);
	}
}

static void without_its_key_a_signature_is_nothing(void **state)
{
	static const struct file plain = PLAIN;
	struct evm_metadata m = metadata_of(&plain);
	struct value v = sign(&m, 5, 2);
	struct keyring *none;

	(void)state;
	assert_int_equal(keyring_new(&none), 0);
	assert_int_equal(evm_status(&m, v.bytes, v.len, 0, none),
			 INTEGRITY_FAIL_IMMUTABLE);
	assert_int_equal(evm_status(&m, v.bytes, v.len, 0, NULL),
			 INTEGRITY_FAIL_IMMUTABLE);
	v = sign(&m, 3, 2);
	assert_int_equal(evm_status(&m, v.bytes, v.len, 0, none),
			 INTEGRITY_FAIL);
	keyring_free(none);
}

static void the_protected_attributes_are_the_kernels(void **state)
{
	(void)state;
	assert_true(evm_xattr_protected("security.ima"));
	assert_true(evm_xattr_protected("security.capability"));
	assert_true(evm_xattr_protected("security.selinux"));
	assert_false(evm_xattr_protected("security.evm"));
	assert_false(evm_xattr_protected("user.ima"));
	assert_string_equal(evm_xattr_name(EVM_CAPS), "security.capability");
	for (int i = 0; i < EVM_XATTRS; i++)
		assert_non_null(evm_xattr_name((enum evm_xattr)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_is_evmctls),
		cmocka_unit_test(what_cannot_be_hashed_is_an_error),
		cmocka_unit_test(evmctls_signatures_are_good),
		cmocka_unit_test(every_single_change_is_noticed),
		cmocka_unit_test(every_changed_byte_of_a_signature_is_noticed),
		cmocka_unit_test(version_3_signs_type_algorithm_and_digest),
		cmocka_unit_test(what_is_no_signature_fails),
		cmocka_unit_test(
			without_a_label_it_counts_what_there_is_to_protect),
		cmocka_unit_test(without_its_key_a_signature_is_nothing),
		cmocka_unit_test(the_protected_attributes_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, set_up, free_keys);
}
