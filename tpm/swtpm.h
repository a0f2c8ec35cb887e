/* SPDX-License-Identifier: Apache-2.0 */
/* A private software TPM: its process and its sockets. Knows no TPM commands.
 */
#ifndef TPM_SWTPM_H
#define TPM_SWTPM_H

#include "base/diag.h"

/* File names in the state directory. tss2's TCTI derives the second one. */
#define SWTPM_SOCKET  "swtpm.sock"
#define SWTPM_CONTROL "swtpm.sock.ctrl"
#define SWTPM_PID     "swtpm.pid"
#define SWTPM_STATE   "swtpm"

/*
 * swtpm_start() - find the TPM of this directory, or start one
 * Return: 0, it can be connected to; -ENOENT if swtpm is not installed;
 * -ENAMETOOLONG; -errno with a reason.
 */
int swtpm_start(int dirfd, const char *dirname, struct diag *reterr);

/* Ends it and removes what it leaves. 0, also if there is none; -errno. */
int swtpm_end(int dirfd, const char *dirname);

#endif
