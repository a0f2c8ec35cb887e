/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: the measurement list, kept in a file that survives a crash of
 * the daemon, and the PCR that vouches for it. Needs neither FUSE nor a TPM
 * library. Implemented in tpm/journal/; byte layout in doc/format/journal.md.
 *
 * Order of one entry: append to the file, extend the PCR, then return. The
 * PCR is lost at power-off, so only crashes of the daemon matter; nothing is
 * fsynced for an entry.
 */
#ifndef IMAFS_JOURNAL_H
#define IMAFS_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/io.h"
#include "extender.h"
#include "template.h"

struct journal;

/* A rule's pcr= takes 0..63, as the kernel's; a TPM usually has 24. */
#define JOURNAL_PCRS 64

struct journal_options {
	int dirfd;	     /* state directory; the journal dups it */
	const char *dirname; /* its name, for messages */
	/*
	 * NULL: no TPM; the list then has digests for sha1 and @hash only.
	 * Borrowed until journal_close().
	 */
	struct extender *extender;
	bool alone;	    /* nobody else extends that TPM's PCRs */
	unsigned pcr;	    /* default PCR, below JOURNAL_PCRS */
	enum hash_alg hash; /* default algorithm (ima_hash=) */
	const struct template *template; /* default template */
	/*
	 * NULL, or a kernel binary_runtime_measurements (sha1 view) that PCR
	 * already holds: its entries become the first of ours
	 * (doc/design/006-which-pcr.md).
	 */
	const uint8_t *adopt;
	size_t adopt_len;
	const struct io *io; /* NULL: io_system */
};

/*
 * journal_open() - recover, or begin with boot_aggregate
 *
 * An existing journal is replayed: torn or flipped bytes at the end that were
 * never extended are cut off; then the replay must equal the PCRs, or be one
 * entry ahead of them, which is then extended.
 *
 * A journal is renamed to journal.N and a new one begins if its time is over:
 * it is of an earlier boot, or was closed cleanly, and the PCR is as at the
 * start again (zeros, or what @adopt leads to); or it was kept for another
 * default PCR than options.pcr.
 *
 * A new one wants the default PCR to be as at the start. The first entry that
 * goes to another PCR takes that as it is.
 *
 * Return: 0; -EBUSY if another process has it open; -EBADMSG if the journal,
 * or the list to adopt, is damaged or was tampered with; -ESTALE if the PCR
 * holds something else (@reterr says what, and how to begin anew); -ENOPKG if
 * a bank's algorithm cannot be computed; -errno of I/O or TPM.
 */
int journal_open(const struct journal_options *o, struct journal **ret,
		 struct diag *reterr);

/* Marks a clean end. Accepts NULL. Return: 0 or -errno of the last write. */
int journal_close(struct journal *j);

enum journal_added {
	JOURNAL_ADDED = 0,
	JOURNAL_DUPLICATE, /* same template digest in the same PCR before */
};

/*
 * journal_measure() - record one event
 * @t:   template; NULL: the default
 * @pcr: -1: the default
 * A violation (e->violation) is always added, with the default template in
 * the default PCR, counted, and extended as all ones.
 *
 * On success the entry is on its way to disk, in the PCR and visible to
 * readers. If the TPM fails the entry stays in the file, invisible, for the
 * next journal_open() to settle; journal_degraded() becomes true, this is
 * logged, and every call from then on fails: the caller must not let the
 * access through. If the TPM only refuses this PCR (17 to 22 belong to other
 * localities), nothing is added and later calls are not concerned.
 * Thread-safe; entries are totally ordered; the lock is held over the extend
 * because PCR order must be list order. A duplicate of a visible entry does
 * not wait for that lock.
 *
 * Return: 0; -ENOSPC, -EIO, ... of the file (nothing was added); -EIO of the
 * TPM, or degraded; -EINVAL if @pcr is over 63; -EFBIG; -ENOPKG; -ENOMEM.
 */
