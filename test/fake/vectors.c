// SPDX-License-Identifier: Apache-2.0
#include "test/fake/vectors.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

#define HELLO_SHA256 \
	"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define HELLO_D_NG "280000007368613235363a00" HELLO_SHA256
#define HELLO_NAME "0f0000002f7573722f62696e2f68656c6c6f00"
/* ECDSA P-256 over "hello\n", by evmctl */
#define HELLO_SIG                                                            \
	"0302045f82b1320046"                                                 \
	"304402204412b14cb688b40a8eee6ebfe11482f511d86147e76eab8dfaccaf04d9" \
	"ada28902200bf054adcc4aa789c2f7bfb286386c69fa748334ce6f3210949612b7" \
	"0597a4d6"
#define VERITY_SHA256 \
	"9c76eecc7b76fcb46199cb27b90cf59a660e10575bb0412128905129d5b1c2aa"
#define CMDLINE	    "ro root=/dev/sda1"
#define CMDLINE_HEX "726f20726f6f743d2f6465762f73646131"
#define CMDLINE_SHA256 \
	"0f14a097ef025b80ba12ec35b8f9bcbe4ca9d6c1e9a93fb551fd889417a1650b"
#define ZERO_SHA256 \
	"0000000000000000000000000000000000000000000000000000000000000000"
#define HELLO_SHA1 "f572d396fae9206628714fb2ce00f72e94f2258f"
#define EVM_SIG                                                              \
	"0502045f82b1320047304502207b1af1895a7f41ee7cf612eea8bef3046e10425a" \
	"f769fc06f227194c1a58b002022100ba0a6b2c1429258da24b4013e3acd69e5ed4" \
	"25cd99bfdaa6d7dc7d14b590a5d3"
#define HELLO_IMA "0404" HELLO_SHA256
#define AGGREGATE_SHA256 \
	"143181f8f0f2da73d1db80510c30bf0e6bebb136df0eeae103948240ca47d34f"

const char vector_pcr_sha1[] = "65500d73cb7f112ad9ccab5afbc2675c2dab7573";
const char vector_pcr_sha256[] =
	"80b246416ec0be67064b271e9de5cba7499f5bb8dfd8d9efcd34732765030321";

