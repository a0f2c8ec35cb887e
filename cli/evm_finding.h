/* SPDX-License-Identifier: Apache-2.0 */
/* security.evm of files: does it fit the metadata, and if not, why? */
#ifndef CLI_EVM_FINDING_H
#define CLI_EVM_FINDING_H

#include <stdbool.h>

#include "base/buf.h"
#include "keyring.h"
#include "verdict.h"

struct evm_finding {
	enum integrity_status status; /* zeroed: not looked at */
	struct buf evm;		      /* security.evm; empty: none */
	bool place_unknown; /* number, generation or UUID cannot be learnt */
};

/*
 * evm_finding_check() - EVM's status of an open file
 * @ima: security.ima as it was read; NULL: there is none
 * @ret: to be released in any case; what cannot be read is INTEGRITY_FAIL
 * Return: 0 or -ENOMEM.
 */
int evm_finding_check(int fd, const struct buf *ima, const struct keyring *keys,
		      struct evm_finding *ret);
void evm_finding_release(struct evm_finding *m);

/* Why the status is not good, appended. 0 or -ENOMEM. */
int evm_finding_explain(const struct evm_finding *m, const struct keyring *keys,
			struct buf *to);

#endif
