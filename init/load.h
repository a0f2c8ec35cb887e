/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the configuration from where it is kept. */
#ifndef INIT_LOAD_H
#define INIT_LOAD_H

#include "init/config.h"

/*
 * load_config() - the file, then the kernel command line, which wins
 * @file: NULL: the command line's imafs.config=, else CONFIG_FILE, which may be
 *        missing
 *
 * The file must belong to root and be writable for nobody else. If the file is
 * wrong, what the command line says is taken over all the same: it may say how
 * the boot is to end.
 * Return: 0; -errno, @reterr->msg with all that is known of the position.
 */
int load_config(struct config *c, const char *file, struct diag *reterr);

/*
 * load_command_line() - only the kernel command line, for a boot that has
 * failed before there was a way to the file
 * Return: 0; -errno, and nothing is taken over.
 */
int load_command_line(struct config *c, struct diag *reterr);

/*
 * load_default_keys() - without keys=, those of the kernel's, systemd's and
 * dracut's paths in /etc/keys that are there; the same for evm_keys=, of which
 * there may be none
 * Return: 0; -ENOKEY: no keys for IMA; -ENOMEM.
 */
int load_default_keys(struct config *c, struct diag *reterr);

#endif
