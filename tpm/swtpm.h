/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A software TPM of our own: a process that outlives us, so that the PCRs do.
 *
 * Files in its directory: swtpm.sock and swtpm.sock.ctrl (mode 0600, for the
 * TCTI swtpm:path=DIR/swtpm.sock), swtpm.pid, swtpm.lock (held while one is
 * looked for, started or ended; stays), swtpm/ (the state, mode 0700).
 */
#ifndef TPM_SWTPM_H
#define TPM_SWTPM_H

#include <stdbool.h>

#include "base/diag.h"

/*
 * swtpm_ensure() - find the running one, or start one
 * @ret_words: what a started one writes to its stderr, to be given to
 *             swtpm_started(); -1 if it was running
 *
 * A running one is not touched: its PCRs stay.
 *
 * Return: 0; -ENOENT if swtpm is not installed; -EPERM if the socket belongs
 * to another user's process; -errno.
 */
int swtpm_ensure(int dirfd, const char *dirname, int *ret_words,
		 struct diag *reterr);

/*
 * swtpm_started() - what became of it, after a first command
 * @error: 0, or what that command returned: @reterr then gets swtpm's own
 *         words, and the process is ended
 * Closes @words.
 */
void swtpm_started(int dirfd, const char *dirname, int words, int error,
		   struct diag *reterr);

/* Does somebody listen there? What cannot be found out counts as yes. */
bool swtpm_runs(int dirfd);

/* Ends it and removes all of its files but swtpm.lock. 0 or -errno. */
int swtpm_end(int dirfd);

#endif
