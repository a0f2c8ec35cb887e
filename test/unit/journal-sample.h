/* SPDX-License-Identifier: Apache-2.0 */
/* A small journal that can be cut, changed and opened again. */
#ifndef TEST_JOURNAL_SAMPLE_H
#define TEST_JOURNAL_SAMPLE_H

#include "test/unit/journal-fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tpm/journal/record.h"

#define RECORDS_MAX 16

/* A small journal and where its records are. */
struct sample {
	uint8_t *bytes;
	size_t len;
	size_t n;		 /* records */
	size_t end[RECORDS_MAX]; /* of each */
	enum record_kind kind[RECORDS_MAX];
	unsigned pcr[RECORDS_MAX];
	size_t n_entries;
	size_t header;
	/* the fake TPM after so many entries */
	struct fake_extender after[RECORDS_MAX];
};

static inline void measure_to(struct fixture *f, const char *name, int pcr,
			      bool violation)
{
	struct template_event e = { .name = name,
				    .has_file = true,
				    .violation = violation };
	enum journal_added added;

	assert_int_equal(
		digest_of(HASH_ALG_SHA256, name, strlen(name), &e.digest), 0);
	assert_int_equal(journal_measure(f->j, NULL, pcr, &e, &added), 0);
	assert_int_equal(added, JOURNAL_ADDED);
}

static inline void find_records(struct sample *s)
{
	struct journal_header h;
	size_t at;

	assert_int_equal(
		journal_header_decode(s->bytes, s->len, &h, &s->header), 0);
	s->n = s->n_entries = 0;
	for (at = s->header; at < s->len; at = s->end[s->n++]) {
		struct record rec;
		size_t len;

		assert_in_range(s->n, 0, RECORDS_MAX - 1);
		assert_int_equal(record_decode(s->bytes + at, s->len - at, at,
					       &rec, &len),
				 RECORD_WHOLE);
		s->end[s->n] = at + len;
		s->kind[s->n] = rec.kind;
		s->pcr[s->n] = rec.pcr;
		s->n_entries += record_is_entry(&rec);
	}
}

/* Five entries, one of them a violation, one to a PCR with a base record. */
static inline void make_sample(struct fixture *f, struct sample *s)
{
	struct digest d[2] = { { HASH_ALG_SHA1, 20, { 1 } },
			       { HASH_ALG_SHA256, 32, { 1 } } };
	size_t n = 0;

	memset(s, 0, sizeof(*s));
	if (f->o.extender)
		assert_int_equal(f->tpm.x.ops->extend(&f->tpm.x, 11, d), 0);
	s->after[n++] = f->tpm;
	open_journal(f);
	s->after[n++] = f->tpm;
	measure_to(f, "/a", -1, false);
	s->after[n++] = f->tpm;
	measure_to(f, "/b", 11, false);
	s->after[n++] = f->tpm;
	measure_to(f, "/c", -1, true);
	s->after[n++] = f->tpm;
	measure_to(f, "/d", -1, false);
	s->after[n++] = f->tpm;
	/* a crash: what is in the file now is what the next start finds */
	s->bytes = temp_dir_read(&f->dir, "journal", &s->len);
	close_journal(f);
	find_records(s);
	assert_int_equal(s->n_entries, 5);
}

static inline int try_open(struct fixture *f, const uint8_t *bytes, size_t len)
{
	temp_dir_write(&f->dir, "journal", bytes, len);
	f->diag.msg[0] = '\0';
	return journal_open(&f->o, &f->j, &f->diag);
}

/* An open journal works, and works again after a restart. */
static inline void assert_alive(struct fixture *f, size_t entries)
{
	struct stat st;

	assert_int_equal(journal_count(f->j), entries);
	measure_to(f, "/alive", -1, false);
	if (f->o.extender)
		assert_lists_explain(f, 10);
	close_journal(f);
	open_journal(f);
	assert_int_equal(journal_count(f->j), entries + 1);
	close_journal(f);
	assert_int_equal(fstatat(f->dir.fd, "journal.1", &st, 0), -1);
}

#endif
