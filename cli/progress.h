/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A progress bar on stderr, if that is a terminal; else nothing. Thread-safe.
 * Whoever writes to the terminal meanwhile pauses it.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress;

/* @wanted: false: never show it. Return: 0 or -ENOMEM. */
int progress_new(bool wanted, struct progress **ret);
void progress_free(struct progress *p); /* accepts NULL; erases the bar */

/* Whether it will be seen, and counting the files beforehand pays. */
bool progress_visible(const struct progress *p);

/* More is to be done; more is done. */
void progress_expect(struct progress *p, uint64_t files, uint64_t bytes);
void progress_advance(struct progress *p, uint64_t files, uint64_t bytes);

/* Between the two the bar is gone, and others may write to the terminal. */
void progress_pause(struct progress *p);
void progress_resume(struct progress *p);

uint64_t progress_bytes(const struct progress *p);

/* "1.2 GiB" into @to of 16 bytes; returns @to. */
const char *progress_size(uint64_t bytes, char *to);

#endif
