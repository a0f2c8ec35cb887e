/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which certificates may become keys: those that a certificate of the trust
 * set signed, as the kernel admits keys to its .ima and .evm keyrings
 * (restrict_link_by_digsig()). Implemented in crypto/.
 */
#ifndef IMAFS_TRUST_H
#define IMAFS_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "keyring.h"

struct trust; /* certificates that vouch for others; immutable after loading */

int trust_new(struct trust **ret); /* 0 or -ENOMEM */
void trust_free(struct trust *t);  /* accepts NULL */

/*
 * trust_load() - add the certificates of a file or of every file in a directory
 * @path: as of keyring_load(), but bare public keys are refused: nothing says
 *        whose certificates they could have signed
 *
 * As for the kernel's builtin keys, they need not be CA certificates. All or
 * nothing. Return: as keyring_load(); -EBADMSG for a bare key, too.
 */
int trust_load(struct trust *t, const char *path, struct diag *reterr);

/*
 * trust_load_builtin() - add what the build option trusted_keys compiled in
 * Return: 0; -ENOENT: nothing was compiled in; as trust_load().
 */
int trust_load_builtin(struct trust *t, struct diag *reterr);

size_t trust_count(const struct trust *t);

/* Told about each certificate that is not taken; @why names the file. */
typedef void (*keyring_rejected_fn)(void *arg, int error,
				    const struct diag *why);

/*
 * keyring_admit() - keyring_load(), of what the trust set signed
 * @rejected: called for each certificate, or unreadable file, that is left
 *            out, with the kernel's errno for it:
 *            -ENOKEY:       key usage without digitalSignature or with
 *                           keyCertSign, a CA, or no issuer in @t
 *            -EKEYREJECTED: the issuer's key does not verify its signature
 *            -ENOPKG:       an algorithm that the kernel has not, a bare key
 *            -EBADMSG:      damaged
 *
 * Validity dates are not looked at: the kernel does not either, and at boot the
 * clock may be wrong. What is rejected is left out and the rest is taken; ask
 * keyring_count() whether there was any.
 * Return: 0; -ENOENT and others if @path itself cannot be read; -ENOMEM.
 */
int keyring_admit(struct keyring *k, const struct trust *t, const char *path,
		  keyring_rejected_fn rejected, void *arg, struct diag *reterr);

#endif
