/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files with several names (hard links) were seen, so that each is
 * worked on once. Thread-safe.
 */
#ifndef CLI_LINKS_H
#define CLI_LINKS_H

#include <stdbool.h>
#include <sys/stat.h>

struct links;

/* What became of a file at its first name. */
struct link_copy {
	int result; /* 0 or -errno */
	char *path; /* of the copy, below the destination; borrowed */
	ino_t ino;  /* of the copy */
};

int links_new(struct links **ret); /* 0 or -ENOMEM */
void links_free(struct links *l);  /* accepts NULL */

/*
 * links_begin() - ask for a file before working on it
 * @ret: of the first name, if the answer is 0
 *
 * Waits until the one who was told to go ahead calls links_done().
 * Return: 1: go ahead, and call links_done() in any case; 0: it was done
 * before; -ENOMEM.
 */
int links_begin(struct links *l, const struct stat *st, struct link_copy *ret);

/* Says what became of it. Takes over @copy->path, which may be NULL. */
void links_done(struct links *l, const struct stat *st,
		const struct link_copy *copy);

#endif
