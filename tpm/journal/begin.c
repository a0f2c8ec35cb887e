// SPDX-License-Identifier: Apache-2.0
/*
 * A new journal: what the PCR must hold, the file with its header and the
 * entries that are adopted from the kernel's list, the rename that makes it
 * valid. The write order is in state.h.
 */
#include "tpm/journal/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "tpm/journal/list.h"

/* 8-4-4-4-12 hex digits and a newline */
#define BOOT_ID_TEXT 36

int boot_id_read(uint8_t ret[BOOT_ID_SIZE])
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	char digits[2 * BOOT_ID_SIZE + 1];
	size_t n = 0;
	int r = io_read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 4096,
			     &b);

	if (r < 0)
		return r;
	for (size_t i = 0; i < b.len && i < BOOT_ID_TEXT; i++) {
		if (b.data[i] != '-' && n < 2 * BOOT_ID_SIZE)
			digits[n++] = (char)b.data[i];
	}
	digits[n] = '\0';
	return hex_decode(digits, ret, BOOT_ID_SIZE) < 0 ? -EIO : 0;
}

int journal_base(const struct journal *j, const struct journal_options *o,
		 struct pcr_set *ret, struct diag *reterr)
{
	pcr_set_init(ret, j->pcrs.bank, j->pcrs.n_banks);
	if (!o->adopt || !j->x)
		return 0;
	return list_replay(o->adopt, o->adopt_len, HASH_ALG_SHA1, ret, NULL,
			   NULL, reterr);
}

/* The N of a name journal.N; 0 for any other name. */
static unsigned long number_of(const char *name)
{
	size_t prefix = sizeof(JOURNAL_FILE ".") - 1;
	unsigned long n;
	char *end;

	if (strncmp(name, JOURNAL_FILE ".", prefix) != 0)
		return 0;
	n = strtoul(name + prefix, &end, 10);
	return *end || n > 1000000000 ? 0 : n;
}

/* One more than the highest N of all journal.N. */
static int next_number(int dirfd, unsigned long *ret)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	unsigned long highest = 0;
	const struct dirent *e;
	int error;

	if (!dir) {
		error = errno;
		closep(&fd);
		return -error;
	}
	errno = 0;
	while ((e = readdir(dir)) != NULL) {
		unsigned long n = number_of(e->d_name);

		highest = n > highest ? n : highest;
		errno = 0;
	}
	error = errno;
	(void)closedir(dir); /* only read from */
	*ret = highest + 1;
	return -error;
}

/* An old journal, if there is one, becomes journal.N. */
static int set_aside(struct journal *j, struct diag *reterr)
{
	char name[64];
	unsigned long n = 0;
	int r = next_number(j->dirfd, &n);

	if (r == 0) {
		(void)snprintf(name, sizeof(name), JOURNAL_FILE ".%lu", n);
		/* .lock is held: nobody else makes this name */
		if (renameat2(j->dirfd, JOURNAL_FILE, j->dirfd, name,
			      RENAME_NOREPLACE) < 0 &&
		    errno != ENOENT)
			r = -errno;
	}
	if (r < 0)
		diag_set(reterr, "cannot rename %s/" JOURNAL_FILE ": %s",
			 j->dirname, strerror(-r));
	return r;
}

static int refuse(const struct journal *j, const struct journal_options *o,
		  const struct digest *now, const struct digest *base,
		  struct diag *reterr)
{
	char holds[2 * DIGEST_MAX + 1];
	unsigned i = 0;

	while (i + 1 < j->pcrs.n_banks && digest_equal(&now[i], &base[i]))
		i++;
	hex_encode(holds, now[i].bytes, now[i].size);
	diag_set(reterr,
		 "PCR %u (%s) holds %s already, and there is no journal in %s "
		 "that explains it%s. %s, or restore the journal",
		 j->pcr, hash_alg_name(j->pcrs.bank[i]), holds, j->dirname,
		 o->adopt ? ", nor does the kernel's list lead to it" : "",
		 o->alone ? "End the software TPM (swtpm.pid there)"
			  : "Use a PCR that nobody extends (pcr=), a software "
			    "TPM (tpm=swtpm)");
	return -ESTALE;
}

/*
 * The PCRs must hold what the new journal begins with. Takes their values as
 * the first rows of .pcrs.
 */
static int check_start(struct journal *j, const struct journal_options *o,
		       struct diag *reterr)
{
	CLEANUP(pcr_set_release) struct pcr_set base = { 0 };
	int r = journal_base(j, o, &base, reterr);

