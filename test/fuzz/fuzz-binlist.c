// SPDX-License-Identifier: Apache-2.0
/* journal_replay() and journal_next() on any bytes. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count(void *arg, uint64_t number, const struct journal_entry *e)
{
	uint64_t *n = arg;

	if (number != *n || e->pcr >= JOURNAL_PCRS)
		abort();
	++*n;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum hash_alg banks[] = { HASH_ALG_SHA1, HASH_ALG_SHA256 };
	struct digest pcr[24][2];
	struct diag d = { 0 };
	uint64_t replayed = 0, walked = 0;
	size_t at = 0;
	int r = journal_replay(data, size, HASH_ALG_SHA1, count, &replayed,
			       banks, 2, 24, pcr[0], &d);

	while (at < size) {
		char name[TEMPLATE_NAME_MAX + 1];
		struct journal_entry e;
		size_t n;

		if (journal_next(data + at, size - at, HASH_ALG_SHA1, name, &e,
				 &n) != 1)
			break;
		if (!n || n > size - at)
			abort();
		at += n;
		walked++;
	}
	/* a list that replays can be walked to its end */
	if (r == 0 && (walked != replayed || at != size))
		abort();
	if (r < 0 && !d.msg[0] && r != -ENOMEM)
		abort();
	return r < 0 ? -1 : 0;
}
