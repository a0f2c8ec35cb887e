/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the journal needs from a TPM: extend a PCR, read a PCR. The journal
 * knows no TPM library; tests put a fake here that fails when told to.
 */
#ifndef IMAFS_EXTENDER_H
#define IMAFS_EXTENDER_H

#include <stddef.h>

#include "digest.h"

struct extender;

struct extender_ops {
	/*
	 * Extends @pcr in all banks at once (one TPM2_PCR_Extend).
	 * @digest: one per bank, in the order of extender.bank, each of the
	 *          bank's size
	 * Return: 0, or -errno (-EIO: the TPM did not do it, or may not have)
	 */
	int (*extend)(struct extender *x, unsigned pcr,
		      const struct digest *digest);
	/*
	 * Reads @pcr of every bank into @ret[0 .. n_banks-1].
	 * Return: 0, or -errno.
	 */
	int (*read)(struct extender *x, unsigned pcr, struct digest *ret);
	/* Ends the connection and frees @x. Accepts no NULL. */
	void (*close)(struct extender *x);
};

/* Calls are serialised by the caller (the journal's own lock). */
struct extender {
	const struct extender_ops *ops;
	enum hash_alg bank[TPM_BANKS_MAX]; /* allocated banks, TPM's order */
	unsigned n_banks;		   /* 0: there is no TPM */
	/*
	 * Names of banks that are switched on and cannot be extended, separated
	 * by blanks; "" none. What they hold vouches for nothing.
	 */
	char left_out[128];
};

#endif
