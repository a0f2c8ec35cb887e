// SPDX-License-Identifier: Apache-2.0
/* PCR arithmetic; see pcr_set.h. Talks to no TPM. */
#include "tpm/journal/pcr_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void pcr_set_init(struct pcr_set *s, const enum hash_alg *bank,
		  unsigned n_banks)
{
	*s = (struct pcr_set){ .n_banks = n_banks };
	for (unsigned i = 0; i < n_banks; i++)
		s->bank[i] = bank[i];
}

void pcr_set_forget(struct pcr_set *s, unsigned pcr)
{
	free(s->row[pcr]);
	s->row[pcr] = NULL;
}

void pcr_set_release(struct pcr_set *s)
{
	for (unsigned i = 0; i < JOURNAL_PCRS; i++)
		pcr_set_forget(s, i);
}

struct digest *pcr_set_row(struct pcr_set *s, unsigned pcr)
{
	struct digest *row = s->row[pcr];

	if (row)
		return row;
	/* one more, so that a set without banks has a row, too */
	row = calloc(s->n_banks + 1, sizeof(*row));
	if (!row)
		return NULL;
	for (unsigned i = 0; i < s->n_banks; i++) {
		row[i].alg = (uint8_t)s->bank[i];
		row[i].size = (uint8_t)hash_alg_size(s->bank[i]);
	}
	s->row[pcr] = row;
	return row;
}

int pcr_row_extend(const struct pcr_set *s, struct digest *row,
		   const struct digest *digest)
{
	for (unsigned i = 0; i < s->n_banks; i++) {
		uint8_t both[2 * DIGEST_MAX];
		size_t n = row[i].size;
		int r;

		memcpy(both, row[i].bytes, n);
		memcpy(both + n, digest[i].bytes, n);
		r = digest_of(s->bank[i], both, 2 * n, &row[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

bool pcr_row_equal(const struct pcr_set *s, const struct digest *a,
		   const struct digest *b)
{
	for (unsigned i = 0; i < s->n_banks; i++) {
		if (!digest_equal(&a[i], &b[i]))
			return false;
	}
	return true;
}

bool pcr_row_untouched(const struct pcr_set *s, const struct digest *row)
{
	uint8_t first = s->n_banks ? row[0].bytes[0] : 0;

	for (unsigned i = 0; i < s->n_banks; i++) {
		for (unsigned k = 0; k < row[i].size; k++) {
			if (row[i].bytes[k] != first)
				return false;
		}
	}
	return first == 0 || first == 0xff;
}

bool pcr_row_zero(const struct pcr_set *s, const struct digest *row)
{
	for (unsigned i = 0; i < s->n_banks; i++) {
		for (unsigned k = 0; k < row[i].size; k++) {
			if (row[i].bytes[k])
				return false;
		}
	}
	return true;
}

int pcr_set_digests(const struct pcr_set *s, const char *name,
		    const uint8_t *data, size_t len, bool violation,
		    struct digest *ret)
{
	for (unsigned i = 0; i < s->n_banks; i++) {
		int r = 0;

		if (violation) {
			ret[i].alg = (uint8_t)s->bank[i];
			ret[i].size = (uint8_t)hash_alg_size(s->bank[i]);
			memset(ret[i].bytes, 0xff, ret[i].size);
		} else {
			r = template_digest(name, data, len, s->bank[i],
					    &ret[i]);
		}
		if (r < 0)
			return r;
	}
	return 0;
}
