/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worker threads for many tasks. What the tasks say appears in the order in
 * which they were handed in, whoever finishes first.
 */
#ifndef CLI_POOL_H
#define CLI_POOL_H

#include <stddef.h>

#include "out.h"
#include "progress.h"

/* Bytes of the buffer that each worker has for itself. */
#define POOL_SCRATCH (256U << 10)

struct pool;

/* Does @task and frees it. Runs on several threads at once. */
typedef void pool_fn(void *arg, void *task, struct out *out, void *scratch);

/*
 * pool_new() - start @jobs threads
 * @progress: hidden while something is printed
 * Return: 0; -ENOMEM; -errno of pthread_create().
 */
int pool_new(unsigned jobs, pool_fn *fn, void *arg, struct progress *progress,
	     struct pool **ret);

/*
 * pool_add() - hand in a task; waits while many have not begun yet
 * Takes ownership of @task on success. Return: 0 or -ENOMEM.
 */
int pool_add(struct pool *p, void *task);

/*
 * pool_say() - say something in its turn, after all that was handed in so far
 * Takes over the contents of @o. Any thread.
 */
void pool_say(struct pool *p, struct out *o);

/*
 * Waits for all tasks, ends the threads, frees @p. Accepts NULL.
 * Return: 0, or -errno of the first write to stdout that failed.
 */
int pool_end(struct pool *p);

#endif
