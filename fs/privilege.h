/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon keeps others from doing to it, and what it gives up. */
#ifndef FS_PRIVILEGE_H
#define FS_PRIVILEGE_H

/*
 * At the very start: no core dumps, no ptrace by other processes of the same
 * user, kept alive when memory runs out, as many descriptors as are allowed.
 * What is not permitted is left as it is.
 */
void privilege_harden(void);

/*
 * Once all is set up and before there are threads: keeps only the
 * capabilities that serving needs, for good, and no_new_privs. For an
 * unprivileged daemon there is nothing to drop, and it needs fusermount3's
 * setuid bit to unmount. Return: 0; -errno: the daemon must not go on.
 */
int privilege_drop(void);

#endif
