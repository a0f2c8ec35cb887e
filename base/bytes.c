// SPDX-License-Identifier: Apache-2.0
/* A bounded read cursor; see bytes.h. */
#include "base/bytes.h"

#include <string.h>

const uint8_t *bytes_take(struct bytes *b, size_t len)
{
	const uint8_t *p = b->at;

	if (b->overrun || len > b->left) {
		b->overrun = true;
		return NULL;
	}
	if (len)
		b->at += len;
	b->left -= len;
	return p;
}

void bytes_copy(struct bytes *b, void *to, size_t len)
{
	const uint8_t *p = bytes_take(b, len);

	if (p && len)
		memcpy(to, p, len);
	else if (len)
		memset(to, 0, len);
}

static uint64_t take_le(struct bytes *b, size_t n)
{
	const uint8_t *p = bytes_take(b, n);
	uint64_t v = 0;

	for (size_t i = 0; p && i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static uint64_t take_be(struct bytes *b, size_t n)
{
	const uint8_t *p = bytes_take(b, n);
	uint64_t v = 0;

	for (size_t i = 0; p && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t bytes_u8(struct bytes *b)
{
	return (uint8_t)take_le(b, 1);
}

uint16_t bytes_le16(struct bytes *b)
{
	return (uint16_t)take_le(b, 2);
}

uint32_t bytes_le32(struct bytes *b)
{
	return (uint32_t)take_le(b, 4);
}

uint64_t bytes_le64(struct bytes *b)
{
	return take_le(b, 8);
}

uint16_t bytes_be16(struct bytes *b)
{
	return (uint16_t)take_be(b, 2);
}

uint32_t bytes_be32(struct bytes *b)
{
	return (uint32_t)take_be(b, 4);
}
