/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a user asked for to a mount that answers, and to its end. The
 * words of -o are in mount_words.c, defaults and paths in mount_options.c, the
 * life of a mount is in mount.c.
 */
#ifndef FS_MOUNT_H
#define FS_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "fs.h"

/* Fills @o with defaults. Return: 0 or -ENOMEM. */
int mount_options_init(struct mount_options *o);
void mount_options_release(struct mount_options *o);

/*
 * mount_options_parse() - the words of one -o argument
 * @words:  separated by ','; "\," is a comma inside a value, "\\" a backslash,
 *          and a value may be enclosed in '"'
 * @sloppy: ignore unknown words (mount -s)
 * May be called several times; later words win.
 * Return: 0; -EINVAL, @reterr names the word; -ENOMEM.
 */
int mount_options_parse(struct mount_options *o, const char *words, bool sloppy,
			struct diag *reterr);

/*
 * mount_options_complete() - source and mount point; makes all paths absolute
 * and checks what can be checked without starting anything
 * Call last. Return: 0; -EINVAL and others, @reterr says what to do; -ENOMEM.
 */
int mount_options_complete(struct mount_options *o, const char *source,
			   const char *mountpoint, struct diag *reterr);

/*
 * mount_run() - mount
 *
 * In the foreground: serves until the mount ends. Otherwise: returns in the
 * calling process as soon as the mount answers; the daemon is a process of its
 * own, and returns as well when it ends, with *ret_daemon = true. Whatever
 * went wrong was logged.
 * Return: 0 or -errno.
 */
int mount_run(const struct mount_options *o, bool *ret_daemon);

#endif
