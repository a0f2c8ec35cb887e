/* SPDX-License-Identifier: Apache-2.0 */
/* A protected tree that is a file system of its own. */
#ifndef INIT_TREE_H
#define INIT_TREE_H

#include <stdbool.h>

#include "base/diag.h"

/* Is this source= a device, and not a directory? By its name: "/dev/...". */
bool tree_is_device(const char *source);

/**
 * tree_mount() - mount the file system of a block device
 * @device: waited for, some seconds
 * @at:     a directory; the protected tree's own mount will hide it
 * @like:   a path: read-only if the file system that it is on is, or if the
 *          device cannot be written
 *
 * The type is one that the kernel knows already; no module is loaded.
 * Return: 0; -errno, @reterr says what and why.
 */
int tree_mount(const char *device, const char *at, const char *like,
	       struct diag *reterr);

#endif
