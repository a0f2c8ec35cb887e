/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a TPM 2.0. The only room that knows tpm2-tss is tpm/; a build
 * without it has tpm/none.c, where everything but "none" is -EOPNOTSUPP.
 */
#ifndef IMAFS_TPM_H
#define IMAFS_TPM_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/diag.h"
#include "extender.h"

struct tpm_options {
	/*
	 * "auto": /dev/tpmrm0 if there is one, else a private swtpm;
	 * "swtpm": a private swtpm; "none": @ret is NULL, success;
	 * otherwise a TCTI string for tss2-tctildr ("device:/dev/tpmrm0").
	 */
	const char *tcti;
	int dirfd;	     /* where a private swtpm lives */
	const char *dirname; /* absolute path of it */
};

/*
 * tpm_open() - connect, find the allocated banks, start a software TPM
 *
 * A private swtpm listens on <dirname>/swtpm.sock, keeps its state below
 * <dirname>/swtpm/, outlives this process, and is found again by the next
 * tpm_open() with the same directory (its pid is in swtpm.pid, checked by
 * pidfd and socket, never by name).
 *
 * @ret_private: true if it is a private swtpm
 * Return: 0; -EOPNOTSUPP; -ENOENT (swtpm is not installed; @reterr says what
 * to install); -EIO and others with a reason that names the device.
 */
int tpm_open(const struct tpm_options *o, struct extender **ret,
	     bool *ret_private, struct diag *reterr);

/* Is there a private swtpm in @dirfd already, or somebody in its place? */
bool tpm_private_runs(int dirfd);

/* Ends the private swtpm in @dirfd, removes its files. 0 or -errno. */
int tpm_end_private(int dirfd);

/* TPM-independent: was this build made with a TPM library? */
bool tpm_supported(void);

#endif
