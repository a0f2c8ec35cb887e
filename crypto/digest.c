// SPDX-License-Identifier: Apache-2.0
/*
 * Digests through EVP; see include/digest.h. Only fetched algorithms are used:
 * an implicit fetch at every init would take OpenSSL's global locks once per
 * file.
 */
#include "digest.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/evp.h"

struct digest_ctx {
	EVP_MD_CTX *evp;
	uint8_t alg;
	bool running; /* false between final and restart, and after errors */
};

/*
 * OpenSSL's names. Which of them exist depends on the providers of the
 * running system: md4 and whirlpool need "legacy", streebog needs "gost".
 */
static const char *const evp_name[HASH_ALG_COUNT] = {
	[HASH_ALG_MD4] = "MD4",
	[HASH_ALG_MD5] = "MD5",
	[HASH_ALG_SHA1] = "SHA1",
	[HASH_ALG_RMD160] = "RIPEMD160",
	[HASH_ALG_SHA256] = "SHA256",
	[HASH_ALG_SHA384] = "SHA384",
	[HASH_ALG_SHA512] = "SHA512",
	[HASH_ALG_SHA224] = "SHA224",
	[HASH_ALG_WP512] = "WHIRLPOOL",
	[HASH_ALG_SM3] = "SM3",
	[HASH_ALG_STREEBOG256] = "md_gost12_256",
	[HASH_ALG_STREEBOG512] = "md_gost12_512",
	[HASH_ALG_SHA3_256] = "SHA3-256",
	[HASH_ALG_SHA3_384] = "SHA3-384",
	[HASH_ALG_SHA3_512] = "SHA3-512",
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *fetched[HASH_ALG_COUNT]; /* constant after once */
static pthread_key_t thread_ctx;	/* valid if have_thread_ctx */
static bool have_thread_ctx;		/* constant after once */

static void free_thread_ctx(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void fetch_all(void)
{
	for (unsigned i = 0; i < HASH_ALG_COUNT; i++) {
		EVP_MD *md;

		if (!evp_name[i])
			continue;
		md = EVP_MD_fetch(NULL, evp_name[i], NULL);
		/* a provider may call anything by a known name */
		if (md && (size_t)EVP_MD_get_size(md) != hash_alg_size(i)) {
			EVP_MD_free(md);
			md = NULL;
		}
		fetched[i] = md;
	}
	ERR_clear_error();
	have_thread_ctx = pthread_key_create(&thread_ctx, free_thread_ctx) == 0;
}

const EVP_MD *evp_md(unsigned alg)
{
	if (alg >= HASH_ALG_COUNT || pthread_once(&once, fetch_all) != 0)
		return NULL;
	return fetched[alg];
}

bool evp_drain(void)
{
	bool no_memory = false;
	unsigned long e;

	while ((e = ERR_get_error()) != 0)
		no_memory |= ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	return no_memory;
}

int evp_error(int r)
{
	return evp_drain() ? -ENOMEM : r;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	if (a->alg != b->alg || a->size != b->size || !a->size ||
	    a->size > DIGEST_MAX)
		return false;
	return CRYPTO_memcmp(a->bytes, b->bytes, a->size) == 0;
}

bool digest_available(unsigned alg)
{
	return evp_md(alg) != NULL;
}

static int failed(void)
{
	ERR_clear_error();
	return -EIO;
}

static int start(EVP_MD_CTX *evp, const EVP_MD *md)
{
	return EVP_DigestInit_ex2(evp, md, NULL) == 1 ? 0 : failed();
}

/* @ret is written on success only. */
static int finish(EVP_MD_CTX *evp, unsigned alg, struct digest *ret)
{
	struct digest d = { .alg = (uint8_t)alg };
	unsigned size = 0;

	if (EVP_DigestFinal_ex(evp, d.bytes, &size) != 1 ||
	    size != hash_alg_size(alg))
		return failed();
	d.size = (uint8_t)size;
	*ret = d;
	return 0;
}

int digest_new(unsigned alg, struct digest_ctx **ret)
{
	const EVP_MD *md = evp_md(alg);
	struct digest_ctx *c;
	int r;

	if (!md)
		return -ENOPKG;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->alg = (uint8_t)alg;
	c->evp = EVP_MD_CTX_new();
	if (!c->evp) {
		ERR_clear_error();
		digest_free(c);
		return -ENOMEM;
	}
	r = start(c->evp, md);
	if (r < 0) {
		digest_free(c);
		return r;
	}
	c->running = true;
	*ret = c;
	return 0;
}

void digest_free(struct digest_ctx *c)
{
	if (!c)
		return;
	EVP_MD_CTX_free(c->evp);
	free(c);
}

int digest_restart(struct digest_ctx *c)
{
	int r = start(c->evp, evp_md(c->alg));

	c->running = r == 0;
	return r;
}

int digest_update(struct digest_ctx *c, const void *data, size_t len)
{
	if (!c->running)
		return -EIO;
	if (EVP_DigestUpdate(c->evp, data, len) == 1)
		return 0;
	c->running = false;
	return failed();
}

int digest_final(struct digest_ctx *c, struct digest *ret)
{
	if (!c->running)
		return -EIO;
	c->running = false;
	return finish(c->evp, c->alg, ret);
}

/* This thread's context, made on first use; NULL without memory. */
static EVP_MD_CTX *own_ctx(void)
{
	EVP_MD_CTX *evp;

	if (!have_thread_ctx)
		return NULL;
	evp = pthread_getspecific(thread_ctx);
	if (evp)
		return evp;
	evp = EVP_MD_CTX_new();
	if (!evp) {
		ERR_clear_error();
		return NULL;
	}
	if (pthread_setspecific(thread_ctx, evp) != 0) {
		EVP_MD_CTX_free(evp);
		return NULL;
	}
	return evp;
}

int digest_of(unsigned alg, const void *data, size_t len, struct digest *ret)
{
	const EVP_MD *md = evp_md(alg);
	EVP_MD_CTX *evp;
	int r;

	if (!md)
		return -ENOPKG;
	evp = own_ctx();
	if (!evp)
		return -ENOMEM;
	r = start(evp, md);
	if (r < 0)
		return r;
	if (EVP_DigestUpdate(evp, data, len) != 1)
		return failed();
	return finish(evp, alg, ret);
}
