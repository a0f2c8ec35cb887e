/* SPDX-License-Identifier: Apache-2.0 */
/* The options that sign, hash and verify have in common. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include "walk.h"

/* Options without a short form; a command's own ones begin at ARG_OWN. */
enum {
	ARG_XATTR_USER = 256,
	ARG_OWN
};

#define TREE_SHORT_OPTIONS "rxj:qh"
/* clang-format off */
#define TREE_LONG_OPTIONS                                   \
	{ "recursive", no_argument, NULL, 'r' },            \
	{ "one-file-system", no_argument, NULL, 'x' },      \
	{ "jobs", required_argument, NULL, 'j' },           \
	{ "quiet", no_argument, NULL, 'q' },                \
	{ "xattr-user", no_argument, NULL, ARG_XATTR_USER }, \
	{ "help", no_argument, NULL, 'h' }
/* clang-format on */

struct tree_options {
	struct walk_options walk;
	bool xattr_user;
};

/*
 * tree_option() - take one of the above
 * Return: -1: taken; else the cli_exit to leave with (--help, a bad value, or
 * an option that nobody knows).
 */
int tree_option(struct tree_options *o, const char *command, int option,
		const char *value);

/* A hash algorithm by name. Return: -1: @ret is set; else the cli_exit. */
int hash_option(const char *command, const char *name, unsigned *ret);

#endif
