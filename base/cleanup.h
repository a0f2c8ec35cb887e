/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scope-bound ownership. A variable marked CLEANUP(f) is released by f(&var)
 * when it goes out of scope; STEAL(var) hands it on and leaves NULL behind.
 * Never use goto in a function that has such variables.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(f) __attribute__((cleanup(f)))

#define STEAL(p)                            \
	({                                  \
		__typeof__(p) steal_ = (p); \
		(p) = NULL;                 \
		steal_;                     \
	})

#define STEAL_FD(fd)               \
	({                         \
		int steal_ = (fd); \
		(fd) = -1;         \
		steal_;            \
	})

/* Makes x_freep() for a "struct x *" whose x_free() accepts NULL. */
#define DEFINE_FREEP(type, name)                  \
	static inline void name##_freep(type **p) \
	{                                         \
		name##_free(*p);                  \
	}                                         \
	_Static_assert(1, "")

static inline void freep(void *p)
{
	free(*(void **)p);
}

/* Closes a descriptor that was only read from; errno is kept. */
static inline void closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd); /* nothing was written, nothing to lose */
	errno = saved;
}

static inline void fclosep(FILE **f)
{
	if (*f)
		(void)fclose(*f); /* read-only streams */
}

#endif
