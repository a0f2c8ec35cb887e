/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hash algorithms by the kernel's numbers and names
 * (include/uapi/linux/hash_info.h). The one table of them.
 */
#ifndef IMAFS_HASH_ALG_H
#define IMAFS_HASH_ALG_H

#include <stddef.h>
#include <stdint.h>

enum hash_alg {
	HASH_ALG_MD4 = 0,
	HASH_ALG_MD5 = 1,
	HASH_ALG_SHA1 = 2,
	HASH_ALG_RMD160 = 3,
	HASH_ALG_SHA256 = 4,
	HASH_ALG_SHA384 = 5,
	HASH_ALG_SHA512 = 6,
	HASH_ALG_SHA224 = 7, /* sic: after sha512 */
	HASH_ALG_RMD128 = 8,
	HASH_ALG_RMD256 = 9,
	HASH_ALG_RMD320 = 10,
	HASH_ALG_WP256 = 11,
	HASH_ALG_WP384 = 12,
	HASH_ALG_WP512 = 13,
	HASH_ALG_TGR128 = 14,
	HASH_ALG_TGR160 = 15,
	HASH_ALG_TGR192 = 16,
	HASH_ALG_SM3 = 17,
	HASH_ALG_STREEBOG256 = 18,
	HASH_ALG_STREEBOG512 = 19,
	HASH_ALG_SHA3_256 = 20,
	HASH_ALG_SHA3_384 = 21,
	HASH_ALG_SHA3_512 = 22,
	HASH_ALG_COUNT = 23
};

/* Longest digest of the table, in bytes (HASH_MAX_DIGESTSIZE). */
#define DIGEST_MAX 64

/* Most PCR banks that a TPM 2.0 can have (TPML_PCR_SELECTION). */
#define TPM_BANKS_MAX 16

/* The kernel's name ("sha256", "sha3-256"), or NULL outside the table. */
const char *hash_alg_name(unsigned alg);

/* Digest length in bytes, 0 outside the table. */
size_t hash_alg_size(unsigned alg);

/* Finds a name of @len bytes. Return: its number, or -ENOENT. */
int hash_alg_find(const char *name, size_t len);

/*
 * TPM 2.0 algorithm ids (TCG Algorithm Registry).
 * Return: the TPM_ALG_ID, 0 if the TPM has no name for it; and back, -ENOENT.
 */
uint16_t hash_alg_to_tpm(unsigned alg);
int hash_alg_from_tpm(uint16_t tpm_alg);

#endif