int journal_measure(struct journal *j, const struct template *t, int pcr,
		    const struct template_event *e, enum journal_added *ret);

/* True once a failure left list and PCR different, maybe. Stays true. */
bool journal_degraded(const struct journal *j);

uint64_t journal_count(const struct journal *j);
uint64_t journal_violations(const struct journal *j);

/* The kernel's two lists; there is one of each for every view. */
enum journal_format {
	JOURNAL_ASCII,
	JOURNAL_BINARY
};

/* Algorithms that views exist for: sha1 and every bank. Number written. */
size_t journal_views(const struct journal *j,
		     enum hash_alg ret[TPM_BANKS_MAX + 1]);

/*
 * journal_read() - bytes of a view, as of a file that only grows
 * Entries become visible when they are extended. Offsets are stable. Any
 * number of threads may read; none waits for a TPM command.
 * Return: bytes read, 0 at the end; -EINVAL if there is no such view;
 * -EBADMSG if the file was changed under us; -EIO; -ENOMEM.
 */
ssize_t journal_read(struct journal *j, enum journal_format f,
		     enum hash_alg view, void *to, size_t len, uint64_t at);

/* Length of a view now; 0 if there is no such view. */
uint64_t journal_size(struct journal *j, enum journal_format f,
		      enum hash_alg view);

/*
 * Offline reading, for imafs log: of a journal file, or of a kernel-format
 * binary list.
 */
struct journal_entry {
	unsigned pcr;
	const char *name; /* template name; borrowed, like the data */
	const uint8_t *data;
	size_t data_len;
	bool violation;
	struct digest digest; /* of the view read from */
};

/*
 * journal_next() - take the first entry of a binary list, checking nothing
 * @list: kernel format, the view of @view
 * @ret:  points into @list and, for the name, into @name
 * @ret_len: bytes that the entry takes
 * Return: 1; 0 if @len is 0; -EAGAIN if the list ends inside of the entry;
 * -EBADMSG if it is no entry.
 */
int journal_next(const uint8_t *list, size_t len, enum hash_alg view,
		 char name[TEMPLATE_NAME_MAX + 1], struct journal_entry *ret,
		 size_t *ret_len);

/*
 * journal_replay() - check a binary list and compute the PCRs it leads to
 * @list: kernel format, the view of @view
 * @each: called for each entry, may be NULL; a non-zero return ends the
 *        replay and is returned
 * @banks, @n_banks: algorithms to replay
 * @n_pcrs:  at most JOURNAL_PCRS
 * @ret_pcr: n_pcrs * n_banks values for PCR 0..n_pcrs-1, row by PCR; every
 *           digest is recomputed from the data
 * Return: 0; -EBADMSG with the entry's number, from 0, in @reterr; -ENOPKG;
 * -ENOMEM.
 */
int journal_replay(const uint8_t *list, size_t len, enum hash_alg view,
		   int (*each)(void *arg, uint64_t number,
			       const struct journal_entry *e),
		   void *arg, const enum hash_alg *banks, unsigned n_banks,
		   unsigned n_pcrs, struct digest *ret_pcr,
		   struct diag *reterr);

/* Whether a file that begins with these bytes is a journal. */
bool journal_is_journal(const uint8_t *data, size_t len);

/*
 * journal_export() - a journal file on disk, which may be in use, as a
 * kernel-format binary list of @view
 * @at: where to go on reading; 0 at first, then what the call before left
 *      there, so that a journal that grows can be followed
 * A last entry that is not all there yet is left for the next call.
 *
 * Return: 0; -EBADMSG if it is damaged; -EPROTONOSUPPORT if another version of
 * imafs wrote it; -errno. The entries that were read are appended to @to in any
 * case, @reterr begins with @path.
 */
int journal_export(const char *path, enum hash_alg view, uint64_t *at,
		   struct buf *to, struct diag *reterr);

#endif
