/* SPDX-License-Identifier: Apache-2.0 */
/* Gives files their security.ima: a signature, or a digest. */
#ifndef CLI_MARK_H
#define CLI_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "keyring.h"
#include "walk.h"

struct mark {
	const char *label;	       /* attribute name */
	unsigned alg;		       /* hash algorithm */
	const struct signing_key *key; /* NULL: digests */
	bool print;		       /* the values, and set nothing */
	bool keep_signatures;	       /* leave signed files alone */
	const char *dest;	       /* NULL: in place; else label a copy */
	struct walk_options walk;
};

struct mark_result {
	uint64_t marked; /* files that got a label, or would get it */
	uint64_t kept;	 /* signed files that were left alone */
	uint64_t failed;
	uint64_t bytes;
};

/*
 * mark() - label the files in @paths
 * What is wrong with single files is printed and counted.
 * Return: 0; -errno (printed, too) if nothing can be done at all.
 */
int mark(const struct mark *m, char *const paths[], struct mark_result *ret);

/* The end of the summary: ", 3 signed files left alone, 1 failed". */
void mark_print_rest(const struct mark_result *r);

#endif
