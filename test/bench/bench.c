// SPDX-License-Identifier: Apache-2.0
/*
 * Measures what one thing costs on several file systems, in turns, so that
 * whatever else the machine does meanwhile hits all of them:
 *
 *     bench [-r ROUNDS] WHAT NAME=PATH[=SOURCE]...
 *
 * prints one line "WHAT NAME MEDIAN UNIT" for each target. bench.sh makes the
 * file systems and the table. What can be measured is in the table below.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct measurement {
	const char *name;
	const char *unit;
	measure_fn run;
	const char *what;
} measurements[] = {
	{ "open", "ns", measure_open, "open, read 4 KiB, close of a file" },
	{ "exec", "ns", measure_exec, "spawn a program and wait for its end" },
	{ "first", "MiB/s", measure_first,
	  "read a file whose content was not seen before; the target named "
	  "openssl is hashed by \"openssl dgst -sha256\" instead" },
	{ "again", "MiB/s", measure_again, "read a file once more" },
	{ "random", "ns", measure_random,
	  "one 4 KiB read somewhere in a file" },
	{ "mmap", "MiB/s", measure_mmap, "map a file and touch every page" },
	{ "together", "MiB/s", measure_together,
	  "read PATH and PATH2 at once, whose content was not seen before" },
	{ "pair", "times", measure_pair,
	  "how much faster PATH and PATH2 are read the first time at once "
	  "than one after the other" },
	{ "find", "ms", measure_find, "walk a tree and stat all of it" },
	{ "tar", "ms", measure_tar, "walk a tree and read all of it" },
};

#define N_MEASUREMENTS (sizeof(measurements) / sizeof(measurements[0]))

double seconds(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int complain(const char *path, const char *what)
{
	fprintf(stderr, "bench: %s: %s: %s\n", path, what, strerror(errno));
	return -1;
}

int64_t read_all(int fd, void *buffer, size_t size)
{
	int64_t total = 0;
	ssize_t n;

	while ((n = read(fd, buffer, size)) > 0)
		total += n;
	return n < 0 ? -1 : total;
}

static int usage(void)
{
	fprintf(stderr, "usage: bench [-r ROUNDS] WHAT NAME=PATH[=SOURCE]...\n"
			"WHAT is one of\n");
	for (size_t i = 0; i < N_MEASUREMENTS; i++)
		fprintf(stderr, "  %-8s%s\n", measurements[i].name,
			measurements[i].what);
	return 2;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *value, size_t n)
{
	qsort(value, n, sizeof(*value), by_value);
	return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

/* Splits NAME=PATH[=SOURCE] in place. */
static int parse_target(char *text, struct target *t)
{
	char *path = strchr(text, '=');
	char *source;

	if (!path)
		return -1;
	*path++ = '\0';
	source = strchr(path, '=');
	if (source)
		*source++ = '\0';
	*t = (struct target){ .name = text, .path = path, .source = source };
	return 0;
}

static int run(const struct measurement *m, struct target *t, size_t n,
	       unsigned rounds)
{
	double *value = calloc(n * rounds, sizeof(*value));

	if (!value)
		return complain(m->name, "cannot measure");
	for (unsigned r = 0; r < rounds; r++) {
		for (size_t i = 0; i < n; i++) {
			if (m->run(&t[i], &value[i * rounds + r]) < 0) {
				free(value);
				return -1;
			}
		}
	}
	for (size_t i = 0; i < n; i++)
		printf("%s %s %.6g %s\n", m->name, t[i].name,
		       median(&value[i * rounds], rounds), m->unit);
	free(value);
	return 0;
}

int main(int argc, char **argv)
{
	const struct measurement *m = NULL;
	struct target *t;
	unsigned long rounds = 5;
	size_t n;
	char *end;
	int c, r;

	while ((c = getopt(argc, argv, "r:")) != -1) {
		if (c != 'r')
			return usage();
		errno = 0;
		rounds = strtoul(optarg, &end, 10);
		if (errno || *end || rounds == 0 || rounds > 100000)
			return usage();
	}
	if (argc - optind < 2)
		return usage();
	for (size_t i = 0; i < N_MEASUREMENTS; i++) {
		if (strcmp(measurements[i].name, argv[optind]) == 0)
			m = &measurements[i];
	}
	if (!m)
		return usage();
	n = (size_t)(argc - optind - 1);
	t = calloc(n, sizeof(*t));
	if (!t)
		return complain(m->name, "cannot measure"), 1;
	for (size_t i = 0; i < n; i++) {
		if (parse_target(argv[(size_t)optind + 1 + i], &t[i]) < 0) {
			free(t);
			return usage();
		}
	}
	r = run(m, t, n, (unsigned)rounds);
	free(t);
	return r < 0 ? 1 : 0;
}
