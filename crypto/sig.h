/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public key operation itself: RSA EMSA-PKCS1-v1_5 and ECDSA (DER) over a
 * digest. Knows nothing of headers, key ids or files.
 */
#ifndef CRYPTO_SIG_H
#define CRYPTO_SIG_H

#include "base/buf.h"
#include "crypto/key.h"
#include "digest.h"
#include "keyring.h"

/* Thread-safe. Never SIG_NO_KEY. */
enum sig_result sig_verify(struct key *k, const struct digest *digest,
			   const uint8_t *sig, size_t len);

/*
 * sig_make() - sign @digest with the private key @pkey
 * @k:  its public half
 * @to: the bare signature, appended; unchanged on error
 * Thread-safe. Return: 0; -ENOPKG if key and hash do not go together; -EIO;
 * -ENOMEM.
 */
int sig_make(EVP_PKEY *pkey, const struct key *k, const struct digest *digest,
	     struct buf *to);

#endif
