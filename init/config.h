/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What imafs-init is asked to do: the file imafs-init.conf(5) and the imafs.*
 * words of the kernel command line. Bytes -> struct config; no I/O.
 */
#ifndef INIT_CONFIG_H
#define INIT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/* Where the file is, unless imafs.config= says otherwise. */
#define CONFIG_FILE "/etc/imafs/init.conf"

/* The hardware TPM, and no other. */
#define TPM_REQUIRED "required"

/* In the place of paths: metadata are not checked, whatever keys there are. */
#define EVM_KEYS_NONE "none"

enum on_failure {
	FAIL_HALT = 0,
	FAIL_POWEROFF,
	FAIL_REBOOT
};

/* All strings are owned. Zero is no configuration: config_init() is. */
struct config {
	char *source;	      /* protected tree */
	char *mountpoint;     /* where it is seen */
	char *init;	      /* the real init, below the mount point */
	char *policy;	      /* of the mount: file or built-in name */
	char **keys;	      /* NULL-terminated; NULL: the kernel's paths */
	char **evm_keys;      /* likewise; EVM_KEYS_NONE alone: no EVM */
	char *trust;	      /* who must have signed the keys; never none */
	char *tpm;	      /* TPM_REQUIRED, or as of imafs mount */
	char *state;	      /* journal directory */
	char *options;	      /* more words for imafs mount -o; or NULL */
	char *program;	      /* imafs itself */
	char *rescue;	      /* below the mount point; NULL: halt */
	unsigned tpm_timeout; /* seconds to wait for the TPM */
	bool panic;	      /* the daemon's death is the system's */
	enum on_failure failure;
};

/* The defaults. Return: 0 or -ENOMEM. */
int config_init(struct config *c);
void config_release(struct config *c);

/*
 * config_file() - take over the settings of a file
 *
 * Lines of "name = value"; empty lines and lines that begin with '#' are
 * ignored. A name may come once, but keys and evm_keys often: together they
 * replace the default. Nothing is taken over from a file with an error in it.
 * Return: 0; -EINVAL, @reterr with line and column; -ENOMEM.
 */
int config_file(struct config *c, const char *text, size_t len,
		struct diag *reterr);

/*
 * config_words() - take over the imafs.NAME=VALUE of a kernel command line
 *
 * Quotes are the kernel's; what follows "--" is not looked at; the last of
 * several words of a name counts, but imafs.keys= together replace the file's,
 * and so do imafs.evm_keys=. imafs.config= is known and left alone. Nothing is
 * taken over on error. Return: 0; -EINVAL, @reterr names the word; -ENOMEM.
 */
int config_words(struct config *c, const char *text, size_t len,
		 struct diag *reterr);

/*
 * The last imafs.config= of a command line; NULL in *ret: there is none.
 * Return: 0; -EINVAL; -ENOMEM.
 */
int config_path(const char *text, size_t len, char **ret, struct diag *reterr);

/*
 * Do the settings go together? Call last.
 * Return: 0; -EINVAL, @reterr says what to change.
 */
int config_check(const struct config *c, struct diag *reterr);

#endif
