// SPDX-License-Identifier: Apache-2.0
/*
 * The guest program's commands. `op run` reads a case's operations, has an
 * actor perform each, and writes transcript and log excerpts; the others set
 * the stage: keys, policy, and a listing of what is left on disk.
 */
#include "op.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *base_dir;
const char *log_dir;

static FILE *out_file(const char *dir, const char *name)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f)
		die("%s: %s", path, strerror(errno));
	return f;
}

/* Comments and blank lines are no operations. */
static bool is_op(const char *line)
{
	line += strspn(line, " \t");
	return *line && *line != '\n' && *line != '#';
}

static void run_ops(FILE *ops, FILE *transcript, FILE *causes)
{
	char line[MAX_LINE], copy[MAX_LINE], reply[MAX_LINE];
	char who[64] = "root";
	char *words[MAX_WORDS];
	unsigned number = 0;
	int n;

	while (fgets(line, sizeof(line), ops)) {
		if (!is_op(line))
			continue;
		line[strcspn(line, "\n")] = '\0';
		memcpy(copy, line, sizeof(copy));
		n = words_split(copy, words);
		if (n == 2 && !strcmp(words[0], "as")) {
			snprintf(who, sizeof(who), "%s", words[1]);
			continue;
		}
		actor_do(actor_get(who), line, reply, sizeof(reply));
		fprintf(transcript, "%u %s%s%s => %s\n", ++number,
			strcmp(who, "root") ? who : "",
			strcmp(who, "root") ? ": " : "",
			line + strspn(line, " \t"), reply);
		watch_look(transcript, causes, number);
	}
	actors_end();
	fprintf(transcript, "end\n");
	watch_look(transcript, causes, number + 1);
}

/* op run BASE LOGDIR OPS OUTDIR */
int cmd_run(int argc, char **argv)
{
	FILE *ops, *transcript, *causes;

	if (argc != 5)
		die("usage: op run BASE LOGDIR OPS OUTDIR");
	base_dir = argv[1];
	log_dir = argv[2];
	ops = fopen(argv[3], "r");
	if (!ops)
		die("%s: %s", argv[3], strerror(errno));
	if (mkdir(argv[4], 0755) && errno != EEXIST)
		die("%s: %s", argv[4], strerror(errno));
	transcript = out_file(argv[4], "transcript");
	causes = out_file(argv[4], "causes");
	watch_begin();
	run_ops(ops, transcript, causes);
	watch_end(argv[4]);
	if (fclose(transcript) || fclose(causes))
		die("%s: %s", argv[4], strerror(errno));
	fclose(ops);
	return 0;
}

/* op early BASE OPS: as root, unwatched; all of them must succeed. */
int cmd_early(int argc, char **argv)
{
	char line[MAX_LINE], reply[MAX_LINE];
	FILE *ops;

	if (argc != 3)
		die("usage: op early BASE OPS");
	base_dir = argv[1];
	ops = fopen(argv[2], "r");
	if (!ops)
		die("%s: %s", argv[2], strerror(errno));
	while (fgets(line, sizeof(line), ops)) {
		if (!is_op(line))
			continue;
		actor_do(actor_get("root"), line, reply, sizeof(reply));
		if (strncmp(reply, "ok", 2))
			die("early: %s: %s", line, reply);
	}
	fclose(ops);
	actors_end();
	return 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", cmd_run },	    { "early", cmd_early },
	{ "session", cmd_session }, { "policy", cmd_policy },
	{ "walk", cmd_walk },
};

int main(int argc, char **argv)
{
	size_t i;

	umask(022);
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	die("usage: op run|session|policy|walk ...");
}
