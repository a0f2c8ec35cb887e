// SPDX-License-Identifier: Apache-2.0
/*
 * What to do with a journal that is there already.
 *
 * The records are replayed up to the first that is torn or damaged, if there
 * is one; call that part the good one. Then, first match wins:
 *
 *  1 kept for another default PCR: its time is over, begin anew
 *  2 of an earlier boot, and the default PCR is as at the start: begin anew.
 *    After a power failure the file may end anywhere, and need not be whole.
 *  3 kept for other banks: begin anew if it was closed and the default PCR is
 *    as at the start, else refuse (ESTALE)
 *  4 every PCR with entries holds what the good part leads to, no whole
 *    record follows it, and on a TPM of our own no other PCR was extended: go
 *    on after it. The rest was never extended, so nothing that anybody relied
 *    on is lost by cutting it off.
 *  5 nothing is torn or damaged, the last record is an entry, and its PCR
 *    holds what the part before it leads to (the other PCRs as in 4): we died
 *    between append and extend; extend it and go on, or take it back if the TPM
 *    refuses that PCR
 *  6 closed cleanly, and the default PCR is as at the start: begin anew
 *  7 torn or damaged: refuse (EBADMSG)
 *  8 refuse (ESTALE)
 *
 * With a TPM that others extend, too, one thing goes unnoticed here: an end
 * that is missing altogether and has all that ever went to a PCR other than the
 * default one, and nothing for the default one. Nothing else in the journal
 * speaks of that PCR then. To write down elsewhere that it was used would not
 * help: who cuts the journal off can change that, too; only a PCR cannot be
 * taken back, and the format of what goes there is the kernel's. Who checks
 * that PCR against the list does notice.
 *
 * "As at the start" is what journal_base() says: zeros, or what the kernel's
 * list leads to that is to be adopted.
 *
 * Without a TPM nothing vouches for the list, and "as at the start" is always
 * true: rules 1, 2 and 3 apply. Then a torn end is cut off, a damaged record
 * is refused. (A crash leaves the beginning of a record behind, never the
 * whole length of it with other bytes.)
 */
#include "tpm/journal/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "tpm/journal/list.h"
#include "tpm/journal/scan.h"

/* What replaying the file came to; the index and .pcrs are in the journal. */
struct replay {
	struct journal_header header;
	bool this_boot, same_banks;
	uint64_t good; /* end of the good part */
	enum record_fault fault;
	bool more;	    /* a whole record follows the fault */
	bool closed;	    /* the last record says so */
	bool ends_in_entry; /* the last record is one: */
	unsigned last_pcr;
	uint64_t last_at;
	struct digest before[TPM_BANKS_MAX];   /* its PCR without it */
	struct digest extended[TPM_BANKS_MAX]; /* its digests */
};

/* The PCRs beside the replay. */
struct comparison {
	bool equal;	/* rule 4 */
	bool one_ahead; /* rule 5 */
	bool at_start;	/* the default PCR */
	unsigned pcr;	/* one that differs, if neither equal nor ahead */
	struct digest holds[TPM_BANKS_MAX];
};

static bool banks_equal(const struct journal_header *h,
			const struct pcr_set *pcrs)
{
	for (unsigned i = 0; i < pcrs->n_banks; i++) {
		if (!memchr(h->bank, (int)pcrs->bank[i], h->n_banks))
			return false;
	}
	return h->n_banks == pcrs->n_banks;
}

static int replay_base(struct journal *j, const struct record *rec)
{
	struct digest *row;

	if (j->pcrs.row[rec->pcr] || rec->n_base != j->pcrs.n_banks)
		return -EBADMSG;
	row = pcr_set_row(&j->pcrs, rec->pcr);
	if (!row)
		return -ENOMEM;
	for (unsigned i = 0; i < j->pcrs.n_banks; i++) {
		unsigned k = 0;

		while (k < rec->n_base && rec->base[k].alg != row[i].alg)
			k++;
		if (k == rec->n_base)
			return -EBADMSG;
		row[i] = rec->base[k];
	}
	return 0;
}

