/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state directory of a mount: its journal, and its software TPM if it has
 * one. Belongs to the daemon's user alone.
 */
#ifndef FS_STATE_H
#define FS_STATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/diag.h"

/*
 * Appends @path as systemd-escape --path writes it: one file name, readable,
 * different for different paths. @path is absolute and has no "//", "/./".
 * Return: 0 or -ENOMEM.
 */
int state_escape(const char *path, struct buf *to);

struct state {
	int fd;	    /* O_RDONLY; -1: none */
	int lock;   /* the lock lasts as long as it; -1: none */
	char *path; /* absolute */
	bool made;  /* by this state_open() */
};

#define STATE_INIT                   \
	{                            \
		.fd = -1, .lock = -1 \
	}

/*
 * state_open() - find or make the directory, check it, lock it
 * @path:       asked for by the user; NULL: /run/imafs/<mount point> for root
 *              of this system, else $XDG_RUNTIME_DIR/imafs/<mount point>
 * @mountpoint: absolute
 * @ret:        state_release() it
 *
 * Waits some seconds for a daemon that is just ending.
 * Return: 0; -EBUSY: another imafs uses it; -EPERM: others could write there;
 * -errno. @reterr says what to do.
 */
int state_open(const char *path, const char *mountpoint, struct state *ret,
	       struct diag *reterr);
void state_release(struct state *s); /* accepts STATE_INIT */

/* A mount that came to nothing: what was made for it is removed, if empty. */
void state_discard(struct state *s);

#endif
