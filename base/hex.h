/* SPDX-License-Identifier: Apache-2.0 */
/* Hex digits. What may stand between or around them, callers know. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Value of one hex digit of either case, -1 for any other character. */
int hex_digit(char c);

/*
 * hex_decode() - text to bytes
 * @text: exactly 2 * @len hex digits are read
 * Return: 0, or -EINVAL if another character (or the end) comes first.
 */
int hex_decode(const char *text, void *to, size_t len);

/* Writes 2 * @len lower-case digits and a NUL to @text. */
void hex_encode(char *text, const void *data, size_t len);

#endif
