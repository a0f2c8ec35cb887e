// SPDX-License-Identifier: Apache-2.0
/* The hash algorithm table; see include/hash_alg.h. */
#include "hash_alg.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	uint8_t size;
	uint16_t tpm;
} table[HASH_ALG_COUNT] = {
	[HASH_ALG_MD4] = { "md4", 16, 0 },
	[HASH_ALG_MD5] = { "md5", 16, 0 },
	[HASH_ALG_SHA1] = { "sha1", 20, 0x0004 },
	[HASH_ALG_RMD160] = { "rmd160", 20, 0 },
	[HASH_ALG_SHA256] = { "sha256", 32, 0x000b },
	[HASH_ALG_SHA384] = { "sha384", 48, 0x000c },
	[HASH_ALG_SHA512] = { "sha512", 64, 0x000d },
	[HASH_ALG_SHA224] = { "sha224", 28, 0 },
	[HASH_ALG_RMD128] = { "rmd128", 16, 0 },
	[HASH_ALG_RMD256] = { "rmd256", 32, 0 },
	[HASH_ALG_RMD320] = { "rmd320", 40, 0 },
	[HASH_ALG_WP256] = { "wp256", 32, 0 },
	[HASH_ALG_WP384] = { "wp384", 48, 0 },
	[HASH_ALG_WP512] = { "wp512", 64, 0 },
	[HASH_ALG_TGR128] = { "tgr128", 16, 0 },
	[HASH_ALG_TGR160] = { "tgr160", 20, 0 },
	[HASH_ALG_TGR192] = { "tgr192", 24, 0 },
	[HASH_ALG_SM3] = { "sm3", 32, 0x0012 },
	[HASH_ALG_STREEBOG256] = { "streebog256", 32, 0 },
	[HASH_ALG_STREEBOG512] = { "streebog512", 64, 0 },
	[HASH_ALG_SHA3_256] = { "sha3-256", 32, 0x0027 },
	[HASH_ALG_SHA3_384] = { "sha3-384", 48, 0x0028 },
	[HASH_ALG_SHA3_512] = { "sha3-512", 64, 0x0029 },
};

const char *hash_alg_name(unsigned alg)
{
	return alg < HASH_ALG_COUNT ? table[alg].name : NULL;
}

size_t hash_alg_size(unsigned alg)
{
	return alg < HASH_ALG_COUNT ? table[alg].size : 0;
}

int hash_alg_find(const char *name, size_t len)
{
	for (int i = 0; i < HASH_ALG_COUNT; i++) {
		if (strlen(table[i].name) == len &&
		    memcmp(table[i].name, name, len) == 0)
			return i;
	}
	return -ENOENT;
}

uint16_t hash_alg_to_tpm(unsigned alg)
{
	return alg < HASH_ALG_COUNT ? table[alg].tpm : 0;
}

int hash_alg_from_tpm(uint16_t tpm_alg)
{
	for (int i = 0; tpm_alg && i < HASH_ALG_COUNT; i++) {
		if (table[i].tpm == tpm_alg)
			return i;
	}
	return -ENOENT;
}
