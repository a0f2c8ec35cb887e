// SPDX-License-Identifier: Apache-2.0
/*
 * Any bytes as security.ima of a file that holds "hello\n", with a key of
 * test/data/vectors. Accepted is what lets such a file pass without a rule that
 * asks for a signature.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "appraise.h"
#include "crypto/key.h"
#include "policy.h"
#include "xattr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char pem[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/Khhkm9GrcI3XbxOv0+zhrmFz7mC\n"
	"zrrFqHas1NBmfCaSky90gheMWJP9elB5ApFS+3HoDBN1Y3UvaaZDQilO3A==\n"
	"-----END PUBLIC KEY-----\n";

static const struct keyring *ring(void)
{
	static struct keyring *k;
	char path[] = "/tmp/imafs-fuzz-XXXXXX";
	int fd;

	if (k)
		return k;
	fd = mkstemp(path);
	assert(fd >= 0);
	assert(write(fd, pem, sizeof(pem) - 1) == (ssize_t)sizeof(pem) - 1);
	assert(close(fd) == 0);
	assert(keyring_new(&k) == 0);
	assert(keyring_load(k, path, NULL) == 0);
	assert(unlink(path) == 0);
	return k;
}

static struct appraisal appraise_with(const uint8_t *data, size_t size,
				      unsigned options)
{
	unsigned alg = ima_xattr_alg(data, size, HASH_ALG_SHA256);
	struct digest d;
	struct appraise_input in = {
		.xattr = data,
		.xattr_len = size,
		.options = options,
		.keys = ring(),
	};
	struct appraisal a;

	assert(alg < HASH_ALG_COUNT);
	if (digest_of(alg, "hello\n", 6, &d) == 0)
		in.digest = &d;
	appraise(&in, &a);
	assert(a.cause);
	assert((a.cause[0] == '\0') == integrity_good(a.status));
	return a;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct appraisal plain, sig, optional, v3;
	struct sig_header h;

	if (sig_header_parse(data, size, &h) == 0)
		assert(h.sig + h.sig_len == data + size && h.sig_len > 0 &&
		       h.alg < HASH_ALG_COUNT);
	plain = appraise_with(data, size, 0);
	sig = appraise_with(data, size, OPT_DIGSIG_REQUIRED);
	optional = appraise_with(data, size, OPT_SIG_OPTIONAL);
	v3 = appraise_with(data, size,
			   OPT_SIGV3_REQUIRED | OPT_DIGSIG_REQUIRED);
	/* stricter rules let through less */
	assert(!integrity_good(sig.status) || integrity_good(plain.status));
	assert(!integrity_good(v3.status) || integrity_good(sig.status));
	assert(!integrity_good(sig.status) || sig.digsig);
	/* what is signed is never let through as unsigned */
	if (integrity_good(optional.status))
		assert(optional.digsig != optional.unsigned_);
	if (size && (data[0] == 3 || data[0] == 6))
		assert(!optional.unsigned_);
	return integrity_good(plain.status) ? 0 : -1;
}
