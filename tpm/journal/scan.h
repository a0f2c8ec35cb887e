/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a journal file record by record, with few system calls. */
#ifndef TPM_JOURNAL_SCAN_H
#define TPM_JOURNAL_SCAN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/io.h"
#include "tpm/journal/record.h"

struct scan {
	const struct io *io;
	int fd;
	uint64_t at;  /* where the next record begins */
	uint64_t end; /* bytes behind it are not looked at */
	size_t step;  /* read about so much at a time; 0: a lot */
	/* why the last scan_next() returned -EBADMSG */
	enum record_fault fault;

	struct buf window; /* a part of the file */
	uint64_t window_at;
};

/* Records from offset @at on; @end: length of the file, or less. */
void scan_init(struct scan *s, const struct io *io, int fd, uint64_t at,
	       uint64_t end);
void scan_release(struct scan *s);

/*
 * The next record; its data is valid until the next call.
 * Return: 1; 0 at the end; -EBADMSG at a torn or damaged one, .at is where it
 * begins; -EIO; -ENOMEM.
 */
int scan_next(struct scan *s, struct record *ret);

/*
 * After scan_next() has failed with -EBADMSG: is there a whole record anywhere
 * behind that place? The seed of its sums makes a false find impossible but by
 * design. Return: 1; 0; -EIO; -ENOMEM.
 */
int scan_resync(struct scan *s);

/* Reads the header of a journal. Return: 0; -EBADMSG; -EPROTONOSUPPORT; ... */
int scan_header(const struct io *io, int fd, struct journal_header *ret,
		size_t *ret_len);

#endif
