/* SPDX-License-Identifier: Apache-2.0 */
/* What the measurements of bench.c have in common. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Something to measure: the same file or tree, reached in different ways. */
struct target {
	const char *name;
	const char *path;
	const char *source; /* the file below @path that is touched to make its
			       content unknown again; NULL: there is none */
	bool warm;	    /* a measurement may use it as it likes */
};

/*
 * One measurement. Return: 0 with the value in the measurement's unit in @ret;
 * -1 after a message.
 */
typedef int (*measure_fn)(struct target *t, double *ret);

/* bench.c */
double seconds(void); /* monotonic */
int complain(const char *path, const char *what);
/* read(2)s @fd to its end: bytes read, or -1 with errno set */
int64_t read_all(int fd, void *buffer, size_t size);

/* bench-file.c */
int measure_open(struct target *t, double *ret);
int measure_exec(struct target *t, double *ret);
int measure_first(struct target *t, double *ret);
int measure_again(struct target *t, double *ret);
int measure_random(struct target *t, double *ret);
int measure_mmap(struct target *t, double *ret);
int measure_together(struct target *t, double *ret);
int measure_pair(struct target *t, double *ret);

/* bench-tree.c */
int measure_find(struct target *t, double *ret);
int measure_tar(struct target *t, double *ret);

#endif
