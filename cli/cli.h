/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file per subcommand: cmd_NAME.c with "int cmd_NAME(argc, argv)". A
 * command parses its options, calls the rooms, prints; it holds no logic.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>

/* Exit statuses, the same for every command. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,	      /* negative verdict, or the command failed */
	CLI_USAGE = 2,	      /* the command line is wrong */
	CLI_UNDETERMINED = 3, /* could not find out */
};

struct command {
	const char *name;
	/* argv[0] is "imafs NAME", for getopt_long(); returns a cli_exit */
	int (*run)(int argc, char **argv);
	const char *summary; /* one line */
	const char *usage;   /* all of --help, starts with "usage: " */
};

/* Prints the command's usage: to stdout (--help), or stderr and CLI_USAGE. */
int cli_help(const char *name);
int cli_usage(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The last line of cli_usage() alone: getopt_long() has said the cause. */
int cli_usage_hint(const char *name);

/* "imafs: " message to stderr. Names the file, the cause and what to do. */
void cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

int cmd_mount(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_hash(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_policy(int argc, char **argv);

extern const char cmd_mount_usage[], cmd_sign_usage[], cmd_hash_usage[],
	cmd_verify_usage[], cmd_log_usage[], cmd_policy_usage[];

#endif
