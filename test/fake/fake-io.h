/* SPDX-License-Identifier: Apache-2.0 */
/* File I/O that fails when it is told to; see base/io.h. */
#ifndef TEST_FAKE_IO_H
#define TEST_FAKE_IO_H

#include "base/io.h"

struct fake_io {
	struct io io;
	/* bytes that can still be written; then writes end with .error */
	size_t room;
	int error;
	size_t at_most; /* bytes per read or write; 0: no limit */
	unsigned eintr; /* every n-th call is interrupted; 0: none */
	int read_error, truncate_error, sync_error; /* 0: none */
	unsigned long calls;
};

/* Works like io_system until told otherwise. */
void fake_io_init(struct fake_io *f);

#endif
