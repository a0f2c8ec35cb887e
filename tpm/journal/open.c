// SPDX-License-Identifier: Apache-2.0
/* Opening and closing a journal; see include/journal.h and state.h. */
#include "tpm/journal/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/cleanup.h"

static void journal_free(struct journal *j)
{
	if (!j)
		return;
	closep(&j->fd);
	closep(&j->lock_fd);
	closep(&j->dirfd);
	index_release(&j->index);
	pcr_set_release(&j->pcrs);
	(void)pthread_mutex_destroy(&j->append);
	(void)pthread_rwlock_destroy(&j->seen);
	free(j->dirname);
	free(j);
}

DEFINE_FREEP(struct journal, journal);

static int init_locks(struct journal *j)
{
	pthread_rwlockattr_t attr;
	int r = -pthread_mutex_init(&j->append, NULL);

	if (r < 0)
		return r;
	r = -pthread_rwlockattr_init(&attr);
	if (r == 0) {
		/* many readers must not keep the one writer out */
		(void)pthread_rwlockattr_setkind_np(
			&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
		r = -pthread_rwlock_init(&j->seen, &attr);
		(void)pthread_rwlockattr_destroy(&attr);
	}
	if (r < 0)
		(void)pthread_mutex_destroy(&j->append);
	return r;
}

static int journal_new(const struct journal_options *o, struct journal **ret)
{
	struct journal *j = calloc(1, sizeof(*j));
	int r = j ? init_locks(j) : -ENOMEM;

	if (r < 0) {
		free(j);
		return r;
	}
	j->io = o->io ? o->io : &io_system;
	j->dirfd = j->lock_fd = j->fd = -1;
	j->x = o->extender && o->extender->n_banks ? o->extender : NULL;
	j->pcr = o->pcr;
	j->hash = o->hash;
	j->template = o->template;
	if (j->x)
		pcr_set_init(&j->pcrs, j->x->bank, j->x->n_banks);
	*ret = j;
	j->dirname = strdup(o->dirname);
	if (!j->dirname)
		return -ENOMEM;
	j->dirfd = fcntl(o->dirfd, F_DUPFD_CLOEXEC, 3);
	if (j->dirfd < 0)
		return -errno;
	return index_init(&j->index);
}

static void add_view(struct journal *j, enum hash_alg alg)
{
	for (size_t i = 0; i < j->n_views; i++) {
		if (j->view[i] == alg)
			return;
	}
	j->view[j->n_views++] = alg;
}

/*
 * A bank that cannot be extended could be filled by anybody with a list of
 * his own, so every bank must be computable.
 */
static int choose_views(struct journal *j, struct diag *reterr)
{
	add_view(j, HASH_ALG_SHA1);
	for (unsigned i = 0; i < j->pcrs.n_banks; i++)
		add_view(j, j->pcrs.bank[i]);
	if (!j->x)
		add_view(j, j->hash);
	for (size_t i = 0; i < j->n_views; i++) {
		if (digest_available(j->view[i]))
			continue;
		diag_set(reterr,
			 "%s digests are needed for the measurement list and "
			 "OpenSSL here has none: configure a provider for "
			 "them, or switch that PCR bank off "
			 "(tpm2_pcrallocate)",
			 hash_alg_name(j->view[i]));
		return -ENOPKG;
	}
	if (digest_available(j->hash))
		return 0;
	diag_set(reterr, "OpenSSL here cannot compute %s",
		 hash_alg_name(j->hash));
	return -ENOPKG;
}

static int lock(struct journal *j, struct diag *reterr)
{
	j->lock_fd = openat(j->dirfd, JOURNAL_LOCK,
			    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->lock_fd >= 0 && flock(j->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (j->lock_fd >= 0 && errno == EWOULDBLOCK) {
		diag_set(reterr, "%s is in use by another mount", j->dirname);
		return -EBUSY;
	}
	diag_set(reterr, "cannot lock %s/" JOURNAL_LOCK ": %s", j->dirname,
		 strerror(errno));
	return -errno;
}

/* Return: 1 if there is a journal; 0 if not; -errno. */
static int open_existing(struct journal *j, struct diag *reterr)
{
	struct stat st;

	j->fd = openat(j->dirfd, JOURNAL_FILE,
		       O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (j->fd < 0 && errno == ENOENT)
		return 0;
	if (j->fd < 0 || fstat(j->fd, &st) < 0) {
		int error = errno;

		diag_set(reterr, "cannot open %s/" JOURNAL_FILE ": %s",
			 j->dirname, strerror(error));
		return -error;
	}
	if (S_ISREG(st.st_mode))
		return 1;
	diag_set(reterr, "%s/" JOURNAL_FILE " is not a regular file",
		 j->dirname);
	return -EBADMSG;
}

static int open_list(struct journal *j, const struct journal_options *o,
		     struct diag *reterr)
{
	enum recovered what = RECOVERED_BEGIN;
	int r = open_existing(j, reterr);

	if (r < 0)
		return r;
	if (r > 0)
		r = journal_recover(j, o, &what, reterr);
	if (r == 0 && what == RECOVERED_BEGIN)
		r = journal_begin(j, o, reterr);
	/* also when a crash came between the file and its first entry */
	if (r == 0 && !j->index.count)
		r = journal_boot_aggregate(j, reterr);
	return r;
}

int journal_open(const struct journal_options *o, struct journal **ret,
		 struct diag *reterr)
{
	CLEANUP(journal_freep) struct journal *j = NULL;
	int r;

	if (o->pcr >= JOURNAL_PCRS || !hash_alg_size(o->hash) || !o->template ||
	    (o->extender && o->extender->n_banks > TPM_BANKS_MAX)) {
		diag_set(reterr, "%s", "bad journal options");
		return -EINVAL;
	}
	r = journal_new(o, &j);
	if (r < 0) {
		diag_set(reterr, "cannot open %s: %s", o->dirname,
			 strerror(-r));
		return r;
	}
	r = choose_views(j, reterr);
	if (r == 0)
		r = lock(j, reterr);
	if (r == 0)
		r = open_list(j, o, reterr);
	if (r == 0)
		*ret = STEAL(j);
	return r;
}

int journal_close(struct journal *j)
{
	struct record closed = { .kind = RECORD_CLOSED };
	int r = 0;

	if (!j)
		return 0;
	if (!atomic_load(&j->degraded)) {
		r = journal_append(j, &closed);
		if (r == 0)
			r = j->io->fdatasync(j->io, j->fd);
	}
	journal_free(j);
	return r;
}

bool journal_degraded(const struct journal *j)
{
	return atomic_load(&j->degraded);
}

uint64_t journal_count(const struct journal *j)
{
	return atomic_load(&j->count);
}

uint64_t journal_violations(const struct journal *j)
{
	return atomic_load(&j->violations);
}
