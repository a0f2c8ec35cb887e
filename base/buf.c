// SPDX-License-Identifier: Apache-2.0
/* A growing byte buffer; see buf.h. */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/utf8.h"

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}

void buf_wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	buf_release(b);
}

int buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap;
	uint8_t *data;

	if (__builtin_add_overflow(b->len, more, &need))
		return -EOVERFLOW;
	if (need <= b->cap)
		return 0;
	cap = b->cap < 64 ? 64 : b->cap;
	while (cap < need) {
		if (__builtin_mul_overflow(cap, 2, &cap))
			return -EOVERFLOW;
	}
	data = realloc(b->data, cap);
	if (!data)
		return -ENOMEM;
	b->data = data;
	b->cap = cap;
	return 0;
}

int buf_append(struct buf *b, const void *data, size_t len)
{
	int r;

	if (!len)
		return 0;
	r = buf_reserve(b, len);
	if (r < 0)
		return r;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

int buf_append_u8(struct buf *b, uint8_t v)
{
	return buf_append(b, &v, 1);
}

int buf_append_le16(struct buf *b, uint16_t v)
{
	uint8_t x[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	return buf_append(b, x, sizeof(x));
}

int buf_append_le32(struct buf *b, uint32_t v)
{
	uint8_t x[4];

	for (int i = 0; i < 4; i++)
		x[i] = (uint8_t)(v >> (8 * i));
	return buf_append(b, x, sizeof(x));
}

int buf_append_le64(struct buf *b, uint64_t v)
{
	uint8_t x[8];

	for (int i = 0; i < 8; i++)
		x[i] = (uint8_t)(v >> (8 * i));
	return buf_append(b, x, sizeof(x));
}

int buf_append_be16(struct buf *b, uint16_t v)
{
	uint8_t x[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	return buf_append(b, x, sizeof(x));
}

int buf_append_be32(struct buf *b, uint32_t v)
{
	uint8_t x[4];

	for (int i = 0; i < 4; i++)
		x[i] = (uint8_t)(v >> (24 - 8 * i));
	return buf_append(b, x, sizeof(x));
}

int buf_append_str(struct buf *b, const char *s)
{
	return buf_append(b, s, strlen(s));
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n, r;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -EINVAL;
	r = buf_reserve(b, (size_t)n + 1);
	if (r < 0)
		return r;
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}

int buf_append_hex(struct buf *b, const void *data, size_t len)
{
	size_t need;
	int r;

	/* hex_encode() writes a NUL behind the digits */
	if (__builtin_mul_overflow(len, 2, &need))
		return -EOVERFLOW;
	r = buf_reserve(b, need + 1);
	if (r < 0)
		return r;
	hex_encode((char *)b->data + b->len, data, len);
	b->len += need;
	return 0;
}

/* U+0080 to U+009f are controls, too: U+009b begins a terminal's sequence. */
static bool is_plain(const uint8_t *p, size_t n)
{
	if (n == 2)
		return p[0] != 0xc2 || p[1] >= 0xa0;
	return n && *p >= 0x20 && *p != 0x7f && *p != '"' && *p != '\\';
}

int buf_append_escaped(struct buf *b, const char *s)
{
	const uint8_t *p = (const uint8_t *)s;
	int r = 0;

	while (*p && r == 0) {
		size_t n = utf8_len(p);

		if (is_plain(p, n)) {
			r = buf_append(b, p, n);
			p += n;
		} else {
			r = buf_printf(b, "\\x%02x", *p);
			p++;
		}
	}
	return r;
}

char *buf_steal_str(struct buf *b)
{
	char *s;

	if (buf_append_u8(b, 0) < 0) {
		buf_release(b);
		return NULL;
	}
	s = (char *)b->data;
	*b = (struct buf)BUF_INIT;
	return s;
}