static int replay_entry(struct journal *j, const struct record *rec,
			uint64_t at, struct replay *p)
{
	struct entry e;
	struct digest *row = pcr_set_row(&j->pcrs, rec->pcr);
	int r;

	if (!row)
		return -ENOMEM;
	r = entry_prepare(j, rec->pcr, rec->name, rec->data, rec->data_len,
			  rec->kind == RECORD_VIOLATION, &e);
	if (r == 0)
		r = index_reserve(&j->index);
	if (r < 0)
		return r;
	p->last_pcr = rec->pcr;
	p->last_at = at;
	memcpy(p->before, row, j->pcrs.n_banks * sizeof(*row));
	memcpy(p->extended, e.digest, sizeof(e.digest));
	r = pcr_row_extend(&j->pcrs, row, e.digest);
	if (r == 0)
		journal_publish(j, &e, at);
	return r;
}

static int replay_record(struct journal *j, const struct record *rec,
			 uint64_t at, struct replay *p)
{
	int r = 0;

	/* without the right banks only the kinds of records are looked at */
	if (p->same_banks && record_is_entry(rec))
		r = replay_entry(j, rec, at, p);
	else if (p->same_banks && rec->kind == RECORD_BASE)
		r = replay_base(j, rec);
	if (r < 0)
		return r;
	p->closed = rec->kind == RECORD_CLOSED;
	p->ends_in_entry = record_is_entry(rec);
	return 0;
}

static int replay_file(struct journal *j, size_t header_len, struct replay *p)
{
	CLEANUP(scan_release) struct scan s = { 0 };
	struct record rec;
	struct stat st;
	int r;

	if (fstat(j->fd, &st) < 0)
		return -errno;
	scan_init(&s, j->io, j->fd, header_len, (uint64_t)st.st_size);
	while (true) {
		p->good = s.at;
		r = scan_next(&s, &rec);
		if (r <= 0)
			break;
		r = replay_record(j, &rec, p->good, p);
		if (r < 0)
			break;
	}
	if (r != -EBADMSG)
		return r;
	/* a record that decodes and makes no sense is damaged, too */
	p->fault = s.fault == RECORD_WHOLE ? RECORD_DAMAGED : s.fault;
	p->closed = false;
	p->ends_in_entry = false;
	s.at = p->good;
	r = scan_resync(&s);
	p->more = r > 0;
	return r < 0 ? r : 0;
}

static int compare_pcr(struct journal *j, const struct replay *p, unsigned pcr,
		       struct comparison *ret)
{
	struct digest now[TPM_BANKS_MAX];
	struct digest *row = pcr_set_row(&j->pcrs, pcr);
	int r;

	if (!row)
		return -ENOMEM;
	r = j->x->ops->read(j->x, pcr, now);
	if (r < 0 || pcr_row_equal(&j->pcrs, now, row))
		return r;
	ret->equal = false;
	if (p->ends_in_entry && pcr == p->last_pcr &&
	    pcr_row_equal(&j->pcrs, now, p->before))
		return 0;
	ret->one_ahead = false;
	ret->pcr = pcr;
	memcpy(ret->holds, now, j->pcrs.n_banks * sizeof(now[0]));
	return 0;
}

static int refuse_unread(unsigned pcr, int r, struct diag *reterr)
{
	diag_set(reterr, "cannot read PCR %u: %s", pcr, strerror(-r));
	return r;
}

static int compare_start(struct journal *j, const struct journal_options *o,
			 struct comparison *ret, struct diag *reterr)
{
	CLEANUP(pcr_set_release) struct pcr_set base = { 0 };
	struct digest now[TPM_BANKS_MAX];
	const struct digest *row;
	int r = journal_base(j, o, &base, reterr);

	if (r < 0)
		return r;
	row = pcr_set_row(&base, j->pcr);
	if (!row)
		return -ENOMEM;
	r = j->x->ops->read(j->x, j->pcr, now);
	if (r < 0)
		return refuse_unread(j->pcr, r, reterr);
	ret->at_start = pcr_row_equal(&base, now, row);
	return 0;
}

/* A PCR that the journal does not speak of, of a TPM that only we extend. */
static int compare_unused(struct journal *j, unsigned pcr,
			  struct comparison *ret)
{
	struct digest now[TPM_BANKS_MAX];
	int r = j->x->ops->read(j->x, pcr, now);

	if (r == -ENXIO)
		return 0; /* there is no such PCR */
	if (r < 0 || pcr_row_untouched(&j->pcrs, now))
		return r;
	if (!pcr_set_row(&j->pcrs, pcr))
		return -ENOMEM;
	ret->equal = ret->one_ahead = false;
	ret->pcr = pcr;
	memcpy(ret->holds, now, j->pcrs.n_banks * sizeof(now[0]));
	return 0;
}

