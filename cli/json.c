// SPDX-License-Identifier: Apache-2.0
/* JSON strings (RFC 8259). All other JSON that imafs prints is literal. */
#include "json.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Length of the well-formed UTF-8 sequence at @p, 0 if there is none. */
static size_t sequence(const uint8_t *p, size_t left)
{
	static const uint8_t least[] = { 0, 0, 0, 0xa0, 0x90 };
	static const uint8_t most[] = { 0, 0, 0, 0x9f, 0x8f };
	size_t n = p[0] < 0x80			 ? 1
		   : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
		   : (p[0] & 0xf0) == 0xe0	 ? 3
		   : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
						 : 0;

	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	/* overlong forms, surrogates, beyond U+10FFFF */
	if ((p[0] == 0xe0 || p[0] == 0xf0) && p[1] < least[n])
		return 0;
	if ((p[0] == 0xed || p[0] == 0xf4) && p[1] > most[n])
		return 0;
	return n;
}

void json_string(FILE *to, const char *text, size_t len)
{
	const uint8_t *p = (const uint8_t *)text;

	(void)fputc('"', to);
	while (len) {
		size_t n = sequence(p, len);

		if (!n)
			(void)fputs("\\ufffd", to);
		else if (*p == '"' || *p == '\\')
			(void)fprintf(to, "\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			(void)fprintf(to, "\\u%04x", *p);
		else
			(void)fwrite(p, 1, n, to);
		n = n ? n : 1;
		p += n;
		len -= n;
	}
	(void)fputc('"', to);
}
