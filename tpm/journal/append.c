// SPDX-License-Identifier: Apache-2.0
/*
 * One entry's way: append, extend, publish. The order and the locks are
 * explained in state.h.
 */
#include "tpm/journal/state.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "tpm/journal/list.h"

/* How often an extend is tried that, as the PCR shows, did not happen. */
#define EXTEND_TRIES 2

static void degrade(struct journal *j, const char *what, int error)
{
	if (atomic_exchange(&j->degraded, true))
		return;
	log_err("the journal takes no more entries, accesses that must be "
		"measured are denied; unmount, and mount again when the TPM "
		"answers dir=%s cause=\"%s: %s\"",
		j->dirname, what, strerror(-error));
}

int entry_prepare(const struct journal *j, unsigned pcr, const char *name,
		  const uint8_t *data, size_t len, bool violation,
		  struct entry *ret)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct digest d = { 0 };
	int r;

	*ret = (struct entry){ .pcr = pcr,
			       .name = name,
			       .data = data,
			       .data_len = len,
			       .violation = violation };
	r = pcr_set_digests(&j->pcrs, name, data, len, violation, ret->digest);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < j->pcrs.n_banks; i++) {
		if (j->pcrs.bank[i] == j->hash)
			d = ret->digest[i];
	}
	if (!violation && !d.size) {
		r = template_digest(name, data, len, j->hash, &d);
		if (r < 0)
			return r;
	}
	if (!violation)
		index_key(&d, ret->key);
	r = template_ascii(name, data, len, &text);
	ret->fields_len = text.len;
	return r;
}

int journal_append(struct journal *j, const struct record *rec)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	int r = record_encode(rec, j->end, &b), cut;

	if (r < 0)
		return r;
	if (j->end + b.len >= (UINT64_C(1) << 48)) /* index_entry.at */
		return -EFBIG;
	r = io_pwrite_full(j->io, j->fd, b.data, b.len, (off_t)j->end);
	if (r < 0) {
		cut = j->io->ftruncate(j->io, j->fd, (off_t)j->end);
		if (cut < 0)
			degrade(j, "a torn entry cannot be cut off", cut);
		return r;
	}
	j->end += b.len;
	return 0;
}

int journal_append_entry(struct journal *j, const struct entry *e,
			 uint8_t flags)
{
	struct record rec = {
		.kind = e->violation ? RECORD_VIOLATION : RECORD_ENTRY,
		.flags = flags,
		.pcr = (uint16_t)e->pcr,
		.data = e->data,
		.data_len = e->data_len,
	};
	size_t n = strlen(e->name);

	if (n > TEMPLATE_NAME_MAX)
		return -EINVAL;
	memcpy(rec.name, e->name, n + 1);
	return journal_append(j, &rec);
}

int journal_extend(struct journal *j, const struct entry *e,
		   const struct digest *after)
{
	struct digest *row = j->pcrs.row[e->pcr];
	struct digest now[TPM_BANKS_MAX];
	int r = 0;

	if (!j->x)
		return 0;
	/*
	 * After an error the PCR itself knows whether the command was done:
	 * the answer may have been lost, not the command.
	 */
	for (int i = 0; i < EXTEND_TRIES; i++) {
		r = j->x->ops->extend(j->x, e->pcr, e->digest);
		if (r < 0 && j->x->ops->read(j->x, e->pcr, now) < 0)
			return -EIO;
		if (r == 0 || pcr_row_equal(&j->pcrs, now, after)) {
			memcpy(row, after, j->pcrs.n_banks * sizeof(*row));
			return 0;
		}
		if (!pcr_row_equal(&j->pcrs, now, row))
			return -EIO;
	}
	return r == -EPERM ? r : -EIO;
}

void journal_publish(struct journal *j, const struct entry *e, uint64_t at)
{
	(void)pthread_rwlock_wrlock(&j->seen);
	index_add(&j->index, at, e->pcr, e->violation ? NULL : e->key,
		  list_binary_size(e->name, e->data_len),
		  list_ascii_size(e->name, e->fields_len));
	j->visible = j->end;
	(void)pthread_rwlock_unlock(&j->seen);
	atomic_fetch_add(&j->count, 1);
	if (e->violation)
		atomic_fetch_add(&j->violations, 1);
}

/*
 * Zeros are written down, too: the record also says that from here on this PCR
 * is to be compared.
 */
