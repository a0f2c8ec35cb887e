/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys: bytes (X.509, SubjectPublicKeyInfo, PKCS#1; DER or PEM) ->
 * struct key. No I/O.
 */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/diag.h"
#include "hash_alg.h"

enum key_type {
	KEY_RSA = 1,
	KEY_EC
};

/* Immutable but for the cache; may be shared between threads. */
struct key {
	enum key_type type;
	unsigned bits;
	EVP_PKEY *pkey;
	/*
	 * Per hash, a context that is ready to verify and only ever copied.
	 * Filled on first use by sig.c.
	 */
	_Atomic(EVP_PKEY_CTX *) ready[HASH_ALG_COUNT];

	uint8_t *skid; /* certificate's, else SHA-1 of the public key */
	size_t skid_len;
	/* What signature headers may call it: the kernel compares the last
	 * four bytes of the SKID and of serial number || issuer. */
	uint32_t id[2];
	unsigned n_ids;
	char *subject; /* RFC 2253; NULL: a bare public key */
	X509 *cert;    /* where it came from, for trust.c; NULL: likewise */
};

struct key_list {
	struct key **key;
	size_t n, cap;
};

#define KEY_LIST_INIT      \
	{                  \
		NULL, 0, 0 \
	}

/* Frees the keys, too. */
void key_list_release(struct key_list *l);

/* Takes ownership of @k on success. Return: 0 or -ENOMEM. */
int key_list_add(struct key_list *l, struct key *k);

/*
 * keys_parse() - all keys of a file
 * @to:     appended; unchanged on error
 * @reterr: reason, without the file's name
 *
 * A DER file holds one certificate or key and nothing after it. A PEM file
 * holds one or more; text around the blocks is ignored, a block that is
 * neither certificate nor key nor parameters is refused.
 *
 * Return: 0; -EBADMSG; -ENOPKG for a key that cannot verify anything; -ENOMEM.
 */
int keys_parse(const void *data, size_t len, struct key_list *to,
	       struct diag *reterr);

/*
 * A key from what OpenSSL decoded; nothing is kept of the argument but a
 * reference on it or on its EVP_PKEY. A private key gives its public half.
 * Return: 0; -EBADMSG; -ENOPKG; -ENOMEM.
 */
int key_from_cert(X509 *cert, struct key **ret, struct diag *reterr);
int key_from_spki(X509_PUBKEY *pub, struct key **ret, struct diag *reterr);
int key_from_pkey(EVP_PKEY *pkey, struct key **ret, struct diag *reterr);

void key_free(struct key *k); /* accepts NULL */

/* Big-endian number of the last four bytes of the SKID; 0 if shorter. */
uint32_t key_skid_id(const struct key *k);

#endif