static struct vector vectors[] = {
	{ .template = "ima-ng",
	  .event = { .name = "/usr/bin/hello", .has_file = true },
	  .data = HELLO_D_NG HELLO_NAME,
	  .sha1 = "c8acbfa06c0d5bf7696db445ba8489fa2393c0d5",
	  .sha256 = "dfa612432aebcb7ffb5ccea2b973b1de"
		    "828d91e19f989f8dc99b2b414a99b26c",
	  .ascii = " sha256:" HELLO_SHA256 " /usr/bin/hello" },
	{ .template = "ima-sig",
	  .event = { .name = "/usr/bin/hello", .has_file = true },
	  .data = HELLO_D_NG HELLO_NAME "4f000000" HELLO_SIG,
	  .sha1 = "37a13c6a287712b9ca355c4bfd67cc7b950e40cd",
	  .ascii = " sha256:" HELLO_SHA256 " /usr/bin/hello " HELLO_SIG },
	{ .template = "ima-sig",
	  .event = { .name = "/tmp/a b", .has_file = true },
	  .data = HELLO_D_NG "090000002f746d702f615f620000000000",
	  .sha1 = "dbeb526303a90530c4848e07942237645976dd77",
	  .ascii = " sha256:" HELLO_SHA256 " /tmp/a_b " },
	{ .template = "ima-ngv2",
	  .event = { .name = "/usr/bin/hello",
		     .has_file = true,
		     .verity = true },
	  .data = "2f0000007665726974793a7368613235363a00" VERITY_SHA256
		  HELLO_NAME,
	  .sha1 = "b0271ba4565e7f9301e6fe8164aa824995edbc20",
	  .ascii = " verity:sha256:" VERITY_SHA256 " /usr/bin/hello" },
	{ .template = "ima-buf",
	  .event = { .name = "kexec-cmdline" },
	  .data = "280000007368613235363a00" CMDLINE_SHA256
		  "0e0000006b657865632d636d646c696e6500"
		  "11000000" CMDLINE_HEX,
	  .sha1 = "b59bc636b96c82bb9621778c77a4b9a2023398c0",
	  .ascii = " sha256:" CMDLINE_SHA256 " kexec-cmdline " CMDLINE_HEX },
	{ .template = "ima-ng",
	  .event = { .name = "/var/log/x",
		     .has_file = true,
		     .violation = true },
	  .data = "280000007368613235363a00" ZERO_SHA256
		  "0b0000002f7661722f6c6f672f7800",
	  .ascii = " sha256:" ZERO_SHA256 " /var/log/x" },
	{ .template = "ima",
	  .event = { .name = "/usr/bin/hello", .has_file = true },
	  .data = HELLO_SHA1 "0e0000002f7573722f62696e2f68656c6c6f",
	  .sha1 = "c46f9765364398f3cf1b6710d7229bf73b281f5a",
	  .sha256 = "3001d26e2d76cf8a6fd48c243ca84b40"
		    "86a0b34da13795e1fc09f8dfea547228",
	  .ascii = " " HELLO_SHA1 " /usr/bin/hello" },
	{ .template = "evm-sig",
	  .event = { .name = "/mnt/f1004",
		     .has_file = true,
		     .iuid = 1004,
		     .imode = 0100640,
		     .n_xattrs = 1 },
	  .data = HELLO_D_NG "0b0000002f6d6e742f663130303400"
			     "50000000" EVM_SIG
			     "0d00000073656375726974792e696d6100"
			     "0400000022000000"
			     "22000000" HELLO_IMA "04000000ec030000"
			     "0400000000000000"
			     "02000000a081",
	  .sha256 = "f7f9e4da0116f01d13b77f6c9875c882"
		    "9a86d0e0b66c0c500f27eff5e5a7665c",
	  .ascii = " sha256:" HELLO_SHA256 " /mnt/f1004 " EVM_SIG
		   " security.ima 22000000 " HELLO_IMA " 1004 0 33184" },
	/* the kernel's first entry, with a template that it does not cover */
	{ .template = "ima-sig",
	  .event = { .name = "boot_aggregate" },
	  .data = "280000007368613235363a00" AGGREGATE_SHA256
		  "0f000000626f6f745f61676772656761746500"
		  "00000000",
	  .sha256 = "de7a84359433c54851682a7e5a80b6ee"
		    "2fc1bbb3fd9a433ac51869983670fd27",
	  .ascii = " sha256:" AGGREGATE_SHA256 " boot_aggregate " },
};

#define N_VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static struct template_xattr xattr = { "security.ima", NULL, 0 };

static const uint8_t *bytes(const char *hex, size_t *ret_len)
{
	size_t n = strlen(hex) / 2;
	uint8_t *p = malloc(n + 1);

	if (!p || hex_decode(hex, p, n) < 0)
		abort();
	*ret_len = n;
	return p;
}

static struct digest digest(enum hash_alg alg, const char *hex)
{
	struct digest d = { .alg = (uint8_t)alg,
			    .size = (uint8_t)(strlen(hex) / 2) };

	if (hex_decode(hex, d.bytes, d.size) < 0)
		abort();
	return d;
}

/* Fills in what a C initializer cannot say. */
static void finish(void)
{
	static const char *const collected[N_VECTORS] = {
		HELLO_SHA256,  HELLO_SHA256,   HELLO_SHA256,
		VERITY_SHA256, CMDLINE_SHA256, HELLO_SHA256,
		HELLO_SHA256,  HELLO_SHA256,   AGGREGATE_SHA256,
	};

	for (size_t i = 0; i < N_VECTORS; i++)
		vectors[i].event.digest = digest(HASH_ALG_SHA256, collected[i]);
	vectors[1].event.ima = bytes(HELLO_SIG, &vectors[1].event.ima_len);
	vectors[4].event.buffer = (const uint8_t *)CMDLINE;
	vectors[4].event.buffer_len = strlen(CMDLINE);
	vectors[6].event.legacy = digest(HASH_ALG_SHA1, HELLO_SHA1);
	vectors[7].event.evm = bytes(EVM_SIG, &vectors[7].event.evm_len);
	xattr.value = bytes(HELLO_IMA, &xattr.len);
	vectors[7].event.xattrs = &xattr;
}

size_t vector_count(void)
{
	return N_VECTORS;
}

const struct vector *vector(size_t i)
{
	if (!vectors[0].event.digest.size)
		finish();
	return &vectors[i];
}
