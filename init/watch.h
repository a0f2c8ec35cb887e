/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon, and the small process that stays beside it: its parent, which
 * reads its messages until it is mounted and learns of its death.
 */
#ifndef INIT_WATCH_H
#define INIT_WATCH_H

#include <stdbool.h>

#include "init/config.h"

struct watch {
	const char *program; /* imafs */
	char **argv;	     /* arguments_make() */
	const char *mountpoint;
	bool panic;
	enum on_failure failure; /* if panic is not possible */
	char *self;		 /* our own argv[0]; its copy gets an '@' */
};

/*
 * watch_start() - start both; returns when the mount answers
 *
 * The watcher never touches the mount: it would wait for the dead.
 * Return: 0; -ECHILD: the daemon ended before; what it said is on the console;
 * -errno.
 */
int watch_start(const struct watch *w);

#endif
