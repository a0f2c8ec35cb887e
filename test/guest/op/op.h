/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's hands and eyes: performs file operations as given users and
 * writes down what came of each, and what the integrity log said meanwhile.
 * Runs against kernel IMA and against imafs alike; it must not know which.
 * Static, so that it needs nothing of the tree under test.
 */
#ifndef IMAFS_TEST_GUEST_OP_H
#define IMAFS_TEST_GUEST_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define MAX_WORDS 16
#define MAX_LINE  8192

/* Prints to stderr and exits with 2: the harness is broken, not the case. */
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *fmt, ...);

/* A byte string that grows. */
struct text {
	char *at;
	size_t len;
};
void text_add(struct text *t, const void *from, size_t len);
/* Whole file; a missing file reads as empty. False if it cannot be read. */
bool text_read_file(struct text *t, const char *path);
/* Adds @s with everything but printable ASCII as \xHH or \n. */
void text_add_escaped(struct text *t, const char *s, size_t len);

/*
 * Splits @line in place at blanks. "..." keeps blanks; \n, \t, \\, \" and
 * \xHH are understood everywhere. Return: number of words.
 */
int words_split(char *line, char *words[MAX_WORDS]);

/*
 * A user is RUID[:RGID][/EUID[:EGID]]; root is 0 and user is 1000. The group
 * is the user's number unless given.
 */
struct actor;
/* The process that acts as @who, started when first asked for. */
struct actor *actor_get(const char *who);
/* Runs one operation there. @reply: "ok ...", an errno name, or TIMEOUT. */
void actor_do(struct actor *a, const char *line, char *reply, size_t size);
/* Ends all of them and waits, so that what they held open is closed. */
void actors_end(void);

/* In the actor: performs the operation, writes the reply. verbs.c, exec.c */
extern const char *base_dir;
extern const char *log_dir;
void verb_do(int n, char *words[], char *reply, size_t size);
int verb_exec(int n, char *words[], char *reply, size_t size);
/* @path under base_dir, unless absolute. Valid until the fourth call after. */
const char *in_base(const char *path);

/* What the integrity log and the audit stream said since the last look. */
void watch_begin(void);
void watch_look(FILE *transcript, FILE *causes, unsigned number);
/* Writes the log's part since watch_begin() to files in @out_dir. */
void watch_end(const char *out_dir);

/* Subcommands. */
int cmd_run(int argc, char **argv);
int cmd_early(int argc, char **argv);
int cmd_session(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_walk(int argc, char **argv);

#endif