int journal_touch_pcr(struct journal *j, unsigned pcr)
{
	struct record rec = { .kind = RECORD_BASE, .pcr = (uint16_t)pcr };
	struct digest *row;
	int r;

	if (!j->x || j->pcrs.row[pcr])
		return 0;
	r = j->x->ops->read(j->x, pcr, rec.base);
	if (r < 0)
		return -EIO;
	row = pcr_set_row(&j->pcrs, pcr);
	if (!row)
		return -ENOMEM;
	rec.n_base = j->pcrs.n_banks;
	memcpy(row, rec.base, rec.n_base * sizeof(*row));
	r = journal_append(j, &rec);
	if (r < 0)
		pcr_set_forget(&j->pcrs, pcr);
	return r;
}

static int make_room(struct journal *j)
{
	struct index_room room;
	int r;

	if (index_has_room(&j->index))
		return 0;
	r = index_prepare(&j->index, &room);
	if (r < 0)
		return r;
	(void)pthread_rwlock_wrlock(&j->seen);
	index_commit(&j->index, &room);
	(void)pthread_rwlock_unlock(&j->seen);
	index_room_release(&room);
	return 0;
}

/*
 * The TPM has refused the PCR of the last entry (17 to 22 are for others), and
 * holds what it held: nothing has happened, and no other entry suffers.
 */
static int take_back(struct journal *j, const struct entry *e, uint64_t at)
{
	int r = j->io->ftruncate(j->io, j->fd, (off_t)at);

	if (r < 0) {
		degrade(j, "an entry that the TPM refused cannot be cut off",
			r);
		return -EIO;
	}
	j->end = at;
	log_warn("the TPM lets nobody extend this PCR from here, name another "
		 "one in the rule pcr=%u",
		 e->pcr);
	return -EIO;
}

/* Holding .append. */
static int add(struct journal *j, const struct entry *e,
	       enum journal_added *ret)
{
	struct digest after[TPM_BANKS_MAX];
	uint64_t at;
	int r;

	if (atomic_load(&j->degraded))
		return -EIO;
	/* again: another thread may have added it just now */
	if (!e->violation && index_has(&j->index, e->pcr, e->key)) {
		*ret = JOURNAL_DUPLICATE;
		return 0;
	}
	/* all that can fail for lack of memory comes before the append */
	r = make_room(j);
	if (r == 0)
		r = journal_touch_pcr(j, e->pcr);
	if (r == 0 && j->x) {
		memcpy(after, j->pcrs.row[e->pcr],
		       j->pcrs.n_banks * sizeof(after[0]));
		r = pcr_row_extend(&j->pcrs, after, e->digest);
	}
	if (r < 0)
		return r;
	at = j->end;
	r = journal_append_entry(j, e, 0);
	if (r < 0)
		return r;
	r = journal_extend(j, e, after);
	if (r == -EPERM)
		return take_back(j, e, at);
	if (r < 0) {
		degrade(j, "the TPM did not extend the PCR", r);
		return r;
	}
	journal_publish(j, e, at);
	*ret = JOURNAL_ADDED;
	return 0;
}

/* What is visible is extended: this needs no look at the TPM. */
static bool is_known(struct journal *j, const struct entry *e)
{
	bool known;

	if (e->violation)
		return false;
	(void)pthread_rwlock_rdlock(&j->seen);
	known = index_has(&j->index, e->pcr, e->key);
	(void)pthread_rwlock_unlock(&j->seen);
	return known;
}

int journal_measure(struct journal *j, const struct template *t, int pcr,
		    const struct template_event *e, enum journal_added *ret)
{
	CLEANUP(buf_release) struct buf data = BUF_INIT;
	struct template_event event = *e;
	struct entry entry;
	int r;

	if (pcr >= JOURNAL_PCRS)
		return -EINVAL;
	if (atomic_load(&j->degraded))
		return -EIO;
	if (e->violation) {
		t = NULL;
		pcr = -1;
		event.digest = (struct digest){ .alg = (uint8_t)j->hash };
	}
	if (!t)
		t = j->template;
	r = template_encode(t, &event, &data);
	if (r == 0)
		r = entry_prepare(j, pcr < 0 ? j->pcr : (unsigned)pcr,
				  template_name(t), data.data, data.len,
				  e->violation, &entry);
	if (r < 0)
		return r;
	if (is_known(j, &entry)) {
		*ret = JOURNAL_DUPLICATE;
		return 0;
	}
	(void)pthread_mutex_lock(&j->append);
	r = add(j, &entry, ret);
	(void)pthread_mutex_unlock(&j->append);
	return r;
}
