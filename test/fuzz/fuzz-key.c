// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a key file. Accepted is what a keyring would take. */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "crypto/key.h"
#include "crypto/sig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Keys that were admitted must bear being used. */
static void use(struct key *k)
{
	static const uint8_t der[] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
	uint8_t raw[512] = { 1 };
	struct digest d;

	assert(k->n_ids <= 2);
	assert(k->type == KEY_RSA || k->type == KEY_EC);
	assert(digest_of(HASH_ALG_SHA256, "hello\n", 6, &d) == 0);
	assert(sig_verify(k, &d, der, sizeof(der)) != SIG_GOOD);
	if (k->type == KEY_RSA)
		assert(sig_verify(k, &d, raw, (k->bits + 7) / 8) != SIG_GOOD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct key_list l = KEY_LIST_INIT;
	struct diag why = { 0 };
	int r = keys_parse(data, size, &l, &why);

	if (r < 0) {
		assert(l.n == 0);
		assert(r == -EBADMSG || r == -ENOPKG || r == -ENOMEM);
		assert(r == -ENOMEM || why.msg[0]);
	} else {
		assert(l.n > 0);
	}
	for (size_t i = 0; i < l.n; i++)
		use(l.key[i]);
	key_list_release(&l);
	return r < 0 ? -1 : 0;
}
