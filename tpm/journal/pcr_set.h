/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCRs as a replay computes them: the arithmetic of TPM2_PCR_Extend in every
 * bank, and what the kernel extends for an entry (IMA: ima_queue.c).
 */
#ifndef TPM_JOURNAL_PCR_SET_H
#define TPM_JOURNAL_PCR_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "digest.h"
#include "journal.h"

struct pcr_set {
	enum hash_alg bank[TPM_BANKS_MAX];
	unsigned n_banks;
	struct digest *row[JOURNAL_PCRS]; /* n_banks each; NULL: untouched */
};

void pcr_set_init(struct pcr_set *s, const enum hash_alg *bank,
		  unsigned n_banks);
void pcr_set_release(struct pcr_set *s);

/*
 * The row of @pcr; one that was untouched begins with zeros, as PCR 0-16 and
 * 23 do after a reset. Return: NULL without memory.
 */
struct digest *pcr_set_row(struct pcr_set *s, unsigned pcr);

/* Makes @pcr untouched again. */
void pcr_set_forget(struct pcr_set *s, unsigned pcr);

/* @row[i] = H(row[i] || digest[i]) for every bank. Return: 0; -errno. */
int pcr_row_extend(const struct pcr_set *s, struct digest *row,
		   const struct digest *digest);

bool pcr_row_equal(const struct pcr_set *s, const struct digest *a,
		   const struct digest *b);
/* All zeros in every bank. */
bool pcr_row_zero(const struct pcr_set *s, const struct digest *row);

/* As a TPM's start leaves it: zeros in every bank, or ones (PCR 17 to 22). */
bool pcr_row_untouched(const struct pcr_set *s, const struct digest *row);

/*
 * What is extended for an entry: the template digest of every bank, all ones
 * for a violation. Return: 0; -EBADMSG; -ENOPKG; -ENOMEM.
 */
int pcr_set_digests(const struct pcr_set *s, const char *name,
		    const uint8_t *data, size_t len, bool violation,
		    struct digest *ret);

#endif
