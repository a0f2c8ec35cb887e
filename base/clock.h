/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines for pthread_cond_timedwait(). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <time.h>

/* The time @ns nanoseconds from now, less than a second, by CLOCK_REALTIME. */
static inline struct timespec clock_after_ns(long ns)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &t); /* cannot fail */
	t.tv_nsec += ns;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

#endif
