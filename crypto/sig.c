// SPDX-License-Identifier: Apache-2.0
/* Signatures over digests; see sig.h. Which hash goes with which key is the
 * kernel's choice (crypto/rsa-pkcs1pad.c, asymmetric_keys/public_key.c). */
#include "crypto/sig.h"

#include <errno.h>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "crypto/evp.h"

/* 00 01 FF*8 00, and the longest DigestInfo prefix (RFC 8017, 9.2). */
#define RSA_OVERHEAD (11U + 19U)

#define BIT(alg)     (UINT32_C(1) << (alg))

/* Those with a DigestInfo prefix. */
static const uint32_t rsa_hashes =
	BIT(HASH_ALG_MD5) | BIT(HASH_ALG_SHA1) | BIT(HASH_ALG_RMD160) |
	BIT(HASH_ALG_SHA224) | BIT(HASH_ALG_SHA256) | BIT(HASH_ALG_SHA384) |
	BIT(HASH_ALG_SHA512) | BIT(HASH_ALG_SHA3_256) | BIT(HASH_ALG_SHA3_384) |
	BIT(HASH_ALG_SHA3_512);

static const uint32_t ec_hashes =
	BIT(HASH_ALG_SHA1) | BIT(HASH_ALG_SHA224) | BIT(HASH_ALG_SHA256) |
	BIT(HASH_ALG_SHA384) | BIT(HASH_ALG_SHA512) | BIT(HASH_ALG_SHA3_256) |
	BIT(HASH_ALG_SHA3_384) | BIT(HASH_ALG_SHA3_512);

/* The implementation if @k may be used with @digest, else NULL. */
static const EVP_MD *md_for(const struct key *k, const struct digest *digest)
{
	uint32_t allowed = k->type == KEY_RSA ? rsa_hashes : ec_hashes;

	if (digest->alg >= HASH_ALG_COUNT || !(allowed & BIT(digest->alg)) ||
	    digest->size != hash_alg_size(digest->alg))
		return NULL;
	if (k->type == KEY_RSA &&
	    (size_t)EVP_PKEY_get_size(k->pkey) < RSA_OVERHEAD + digest->size)
		return NULL;
	return evp_md(digest->alg);
}

/* Padding and hash of an initialised context. Return: 1, else refused. */
static int configure(EVP_PKEY_CTX *ctx, const struct key *k, const EVP_MD *md)
{
	if (k->type == KEY_RSA &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1)
		return 0;
	return EVP_PKEY_CTX_set_signature_md(ctx, md);
}

/*
 * The shared context for @alg, made by whoever comes first. Copying it is a
 * fifth cheaper than an RSA-2048 verification that sets up its own.
 * Return: the context, owned by @k; NULL with @reterr_why.
 */
static EVP_PKEY_CTX *ready_ctx(struct key *k, unsigned alg, const EVP_MD *md,
			       enum sig_result *reterr_why)
{
	EVP_PKEY_CTX *ctx = atomic_load(&k->ready[alg]);
	EVP_PKEY_CTX *first = NULL;

	if (ctx)
		return ctx;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	/* a system's crypto policy may refuse SHA-1 here */
	if (!ctx || EVP_PKEY_verify_init(ctx) != 1 ||
	    configure(ctx, k, md) != 1) {
		*reterr_why = evp_drain() ? SIG_ERROR : SIG_UNSUPPORTED;
		EVP_PKEY_CTX_free(ctx);
		return NULL;
	}
	if (atomic_compare_exchange_strong(&k->ready[alg], &first, ctx))
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return first;
}

enum sig_result sig_verify(struct key *k, const struct digest *digest,
			   const uint8_t *sig, size_t len)
{
	CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = NULL;
	const EVP_MD *md = md_for(k, digest);
	enum sig_result why = SIG_ERROR;
	EVP_PKEY_CTX *shared;

	if (!md)
		return SIG_UNSUPPORTED;
	shared = ready_ctx(k, digest->alg, md, &why);
	if (!shared)
		return why;
	ctx = EVP_PKEY_CTX_dup(shared);
	if (!ctx) {
		ERR_clear_error();
		return SIG_ERROR;
	}
	if (EVP_PKEY_verify(ctx, sig, len, digest->bytes, digest->size) == 1) {
		/* what it could do without, it may have said all the same */
		ERR_clear_error();
		return SIG_GOOD;
	}
	/* malformed ones are reported as errors, too: they are bad */
	return evp_drain() ? SIG_ERROR : SIG_BAD;
}

int sig_make(EVP_PKEY *pkey, const struct key *k, const struct digest *digest,
	     struct buf *to)
{
	CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = NULL;
	const EVP_MD *md = md_for(k, digest);
	size_t len = 0;
	int r;

	if (!md)
		return -ENOPKG;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	if (!ctx)
		return evp_error(-EIO);
	if (EVP_PKEY_sign_init(ctx) != 1 || configure(ctx, k, md) != 1)
		return evp_error(-ENOPKG);
	if (EVP_PKEY_sign(ctx, NULL, &len, digest->bytes, digest->size) != 1)
		return evp_error(-EIO);
	r = buf_reserve(to, len);
	if (r < 0)
		return r;
	if (EVP_PKEY_sign(ctx, to->data + to->len, &len, digest->bytes,
			  digest->size) != 1)
		return evp_error(-EIO);
	to->len += len;
	return 0;
}
