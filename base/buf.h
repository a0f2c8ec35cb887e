/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer. One owner, no locking. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *data; /* NULL while empty; not NUL-terminated */
	size_t len;
	size_t cap;
};

#define BUF_INIT           \
	{                  \
		NULL, 0, 0 \
	}

/* Frees the memory and leaves an empty buffer. */
void buf_release(struct buf *b);

/* Overwrites the memory first; for key material. */
void buf_wipe(struct buf *b);

/* Makes room for @more bytes. Return: 0, -ENOMEM or -EOVERFLOW. */
int buf_reserve(struct buf *b, size_t more);

/* Appends @len bytes. Return: 0, -ENOMEM or -EOVERFLOW; on error unchanged. */
int buf_append(struct buf *b, const void *data, size_t len);
int buf_append_u8(struct buf *b, uint8_t v);
int buf_append_le16(struct buf *b, uint16_t v);
int buf_append_le32(struct buf *b, uint32_t v);
int buf_append_le64(struct buf *b, uint64_t v);
int buf_append_be16(struct buf *b, uint16_t v);
int buf_append_be32(struct buf *b, uint32_t v);

/* Appends a string without its NUL. */
int buf_append_str(struct buf *b, const char *s);

/* Appends formatted text without a NUL. */
int buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends lower-case hex of @len bytes. */
int buf_append_hex(struct buf *b, const void *data, size_t len);

/*
 * Appends @s for a one-line text log: control characters, '"', '\\' and bytes
 * that are not part of valid UTF-8 become \xNN.
 */
int buf_append_escaped(struct buf *b, const char *s);

/*
 * Turns the buffer into a NUL-terminated string that the caller frees.
 * Return: the string, or NULL without memory; @b is empty afterwards.
 */
char *buf_steal_str(struct buf *b);

#endif
