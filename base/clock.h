/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines for pthread_cond_clockwait(). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <time.h>

/*
 * The time @ns nanoseconds from now, less than a second, by CLOCK_MONOTONIC:
 * the other clock is set while the machine boots.
 */
static inline struct timespec clock_after_ns(long ns)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	t.tv_nsec += ns;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

#endif
