/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of a tree that differs from it in one attribute only: content, owner,
 * mode, times, ACLs and other attributes, symbolic links, devices and the
 * pattern of hard links are kept. security.evm is not, because it covers the
 * attribute that is made anew.
 */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include "digest.h"
#include "walk.h"

struct copy;

/*
 * copy_new() - open or create the destination directory
 * @dest:  its path; valid until copy_free()
 * @label: name of the attribute that is not copied
 * @alone: the one directory to be copied becomes @dest; else each thing gets
 *         its own name in @dest
 * Return: 0; -ENOMEM; -errno of mkdir and open.
 */
int copy_new(const char *dest, const char *label, bool alone,
	     struct copy **ret);

/*
 * Waits until all is on the disk, and takes a destination away that was made
 * for nothing. Accepts NULL. Return: 0 or -errno.
 */
int copy_finish(struct copy *c);
void copy_free(struct copy *c); /* accepts NULL */

/* For walk_ops. */
int copy_enter(struct copy *c, struct walk_dir *d, struct out *out);
int copy_leave(struct copy *c, struct walk_dir *d, struct out *out);

/*
 * Makes and sets the label of the finished copy, open as @fd.
 * Return: 0, or -errno when it failed and @out says why.
 */
typedef int copy_label_fn(void *arg, const struct walk_file *f, int fd,
			  const struct digest *digest, struct out *out);

/*
 * copy_file() - copy anything but a directory
 * @alg: digest of a regular file's content, of the very bytes written
 * Return: 1: a file was copied and labelled; 0: something that has no label,
 * or another name of a file that was copied before; -errno when it failed and
 * @out says why.
 */
int copy_file(struct copy *c, const struct walk_file *f, unsigned alg,
	      copy_label_fn *label, void *arg, struct out *out, void *scratch);

#endif
