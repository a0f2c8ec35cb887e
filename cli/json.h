/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for machines (RFC 8259), one object per line. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Appends @s as a JSON string. JSON knows no bytes: what is not UTF-8 becomes
 * U+FFFD. Return: 0 or -ENOMEM.
 */
int json_string(struct buf *b, const char *s);

/* Whether json_string() loses nothing of @s. */
bool json_is_text(const char *s);

/*
 * Appends "name": "value", with ", " in front unless a '{' is all there is.
 * A NULL @value appends nothing.
 */
int json_member(struct buf *b, const char *name, const char *value);

#endif
