/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's command line. Pure. */
#ifndef INIT_ARGUMENTS_H
#define INIT_ARGUMENTS_H

#include "init/config.h"

/*
 * arguments_make() - argv for imafs, NULL-terminated, that mounts as @c says
 * @source, @mountpoint: instead of @c's: an initramfs knows them by other names
 *
 * Its first byte is '@': systemd then leaves the process alone when it ends all
 * others (systemd.io/ROOT_STORAGE_DAEMONS).
 * Return: 0; -EINVAL: a path that a mount option cannot hold; -ENOMEM.
 */
int arguments_make(const struct config *c, const char *source,
		   const char *mountpoint, char ***ret, struct diag *reterr);
void arguments_free(char **argv); /* accepts NULL */

#endif
