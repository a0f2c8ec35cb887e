// SPDX-License-Identifier: Apache-2.0
/* JSON strings; see json.h. */
#include "json.h"

#include "base/utf8.h"

bool json_is_text(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	while (*p) {
		size_t n = utf8_len(p);

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
		size_t n = utf8_len(p);

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
