/* SPDX-License-Identifier: Apache-2.0 */
/* PCR values to compare a replayed list with: from a TPM or from a file. */
#ifndef CLI_LOG_PCRS_H
#define CLI_LOG_PCRS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "journal.h"

struct pcr_values {
	enum hash_alg bank[TPM_BANKS_MAX];
	unsigned n_banks;
	/* [pcr][bank]; size 0: not known */
	struct digest value[JOURNAL_PCRS][TPM_BANKS_MAX];
};

/*
 * pcr_values_read() - ask a TPM
 * @wanted: bit per PCR
 * Return: 0 or -errno with a reason.
 */
int pcr_values_read(const char *tcti, uint64_t wanted, struct pcr_values *ret,
		    struct diag *reterr);

/*
 * pcr_values_parse() - what tpm2_pcrread prints ("sha256:" and then
 * "10: 0xHEX"), or "PCR-10: HEX" lines as evmctl reads them, whose bank
 * follows from the length
 * Return: 0; -EBADMSG with a line number; -ENOENT if no PCR is in it.
 */
int pcr_values_parse(const char *text, size_t len, struct pcr_values *ret,
		     struct diag *reterr);

#endif
