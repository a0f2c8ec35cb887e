// SPDX-License-Identifier: Apache-2.0
/* The imafs command: a table of subcommands, and nothing else. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const struct command commands[] = {
	{ "mount", cmd_mount, "mount a protected tree", cmd_mount_usage },
	{ "sign", cmd_sign, "sign files (security.ima, v2)", cmd_sign_usage },
	{ "hash", cmd_hash, "label files with their digest", cmd_hash_usage },
	{ "verify", cmd_verify, "check signatures and digests",
	  cmd_verify_usage },
	{ "log", cmd_log, "print or check a measurement list", cmd_log_usage },
	{ "policy", cmd_policy, "check a policy file", cmd_policy_usage },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

int cli_help(const char *name)
{
	const struct command *c = find(name);

	if (c)
		(void)fputs(c->usage, stdout);
	return c ? CLI_OK : CLI_USAGE;
}

int cli_usage(const char *name, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "imafs %s: ", name);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return cli_usage_hint(name);
}

int cli_usage_hint(const char *name)
{
	(void)fprintf(stderr, "Try 'imafs %s --help'.\n", name);
	return CLI_USAGE;
}

void cli_error(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("imafs: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

static void usage(FILE *to)
{
	(void)fputs("usage: imafs COMMAND [OPTIONS] ...\n\n"
		    "Linux IMA as a file system.\n\ncommands:\n",
		    to);
	for (size_t i = 0; i < N_COMMANDS; i++)
		(void)fprintf(to, "  %-8s %s\n", commands[i].name,
			      commands[i].summary);
	(void)fputs("\n'imafs COMMAND --help' explains a command.\n"
		    "exit status: 0 ok, 1 negative verdict or failure, "
		    "2 usage, 3 could not determine\n",
		    to);
}

static int unknown(const char *name)
{
	cli_error("'%s' is not a command; try 'imafs --help'", name);
	return CLI_USAGE;
}

static int help(const char *name)
{
	return find(name) ? cli_help(name) : unknown(name);
}

int main(int argc, char **argv)
{
	const char *self = strrchr(argv[0] ? argv[0] : "imafs", '/');
	const struct command *c;
	char name[32];

	self = self ? self + 1 : argv[0];
	/* mount(8) runs mount.imafs SOURCE MOUNTPOINT [-sfnv] [-o OPTIONS] */
	if (self && strcmp(self, "mount.imafs") == 0)
		return cmd_mount(argc, argv);
	if (argc < 2) {
		usage(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 && argc > 2)
		return help(argv[2]);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return CLI_OK;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		(void)printf("imafs %s\n", IMAFS_VERSION);
		return CLI_OK;
	}
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	(void)snprintf(name, sizeof(name), "imafs %s", c->name);
	argv[1] = name;
	return c->run(argc - 1, argv + 1);
}
