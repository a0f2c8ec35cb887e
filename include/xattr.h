/* SPDX-License-Identifier: Apache-2.0 */
/* security.ima values: pure codec; layouts in crypto/xattr.c. */
#ifndef IMAFS_XATTR_H
#define IMAFS_XATTR_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "digest.h"

#define XATTR_NAME_IMA	"security.ima"
#define XATTR_NAME_EVM	"security.evm"
#define XATTR_NAME_CAPS "security.capability"

/* First byte (enum evm_ima_xattr_type). */
enum ima_xattr_type {
	IMA_XATTR_DIGEST = 0x01,
	EVM_XATTR_HMAC = 0x02,
	EVM_IMA_XATTR_DIGSIG = 0x03,
	IMA_XATTR_DIGEST_NG = 0x04,
	EVM_XATTR_PORTABLE_DIGSIG = 0x05,
	IMA_VERITY_DIGSIG = 0x06,
	IMA_XATTR_LAST = 0x07
};

/* A signature value taken apart; the pointer borrows from the input. */
struct sig_header {
	uint8_t type;	 /* 3, 5 or 6 */
	uint8_t version; /* 2 or 3 */
	uint8_t alg;	 /* enum hash_alg; this build may not compute it */
	uint32_t keyid;
	const uint8_t *sig;
	size_t sig_len;
};

/*
 * sig_header_parse() - take a signature value apart
 * @ret: written on success only
 * Return: 0; -EINVAL shorter than 2 or not type 3, 5 or 6; -EOPNOTSUPP version
 * other than 2, 3; -EBADMSG length mismatch or empty signature; -ENOPKG
 * algorithm outside the table.
 */
int sig_header_parse(const uint8_t *value, size_t len, struct sig_header *ret);

/*
 * The algorithm that a file with this security.ima value is hashed with
 * (the kernel's ima_get_hash_algo()). @value may be NULL. Never fails: @dflt
 * for anything odd.
 */
enum hash_alg ima_xattr_alg(const uint8_t *value, size_t len,
			    enum hash_alg dflt);

/*
 * The value for a digest: type 1 for md4, md5 and sha1, otherwise type 4.
 * Appended. Return: 0 or -ENOMEM; on error @to is unchanged.
 */
int ima_xattr_encode(const struct digest *d, struct buf *to);

#endif
