// SPDX-License-Identifier: Apache-2.0
/*
 * tpm/journal/template.c on data that somebody else wrote. Input: the length
 * of the template's name in a byte, the name, the field data.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[256] = "";
	struct buf text = BUF_INIT;
	struct digest d;
	size_t n;
	int ascii, digest;

	if (!size || data[0] > size - 1)
		return -1;
	n = data[0];
	memcpy(name, data + 1, n);
	data += 1 + n;
	size -= 1 + n;
	ascii = template_ascii(name, data, size, &text);
	digest = template_digest(name, data, size, HASH_ALG_SHA256, &d);
	/* what has a text is the template's data, so it has a digest */
	if (ascii == 0 && digest < 0)
		abort();
	if (ascii < 0 && text.len)
		abort();
	buf_release(&text);
	return ascii < 0 ? -1 : 0;
}