/* Reads the PCRs. Without a TPM there is nothing that could differ. */
static int compare(struct journal *j, const struct journal_options *o,
		   const struct replay *p, struct comparison *ret,
		   struct diag *reterr)
{
	int r = 0;

	*ret = (struct comparison){ .equal = true,
				    .one_ahead = true,
				    .at_start = true };
	if (!j->x)
		return 0;
	for (unsigned i = 0; i < JOURNAL_PCRS && p->same_banks; i++) {
		if (j->pcrs.row[i] || i == j->pcr)
			r = compare_pcr(j, p, i, ret);
		else if (o->alone)
			r = compare_unused(j, i, ret);
		if (r < 0)
			return refuse_unread(i, r, reterr);
	}
	return compare_start(j, o, ret, reterr);
}

/* Rule 5. */
static int extend_last(struct journal *j, const struct replay *p)
{
	struct digest *row = j->pcrs.row[p->last_pcr];
	struct digest after[TPM_BANKS_MAX];
	struct entry e = { .pcr = p->last_pcr };

	memcpy(e.digest, p->extended, sizeof(e.digest));
	memcpy(after, row, j->pcrs.n_banks * sizeof(*row));
	memcpy(row, p->before, j->pcrs.n_banks * sizeof(*row));
	return journal_extend(j, &e, after);
}

/* What a new journal takes besides another name for the old one. */
static const char *way_out(const struct journal *j,
			   const struct journal_options *o)
{
	if (!j->x)
		return "";
	return o->alone ? ", and end the software TPM (swtpm.pid there)"
			: ", and mount with another pcr= or after a reboot";
}

static int refuse_damaged(struct journal *j, const struct journal_options *o,
			  const struct replay *p, struct diag *reterr)
{
	diag_set(reterr,
		 "%s/" JOURNAL_FILE " is %s at byte %llu, and %s: it was "
		 "tampered with or the disk is bad. Keep a copy; to begin a "
		 "new journal rename it%s",
		 j->dirname, p->fault == RECORD_TORN ? "cut off" : "damaged",
		 (unsigned long long)p->good,
		 p->more ? "there are entries behind that"
		 : j->x ? "the PCRs say that more was measured than it explains"
			: "no TPM says what it held",
		 way_out(j, o));
	return -EBADMSG;
}

static int refuse_stale(struct journal *j, const struct journal_options *o,
			const struct replay *p, const struct comparison *c,
			struct diag *reterr)
{
	char holds[2 * DIGEST_MAX + 1], leads[2 * DIGEST_MAX + 1];
	const struct digest *row = j->pcrs.row[c->pcr];
	bool reset = pcr_row_zero(&j->pcrs, c->holds) && p->this_boot;
	unsigned i = 0;

	while (i + 1 < j->pcrs.n_banks && digest_equal(&row[i], &c->holds[i]))
		i++;
	hex_encode(holds, c->holds[i].bytes, c->holds[i].size);
	hex_encode(leads, row[i].bytes, row[i].size);
	diag_set(reterr,
		 "PCR %u (%s) holds %s, %s/" JOURNAL_FILE " leads to %s: %s. "
		 "To begin a new journal rename it%s",
		 c->pcr, hash_alg_name(j->pcrs.bank[i]), holds, j->dirname,
		 leads,
		 reset ? "the TPM was reset since"
		       : "another program extended it, or entries are gone",
		 reset ? "" : way_out(j, o));
	return -ESTALE;
}

static int refuse_banks(struct journal *j, const struct replay *p,
			struct diag *reterr)
{
	char had[160] = "none", has[160] = "none";
	size_t a = 0, b = 0;

	for (unsigned i = 0; i < p->header.n_banks && a < sizeof(had); i++)
		a += (size_t)snprintf(had + a, sizeof(had) - a, "%s%s",
				      i ? "," : "",
				      hash_alg_name(p->header.bank[i]));
	for (unsigned i = 0; i < j->pcrs.n_banks && b < sizeof(has); i++)
		b += (size_t)snprintf(has + b, sizeof(has) - b, "%s%s",
				      i ? "," : "",
				      hash_alg_name(j->pcrs.bank[i]));
	diag_set(reterr,
		 "%s/" JOURNAL_FILE " was kept for a TPM with the PCR banks "
		 "%s, now there are: %s. Use that TPM again, or rename the "
		 "journal to begin a new one",
		 j->dirname, had, has);
	return -ESTALE;
}

