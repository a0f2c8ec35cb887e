// SPDX-License-Identifier: Apache-2.0
/* UTF-8 sequences; see utf8.h. */
#include "base/utf8.h"

size_t utf8_len(const uint8_t *p)
{
	/* The Unicode Standard, table 3-7; later bytes are all 80 to BF. */
	static const struct {
		uint8_t first_min, first_max, second_min, second_max, len;
	} form[] = {
		{ 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
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
