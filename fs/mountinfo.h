/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of /proc/PID/mountinfo, proc(5). */
#ifndef FS_MOUNTINFO_H
#define FS_MOUNTINFO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct mountinfo {
	uint64_t id;
	char *root, *mountpoint; /* blanks and the like are themselves */
	char *type;		 /* of the file system, ".subtype" included */
	char *options;		 /* of the file system, not of the mount; NULL:
				    the device has no name */
};

/* Our own; NULL and errno if there is none. */
FILE *mountinfo_open(void);

/*
 * mountinfo_parse() - one line
 * @ret: to be released in any case
 * Return: false if it is no such line, or without memory.
 */
bool mountinfo_parse(const char *line, struct mountinfo *ret);
void mountinfo_release(struct mountinfo *m);

#endif