/* The rules of this file's head; RECOVERED_GO_ON leaves cutting to do. */
static int decide(struct journal *j, const struct journal_options *o,
		  const struct replay *p, const struct comparison *c,
		  enum recovered *ret, struct diag *reterr)
{
	*ret = RECOVERED_BEGIN;
	if (p->header.pcr != j->pcr)
		return 0;
	if (!p->this_boot && c->at_start)
		return 0;
	if (!p->same_banks && p->closed && c->at_start)
		return 0;
	if (!p->same_banks)
		return refuse_banks(j, p, reterr);
	*ret = RECOVERED_GO_ON;
	if (!j->x)
		return p->fault == RECORD_DAMAGED || p->more
			       ? refuse_damaged(j, o, p, reterr)
			       : 0;
	if (c->equal && !p->more)
		return 0;
	if (c->one_ahead && p->fault == RECORD_WHOLE) {
		int r = extend_last(j, p);

		if (r < 0)
			diag_set(reterr,
				 "the last entry of %s/" JOURNAL_FILE
				 " is not in PCR %u yet, and the TPM does "
				 "not extend it",
				 j->dirname, p->last_pcr);
		return r;
	}
	*ret = RECOVERED_BEGIN;
	if (p->closed && c->at_start)
		return 0;
	return p->fault != RECORD_WHOLE ? refuse_damaged(j, o, p, reterr)
					: refuse_stale(j, o, p, c, reterr);
}

static int read_header(struct journal *j, const struct journal_options *o,
		       struct replay *p, size_t *ret_len, struct diag *reterr)
{
	uint8_t boot_id[BOOT_ID_SIZE];
	int r = scan_header(j->io, j->fd, &p->header, ret_len);

	if (r == -EBADMSG)
		diag_set(reterr,
			 "%s/" JOURNAL_FILE " does not begin like a journal: "
			 "it was tampered with or the disk is bad. Keep a "
			 "copy; to begin a new journal rename it%s",
			 j->dirname, way_out(j, o));
	else if (r == -EPROTONOSUPPORT)
		diag_set(reterr,
			 "%s/" JOURNAL_FILE " was written by another version "
			 "of imafs. Use that, or rename it to begin anew",
			 j->dirname);
	if (r == 0)
		r = boot_id_read(boot_id);
	if (r < 0)
		return r == -EPROTONOSUPPORT ? -EBADMSG : r;
	p->this_boot = memcmp(boot_id, p->header.boot_id, BOOT_ID_SIZE) == 0;
	p->same_banks = banks_equal(&p->header, &j->pcrs);
	return 0;
}

/* Forgets what was replayed: the list begins anew. */
static int forget(struct journal *j)
{
	index_release(&j->index);
	pcr_set_release(&j->pcrs);
	atomic_store(&j->count, 0);
	atomic_store(&j->violations, 0);
	j->visible = 0;
	return index_init(&j->index);
}

/* Of rule 5: as append.c does when the TPM refuses a PCR. Then all anew. */
static int without_last(struct journal *j, const struct replay *p,
			const struct journal_options *o, enum recovered *ret,
			struct diag *reterr)
{
	int r = j->io->ftruncate(j->io, j->fd, (off_t)p->last_at);

	if (r == 0)
		r = forget(j);
	return r < 0 ? r : journal_recover(j, o, ret, reterr);
}

int journal_recover(struct journal *j, const struct journal_options *o,
		    enum recovered *ret, struct diag *reterr)
{
	struct comparison c;
	struct replay p = { 0 };
	size_t header_len;
	int r = read_header(j, o, &p, &header_len, reterr);

	if (r < 0)
		return r;
	r = replay_file(j, header_len, &p);
	if (r < 0) {
		diag_set(reterr, "cannot replay %s/" JOURNAL_FILE ": %s",
			 j->dirname, strerror(-r));
		return r;
	}
	r = compare(j, o, &p, &c, reterr);
	if (r < 0)
		return r;
	r = decide(j, o, &p, &c, ret, reterr);
	if (r == -EPERM)
		return without_last(j, &p, o, ret, reterr);
	if (r < 0)
		return r;
	if (*ret == RECOVERED_BEGIN)
		return forget(j);
	if (p.fault != RECORD_WHOLE) {
		r = j->io->ftruncate(j->io, j->fd, (off_t)p.good);
		if (r < 0) {
			diag_set(reterr, "cannot cut %s/" JOURNAL_FILE ": %s",
				 j->dirname, strerror(-r));
			return r;
		}
	}
	j->end = p.good;
	j->visible = p.good;
	return 0;
}
