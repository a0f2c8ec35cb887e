// SPDX-License-Identifier: Apache-2.0
/* Shared options; see options.h. */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "digest.h"

#define JOBS_MAX 1024

static int jobs_option(struct tree_options *o, const char *command,
		       const char *value)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(value, &end, 10);
	if (errno || *end || value[0] < '0' || value[0] > '9' || n < 1 ||
	    n > JOBS_MAX)
		return cli_usage(command, "--jobs takes a number from 1 to %d",
				 JOBS_MAX);
	o->walk.jobs = (unsigned)n;
	return -1;
}

int tree_option(struct tree_options *o, const char *command, int option,
		const char *value)
{
	switch (option) {
	case 'r':
		o->walk.recursive = true;
		return -1;
	case 'x':
		o->walk.one_fs = true;
		return -1;
	case 'j':
		return jobs_option(o, command, value);
	case 'q':
		o->walk.quiet = true;
		return -1;
	case ARG_XATTR_USER:
		o->xattr_user = true;
		return -1;
	case 'h':
		return cli_help(command);
	default:
		/* getopt_long() has said which */
		return cli_usage_hint(command);
	}
}

int hash_option(const char *command, const char *name, unsigned *ret)
{
	int alg = hash_alg_find(name, strlen(name));

	if (alg < 0)
		return cli_usage(command, "'%s' is not a hash algorithm", name);
	if (!digest_available((unsigned)alg)) {
		cli_error("%s is not available in this OpenSSL", name);
		return CLI_FAILED;
	}
	*ret = (unsigned)alg;
	return -1;
}
