/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An open journal, and what the files of this folder do with it.
 *
 * Files in the state directory:
 *
 *	journal       the list in use (layout: record.h)
 *	journal.new   a list being begun; a crash leaves it behind, and the next
 *	              start overwrites it
 *	journal.N     lists that ended with an earlier boot, oldest first
 *	journal.lock  flock()ed while a journal is open; never removed
 *
 * Write order, begin: journal.new is written whole (header, adopted entries),
 * fdatasync()ed and renamed to journal, the directory is fsync()ed. So a
 * journal has a readable header even after a power failure, and adopted
 * entries, which the PCR holds already, are there all at once. An old journal
 * becomes journal.N just before that rename: as long as there may be no new
 * one, it is what explains the PCR.
 *
 * Write order, entry: append the record, extend the PCR, publish. No fsync: at
 * power-off the PCR is lost too. If the append fails, the file is cut back and
 * nothing has happened. If the extend fails, PCR and list may differ by this
 * entry and nobody can say whether: the journal is degraded and takes no more.
 * A PCR that the TPM refuses to extend is no such failure: cut back, too.
 *
 * Recovery rule: recover.c.
 *
 * Two locks. "append" orders the writers: it is held from the append to the
 * publication, over the TPM command, because the order of the PCR must be the
 * order of the list and one command has to end before the next can be sent
 * anyway. "seen" guards what readers look at and is held for memory accesses
 * only, never over I/O or a TPM command, so nobody who reads the list, or
 * opens a file that is in it already, waits for the TPM. Order: append, seen.
 */
#ifndef TPM_JOURNAL_STATE_H
#define TPM_JOURNAL_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "journal.h"
#include "tpm/journal/index.h"
#include "tpm/journal/pcr_set.h"
#include "tpm/journal/record.h"

#define JOURNAL_FILE	 "journal"
#define JOURNAL_NEW_FILE "journal.new"
#define JOURNAL_LOCK	 "journal.lock"

struct journal {
	/* constant once open */
	const struct io *io;
	int dirfd, lock_fd, fd;
	char *dirname;
	struct extender *x; /* NULL: no TPM */
	unsigned pcr;
	enum hash_alg hash;
	const struct template *template;
	enum hash_alg view[TPM_BANKS_MAX + 1];
	size_t n_views;

	pthread_mutex_t append; /* guards end, pcrs, and changes of index */
	uint64_t end;		/* where the next record goes */
	struct pcr_set pcrs;	/* what the PCRs hold that we extended */

	pthread_rwlock_t seen; /* guards index and visible */
	struct index index;
	uint64_t visible; /* readers do not look behind this offset */

	_Atomic uint64_t count, violations;
	atomic_bool degraded;
};

/* An entry, ready to be appended. Name and data are borrowed. */
struct entry {
	unsigned pcr;
	const char *name;
	const uint8_t *data;
	size_t data_len;
	bool violation;
	struct digest digest[TPM_BANKS_MAX]; /* what is extended */
	uint8_t key[INDEX_KEY_SIZE];	     /* unused for a violation */
	size_t fields_len;		     /* of its text */
};

/* append.c */

/* Return: 0; -EBADMSG if the data is not the template's; -ENOPKG; -ENOMEM. */
int entry_prepare(const struct journal *j, unsigned pcr, const char *name,
		  const uint8_t *data, size_t len, bool violation,
		  struct entry *ret);

/* Appends one record and moves .end; on failure nothing has changed. */
int journal_append(struct journal *j, const struct record *r);
int journal_append_entry(struct journal *j, const struct entry *e,
			 uint8_t flags);

/*
 * Extends and settles what happened if the TPM reports an error: @after is
 * what the PCR then holds. The caller has .append. Return: 0; -EPERM if the
 * TPM refuses that PCR, and it is as before; -EIO.
 */
int journal_extend(struct journal *j, const struct entry *e,
		   const struct digest *after);

/*
 * Before the first entry of a PCR that is not the default one. The kernel
 * extends it whatever it holds, and so do we, but write down what that was:
 * without it nobody could replay the journal later. Return: 0; -EIO; -ENOMEM;
 * ... of the file.
 */
int journal_touch_pcr(struct journal *j, unsigned pcr);

/* Makes an entry visible; there must be room in the index. */
void journal_publish(struct journal *j, const struct entry *e, uint64_t at);

/* recover.c: an existing journal file, in j->fd. */
enum recovered {
	RECOVERED_GO_ON,
	RECOVERED_BEGIN, /* its time is over: set it aside, begin anew */
};
int journal_recover(struct journal *j, const struct journal_options *o,
		    enum recovered *ret, struct diag *reterr);

/* begin.c */

/* The bytes of the running kernel's boot id. Return: 0 or -errno. */
int boot_id_read(uint8_t ret[BOOT_ID_SIZE]);

/*
 * What the default PCR must hold for a new journal: zeros, or what the adopted
 * list leads to. Return: 0; -EBADMSG; ...
 */
int journal_base(const struct journal *j, const struct journal_options *o,
		 struct pcr_set *ret, struct diag *reterr);

/* Sets aside what was there, once a new one can take its place. */
int journal_begin(struct journal *j, const struct journal_options *o,
		  struct diag *reterr);

/* aggregate.c: measures boot_aggregate. */
int journal_boot_aggregate(struct journal *j, struct diag *reterr);

/* replay.c */
struct list_entry;

/*
 * Walks a list of @view, checks each digest against the data, and extends
 * @pcrs. Return: 0; -EBADMSG with the number in @reterr; what @each returned.
 */
int list_replay(const uint8_t *list, size_t len, enum hash_alg view,
		struct pcr_set *pcrs,
		int (*each)(void *arg, uint64_t number,
			    const struct list_entry *e),
		void *arg, struct diag *reterr);

#endif
