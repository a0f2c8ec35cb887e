/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this room share about OpenSSL. Its conventions (1/0, an
 * error queue per thread) end in this room: every function that can leave
 * something in the queue empties it before it returns.
 */
#ifndef CRYPTO_EVP_H
#define CRYPTO_EVP_H

#include <stdbool.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/cleanup.h"

DEFINE_FREEP(ASN1_BIT_STRING, ASN1_BIT_STRING);
DEFINE_FREEP(ASN1_OCTET_STRING, ASN1_OCTET_STRING);
DEFINE_FREEP(BIGNUM, BN);
DEFINE_FREEP(BIO, BIO);
DEFINE_FREEP(EVP_PKEY, EVP_PKEY);
DEFINE_FREEP(EVP_PKEY_CTX, EVP_PKEY_CTX);
DEFINE_FREEP(X509, X509);
DEFINE_FREEP(X509_PUBKEY, X509_PUBKEY);

/* For memory that OpenSSL allocated. */
static inline void openssl_freep(void *p)
{
	OPENSSL_free(*(void **)p);
}

/*
 * The fetched implementation of a kernel hash number; lives as long as the
 * process. NULL: not available, or outside the table.
 */
const EVP_MD *evp_md(unsigned alg);

/* Empties the queue; true if memory ran out somewhere on the way. */
bool evp_drain(void);

/* Empties the queue. Return: -ENOMEM if memory ran out, else @r. */
int evp_error(int r);

#endif
