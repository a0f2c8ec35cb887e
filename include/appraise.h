/* SPDX-License-Identifier: Apache-2.0 */
/*
 * security.ima + digest + keys -> appraisal. Implemented in crypto/appraise.c;
 * pure but for the public key operation.
 */
#ifndef IMAFS_APPRAISE_H
#define IMAFS_APPRAISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest.h"
#include "keyring.h"
#include "verdict.h"

struct appraise_input {
	/* security.ima; NULL with xattr_err when it could not be read */
	const uint8_t *xattr;
	size_t xattr_len;
	int xattr_err; /* 0, -ENODATA, -EOPNOTSUPP, or any other -errno */

	/*
	 * Of the locked content, by the algorithm that ima_xattr_alg() names;
	 * NULL if that one is not available.
	 */
	const struct digest *digest;
	bool verity;	  /* ->digest is an fs-verity digest */
	unsigned options; /* OPT_* of policy.h, from the matching rules */
	/*
	 * What EVM found about the metadata (evm.h). UNKNOWN: no EVM key is
	 * loaded, IMA decides alone.
	 */
	enum integrity_status evm;
	bool created; /* this very open created the file, or it is NEW_FILE */
	bool empty;   /* size 0 */
	const struct keyring *keys; /* NULL: none */
};

/*
 * appraise() - find out whether content and label agree
 *
 * Decides as the kernel's ima_appraise_measurement() does, including version 3
 * signatures of plain files (Linux 7.1). Fills @ret always. What could not be
 * done (no memory, no digest, the attribute cannot be read, the file system has
 * none) is INTEGRITY_UNKNOWN with cause "unknown", which denies. Thread-safe.
 *
 * Two answers are stricter than the kernel's. A rule that asks for an fs-verity
 * digest fails with "no-verity-digest" unless ->verity, and a signature of an
 * fs-verity digest (type 6) is good over such a digest only: the plain digest
 * of a file that holds nothing but an fs-verity descriptor is the same number.
 *
 * OPT_SIG_OPTIONAL (imasig_optional, Vivek Goyal 2013) makes three cases:
 *
 *   no signature: no attribute, or        PASS with ->unsigned_: allowed,
 *   a plain hash that matches             without extra privilege
 *   a signature that verifies             PASS: allowed, with privilege
 *   a signature, and anything else        FAIL or UNKNOWN: denied
 *
 * The case is chosen by the type byte before anything is verified, so that no
 * error turns a signed file into an unsigned one. A plain hash that does not
 * match fails: the proposal would allow it, because its rule asks about
 * signatures only, but a file that contradicts its own label is damaged. A file
 * system without extended attributes is UNKNOWN as always, not "unsigned".
 * OPT_DIGSIG_REQUIRED from another matching rule wins over OPT_SIG_OPTIONAL.
 *
 * An empty file that has just been created passes with a signature already in
 * place, also a portable one of EVM (installers write the label first);
 * ->digsig is false then, because nothing was verified.
 *
 * Not looked at: OPT_FAIL_SECURELY, which is for file systems whose content may
 * change after the check, and what is appraised here is locked.
 */
void appraise(const struct appraise_input *in, struct appraisal *ret);

#endif
