// SPDX-License-Identifier: Apache-2.0
/*
 * security.ima values, bytes <-> struct; pure. Layouts:
 *
 *   01 digest                  MD5 or SHA-1 (told apart by length)
 *   04 alg digest
 *   TT VV alg keyid[4] size[2] signature[size]
 *                              TT 03, 05 or 06; VV 02 or 03; big-endian
 *
 * IMA: security/integrity/integrity.h, signature_v2_hdr
 */
#include "xattr.h"

#include <errno.h>
#include <stdbool.h>

#include "base/bytes.h"

#define SIG_HEADER_LEN 9

static bool is_sig_type(uint8_t type)
{
	return type == EVM_IMA_XATTR_DIGSIG ||
	       type == EVM_XATTR_PORTABLE_DIGSIG || type == IMA_VERITY_DIGSIG;
}

int sig_header_parse(const uint8_t *value, size_t len, struct sig_header *ret)
{
	struct bytes b = bytes_of(value, len);
	struct sig_header h = { 0 };
	uint16_t size;

	h.type = bytes_u8(&b);
	h.version = bytes_u8(&b);
	if (!bytes_ok(&b) || !is_sig_type(h.type))
		return -EINVAL;
	if (h.version != 2 && h.version != 3)
		return -EOPNOTSUPP;
	h.alg = bytes_u8(&b);
	h.keyid = bytes_be32(&b);
	size = bytes_be16(&b);
	/* the kernel refuses an empty signature here, too */
	if (!bytes_ok(&b) || b.left == 0 || b.left != size)
		return -EBADMSG;
	if (h.alg >= HASH_ALG_COUNT)
		return -ENOPKG;
	h.sig = b.at;
	h.sig_len = b.left;
	*ret = h;
	return 0;
}

/* Whether bytes 17..20 of a 21-byte value, after an MD5 digest, are unused. */
static bool padded_md5(const uint8_t *value)
{
	return (value[17] | value[18] | value[19] | value[20]) == 0;
}

enum hash_alg ima_xattr_alg(const uint8_t *value, size_t len,
			    enum hash_alg dflt)
{
	unsigned alg = HASH_ALG_COUNT;

	if (!value || len < 2)
		return dflt;
	switch (value[0]) {
	case IMA_VERITY_DIGSIG:
		if (value[1] == 3 && len > SIG_HEADER_LEN)
			alg = value[2];
		break;
	case EVM_IMA_XATTR_DIGSIG:
		/* version 3: since Linux 7.2 */
		if ((value[1] == 2 || value[1] == 3) && len > SIG_HEADER_LEN)
			alg = value[2];
		break;
	case IMA_XATTR_DIGEST_NG:
		alg = value[1];
		break;
	case IMA_XATTR_DIGEST:
		if (len == 21)
			alg = padded_md5(value) ? HASH_ALG_MD5 : HASH_ALG_SHA1;
		else if (len == 17)
			alg = HASH_ALG_MD5;
		break;
	default:
		break;
	}
	return alg < HASH_ALG_COUNT ? (enum hash_alg)alg : dflt;
}

int ima_xattr_encode(const struct digest *d, struct buf *to)
{
	size_t before = to->len;
	int r;

	if (d->alg <= HASH_ALG_SHA1) {
		r = buf_append_u8(to, IMA_XATTR_DIGEST);
	} else {
		r = buf_append_u8(to, IMA_XATTR_DIGEST_NG);
		if (r == 0)
			r = buf_append_u8(to, d->alg);
	}
	if (r == 0)
		r = buf_append(to, d->bytes, d->size);
	if (r < 0)
		to->len = before;
	return r;
}
