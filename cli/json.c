// SPDX-License-Identifier: Apache-2.0
/* JSON strings; see json.h. */
#include "json.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/*
 * Length of the UTF-8 sequence at @p by the table of well-formed ones (Unicode
 * 15, 3-7), 0 if it is none. Never looks behind a NUL.
 */
static size_t sequence(const uint8_t *p)
{
	static const struct {
		uint8_t first_min, first_max, second_min, second_max, len;
	} form[] = {
		{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(form) / sizeof(form[0]); i++) {
		if (p[0] < form[i].first_min || p[0] > form[i].first_max)
			continue;
		if (form[i].len > 1 &&
		    (p[1] < form[i].second_min || p[1] > form[i].second_max))
			return 0;
		for (size_t j = 2; j < form[i].len; j++) {
			if (p[j] < 0x80 || p[j] > 0xbf)
				return 0;
		}
		return form[i].len;
	}
	return 0;
}

bool json_is_text(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	while (*p) {
		size_t n = sequence(p);

		if (!n)
			return false;
		p += n;
	}
	return true;
}

int json_string(struct buf *b, const char *s)
{
	const uint8_t *p = (const uint8_t *)s;
	int r = buf_append_u8(b, '"');

	while (*p && r == 0) {
		size_t n = sequence(p);

		if (!n) {
			r = buf_append_str(b, "\\ufffd");
			n = 1;
		} else if (*p < 0x20 || *p == '"' || *p == '\\' || *p == 0x7f) {
			r = buf_printf(b, "\\u%04x", *p);
		} else {
			r = buf_append(b, p, n);
		}
		p += n;
	}
	return r < 0 ? r : buf_append_u8(b, '"');
}

int json_member(struct buf *b, const char *name, const char *value)
{
	int r = 0;

	if (!value)
		return 0;
	if (b->len && b->data[b->len - 1] != '{')
		r = buf_append_str(b, ", ");
	if (r == 0)
		r = json_string(b, name);
	if (r == 0)
		r = buf_append_str(b, ": ");
	return r < 0 ? r : json_string(b, value);
}