	if (r < 0 || !j->x)
		return r;
	for (unsigned i = 0; i < JOURNAL_PCRS; i++) {
		struct digest now[TPM_BANKS_MAX];
		const struct digest *row;

		if (i != j->pcr && !base.row[i])
			continue;
		row = pcr_set_row(&base, i);
		if (!row || !pcr_set_row(&j->pcrs, i))
			return -ENOMEM;
		r = j->x->ops->read(j->x, i, now);
		if (r < 0) {
			diag_set(reterr, "cannot read PCR %u: %s", i,
				 strerror(-r));
			return r;
		}
		if (!pcr_row_equal(&base, now, row))
			return refuse(j, o, now, row, reterr);
		memcpy(j->pcrs.row[i], now, base.n_banks * sizeof(now[0]));
	}
	return 0;
}

static int write_header(struct journal *j)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct journal_header h = { .pcr = (uint8_t)j->pcr,
				    .hash = (uint8_t)j->hash,
				    .n_banks = (uint8_t)j->pcrs.n_banks };
	int r = boot_id_read(h.boot_id);

	for (unsigned i = 0; i < j->pcrs.n_banks; i++)
		h.bank[i] = (uint8_t)j->pcrs.bank[i];
	if (r == 0)
		r = journal_header_encode(&h, &b);
	if (r == 0)
		r = io_pwrite_full(j->io, j->fd, b.data, b.len, 0);
	if (r == 0)
		j->end = b.len;
	return r;
}

static int adopt_entry(void *arg, uint64_t number, const struct list_entry *le)
{
	struct journal *j = arg;
	uint64_t at = j->end;
	struct entry e;
	int r = entry_prepare(j, le->pcr, le->name, le->data, le->data_len,
			      le->violation, &e);

	(void)number;
	if (r == 0)
		r = index_reserve(&j->index);
	if (r == 0)
		r = journal_append_entry(j, &e, RECORD_ADOPTED);
	if (r == 0)
		journal_publish(j, &e, at);
	return r;
}

/*
 * A TPM of our own may have been used before, for another default PCR. What it
 * holds in other PCRs is to be known, so that anything more is noticed.
 */
static int write_bases(struct journal *j)
{
	for (unsigned pcr = 0; pcr < JOURNAL_PCRS; pcr++) {
		struct digest now[TPM_BANKS_MAX];
		int r;

		if (j->pcrs.row[pcr])
			continue;
		r = j->x->ops->read(j->x, pcr, now);
		if (r == 0 && !pcr_row_untouched(&j->pcrs, now))
			r = journal_touch_pcr(j, pcr);
		if (r < 0 && r != -ENXIO) /* there is no such PCR */
			return r;
	}
	return 0;
}

static int write_file(struct journal *j, const struct journal_options *o,
		      struct diag *reterr)
{
	struct pcr_set nothing = { 0 };
	int r;

	closep(&j->fd); /* of an old one: nothing was written */
	j->fd = -1;
	if (unlinkat(j->dirfd, JOURNAL_NEW_FILE, 0) < 0 && errno != ENOENT)
		return -errno;
	j->fd = openat(j->dirfd, JOURNAL_NEW_FILE,
		       O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (j->fd < 0)
		return -errno;
	r = write_header(j);
	if (r == 0 && o->alone && j->x)
		r = write_bases(j);
	if (r == 0 && o->adopt && j->x)
		r = list_replay(o->adopt, o->adopt_len, HASH_ALG_SHA1, &nothing,
				adopt_entry, j, reterr);
	if (r == 0)
		r = j->io->fdatasync(j->io, j->fd);
	/* not before: if there can be no new one, the old one is the only one
	 */
	if (r == 0)
		r = set_aside(j, reterr);
	if (r < 0)
		return r;
	if (renameat(j->dirfd, JOURNAL_NEW_FILE, j->dirfd, JOURNAL_FILE) < 0)
		return -errno;
	/* a directory that cannot be synced (EINVAL) need not be */
	if (fsync(j->dirfd) < 0 && errno != EINVAL)
		return -errno;
	j->visible = j->end;
	return 0;
}

int journal_begin(struct journal *j, const struct journal_options *o,
		  struct diag *reterr)
{
	int r = check_start(j, o, reterr);

	if (r < 0)
		return r;
	diag_set(reterr, "%s", "");
	r = write_file(j, o, reterr);
	if (r < 0 && reterr && !reterr->msg[0])
		diag_set(reterr, "cannot write %s/" JOURNAL_FILE ": %s",
			 j->dirname, strerror(-r));
	return r;
}
