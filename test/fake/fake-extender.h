/* SPDX-License-Identifier: Apache-2.0 */
/* A TPM in memory that fails when it is told to. */
#ifndef TEST_FAKE_EXTENDER_H
#define TEST_FAKE_EXTENDER_H

#include <stdbool.h>

#include "extender.h"

#define FAKE_PCRS 24

enum fake_fault {
	FAKE_WORKS = 0,
	FAKE_FAILS_BEFORE, /* the extend fails and did nothing */
	FAKE_FAILS_AFTER,  /* it fails, but the PCR is extended */
	FAKE_FAILS_OTHER,  /* it fails, and somebody else has extended it */
	FAKE_REFUSES,	   /* this PCR is not for us */
};

struct fake_extender {
	struct extender x;
	struct digest pcr[FAKE_PCRS][TPM_BANKS_MAX];
	enum fake_fault fault;
	unsigned faults; /* how many extends have the fault; then none */
	bool deaf;	 /* reads fail, too */
	unsigned long extends, reads;
};

/* Banks as given, all PCRs zero. */
void fake_extender_init(struct fake_extender *f, const enum hash_alg *bank,
			unsigned n_banks);
/* As after a reboot. */
void fake_extender_reset(struct fake_extender *f);

#endif
