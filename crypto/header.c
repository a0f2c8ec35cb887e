// SPDX-License-Identifier: Apache-2.0
/* What the versions of signature values sign; see header.h. */
#include "crypto/header.h"

#include <string.h>

enum sig_result header_check(const struct sig_header *h, const struct digest *d,
			     const struct keyring *keys)
{
	uint8_t id[2 + DIGEST_MAX];
	struct digest of_id;

	if (h->alg != d->alg)
		return SIG_BAD;
	if (!keys)
		return SIG_NO_KEY;
	if (h->version == 3) {
		id[0] = h->type;
		id[1] = d->alg;
		memcpy(id + 2, d->bytes, d->size);
		if (digest_of(d->alg, id, 2U + d->size, &of_id) < 0)
			return SIG_ERROR;
		d = &of_id;
	}
	return keyring_check(keys, h->keyid, d, h->sig, h->sig_len);
}
