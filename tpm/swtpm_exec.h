/* SPDX-License-Identifier: Apache-2.0 */
/* The process of the private swtpm: how it begins, what it leaves. */
#ifndef TPM_SWTPM_EXEC_H
#define TPM_SWTPM_EXEC_H

/*
 * swtpm_exec() - start swtpm, which then belongs to nobody
 * @state:      its state directory, below @dirfd
 * @data, @ctrl: bound sockets; the new process listens on them before it is
 *              swtpm
 * @words:      becomes its stderr
 * Return: 0 when it is swtpm; -ENOENT if that is not installed; -errno.
 */
int swtpm_exec(int dirfd, const char *state, int data, int ctrl, int words);

/* Removes the state directory and the files in it. Return: 0 or -errno. */
int swtpm_remove_state(int dirfd, const char *state);

#endif
