// SPDX-License-Identifier: Apache-2.0
/*
 * The first entry of a list: what was booted.
 *
 * IMA: security/integrity/ima/ima_crypto.c, ima_calc_boot_aggregate_tfm()
 */
#include "tpm/journal/state.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"

/* PCRs that go in: firmware, boot loader; with SHA-1 as before Linux 5.8. */
#define AGGREGATE_PCRS	    10
#define AGGREGATE_PCRS_SHA1 8

static int find_bank(const struct journal *j, enum hash_alg alg)
{
	for (unsigned i = 0; i < j->pcrs.n_banks; i++) {
		if (j->pcrs.bank[i] == alg)
			return (int)i;
	}
	return -ENOENT;
}

/* The default algorithm's bank, else SHA-256, else SHA-1, else any. */
static int choose_bank(const struct journal *j)
{
	int bank = find_bank(j, j->hash);

	if (bank < 0)
		bank = find_bank(j, HASH_ALG_SHA256);
	if (bank < 0)
		bank = find_bank(j, HASH_ALG_SHA1);
	return bank < 0 ? 0 : bank;
}

static int aggregate(const struct journal *j,
		     const struct digest pcr[][TPM_BANKS_MAX], unsigned bank,
		     struct digest *ret)
{
	enum hash_alg alg = j->pcrs.bank[bank];
	unsigned n =
		alg == HASH_ALG_SHA1 ? AGGREGATE_PCRS_SHA1 : AGGREGATE_PCRS;
	uint8_t bytes[AGGREGATE_PCRS * DIGEST_MAX];
	size_t size = hash_alg_size(alg);

	for (unsigned i = 0; i < n; i++)
		memcpy(bytes + i * size, pcr[i][bank].bytes, size);
	return digest_of(alg, bytes, n * size, ret);
}

static int read_pcrs(struct journal *j, struct template_event *e)
{
	struct digest pcr[AGGREGATE_PCRS][TPM_BANKS_MAX];
	int r = 0, sha1 = find_bank(j, HASH_ALG_SHA1);

	for (unsigned i = 0; i < AGGREGATE_PCRS && r == 0; i++)
		r = j->x->ops->read(j->x, i, pcr[i]);
	if (r == 0)
		r = aggregate(j, pcr, (unsigned)choose_bank(j), &e->digest);
	if (r == 0 && sha1 >= 0)
		r = aggregate(j, pcr, (unsigned)sha1, &e->legacy);
	return r;
}

int journal_boot_aggregate(struct journal *j, struct diag *reterr)
{
	struct template_event e = {
		.name = "boot_aggregate",
		.digest = { .alg = (uint8_t)j->hash }, /* zeros without TPM */
	};
	enum journal_added added;
	int r = j->x ? read_pcrs(j, &e) : 0;

	if (r == 0)
		r = journal_measure(j, NULL, -1, &e, &added);
	if (r < 0)
		diag_set(reterr, "cannot measure boot_aggregate in PCR %u: %s",
			 j->pcr, strerror(-r));
	return r;
}
