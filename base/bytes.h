/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded read cursor over untrusted bytes. A read past the end latches
 * "overrun", returns zeros and moves nothing; check bytes_ok() once at the end.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *at;
	size_t left;
	bool overrun;
};

static inline struct bytes bytes_of(const void *data, size_t len)
{
	return (struct bytes){ data, len, false };
}

static inline bool bytes_ok(const struct bytes *b)
{
	return !b->overrun;
}

/* Borrows the next @len bytes; NULL and overrun if there are fewer. */
const uint8_t *bytes_take(struct bytes *b, size_t len);

/* Copies the next @len bytes to @to, zeros on overrun. */
void bytes_copy(struct bytes *b, void *to, size_t len);

uint8_t bytes_u8(struct bytes *b);
uint16_t bytes_le16(struct bytes *b);
uint32_t bytes_le32(struct bytes *b);
uint64_t bytes_le64(struct bytes *b);
uint16_t bytes_be16(struct bytes *b);
uint32_t bytes_be32(struct bytes *b);

#endif
