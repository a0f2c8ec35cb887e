// SPDX-License-Identifier: Apache-2.0
/*
 * tpm/journal/recover.c: what becomes of a journal that was cut, changed, or
 * does not belong to what the TPM holds.
 */
#include <unistd.h>

#include "test/unit/journal-sample.h"

/* Of the first @len bytes: whole records, and whole entries (for a PCR). */
static size_t records_within(const struct sample *s, size_t len)
{
	size_t n = 0;

	while (n < s->n && s->end[n] <= len)
		n++;
	return n;
}

static bool is_entry(const struct sample *s, size_t i)
{
	return s->kind[i] == RECORD_ENTRY || s->kind[i] == RECORD_VIOLATION;
}

static size_t entries_within(const struct sample *s, size_t len)
{
	size_t entries = 0;

	for (size_t i = 0; i < records_within(s, len); i++)
		entries += is_entry(s, i);
	return entries;
}

/* Entries of @pcr among the first @n of the file. */
static size_t entries_of(const struct sample *s, unsigned pcr, size_t n)
{
	size_t all = 0, of_pcr = 0;

	for (size_t i = 0; i < s->n && all < n; i++) {
		if (!is_entry(s, i))
			continue;
		all++;
		of_pcr += s->pcr[i] == pcr;
	}
	return of_pcr;
}

static bool is_boundary(const struct sample *s, size_t len)
{
	size_t n = records_within(s, len);

	return len == (n ? s->end[n - 1] : s->header);
}

/*
 * The rules of recover.c in other words: the first @len bytes are good and
 * @extended entries are in the PCRs; -EBADMSG stands for any refusal.
 */
static int expected(const struct sample *s, size_t len, size_t extended,
		    bool torn)
{
	size_t n = records_within(s, len), whole = entries_within(s, len);
	bool other = false; /* PCR 11 is spoken of */
	unsigned behind = 0;

	for (size_t i = 0; i < n; i++)
		other = other || s->pcr[i] == 11;
	for (unsigned pcr = 10; pcr <= 11; pcr++) {
		size_t in_list = entries_of(s, pcr, whole);
		size_t in_pcr = entries_of(s, pcr, extended);

		if ((pcr == 11 && !other) || in_list == in_pcr)
			continue;
		if (in_list != in_pcr + 1 || torn || s->pcr[n - 1] != pcr ||
		    !is_entry(s, n - 1))
			return -EBADMSG;
		behind++;
	}
	return behind > 1 ? -EBADMSG : 0;
}

static void cut_at_every_byte(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	for (size_t extended = 0; extended <= s.n_entries; extended++) {
		for (size_t len = 0; len <= s.len; len++) {
			size_t whole = entries_within(&s, len);
			bool torn = !is_boundary(&s, len);
			int want = len < s.header
					   ? -EBADMSG
					   : expected(&s, len, extended, torn);
			int r;

			f->tpm = s.after[extended];
			r = try_open(f, s.bytes, len);
			if (want < 0 && !torn && len >= s.header)
				want = -ESTALE; /* nothing is damaged */
			if (r != want)
				fail_msg("%zu extended, cut at %zu (%zu whole):"
					 " %d instead of %d: %s",
					 extended, len, whole, r, want,
					 f->diag.msg);
			/* an empty list gets its boot_aggregate */
			if (r == 0)
				assert_alive(f, whole ? whole : 1);
			else
				assert_true(strlen(f->diag.msg) > 40);
		}
	}
	free(s.bytes);
}

static void flip_every_bit(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	for (size_t extended = 0; extended <= s.n_entries; extended++) {
		for (size_t i = 0; i < s.len; i++) {
			size_t whole = entries_within(&s, i);
			bool last = records_within(&s, i) == s.n - 1;
			uint8_t bit = (uint8_t)(1u << (i % 8));
			int want = -EBADMSG, r;

			f->tpm = s.after[extended];
			s.bytes[i] ^= bit;
			r = try_open(f, s.bytes, s.len);
			s.bytes[i] ^= bit;
			/* only what was never extended may be cut off */
			if (i >= s.header && last)
				want = expected(&s, i, extended, true);
			if (r != want)
				fail_msg("%zu extended, byte %zu flipped: %d "
					 "instead of %d: %s",
					 extended, i, r, want, f->diag.msg);
			if (r == 0)
				assert_alive(f, whole);
		}
	}
	free(s.bytes);
}

/* The same for journals that end earlier, so that each record is the last. */
static void flip_every_bit_of_the_last_record(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	for (size_t k = 0; k < s.n; k++) {
		size_t begin = k ? s.end[k - 1] : s.header;
		size_t whole = entries_within(&s, begin);

		for (size_t i = begin; i < s.end[k]; i++) {
			for (size_t extended = 0; extended <= whole + 1;
			     extended++) {
				int want, r;

				f->tpm = s.after[extended];
				s.bytes[i] ^= 0x80;
				r = try_open(f, s.bytes, s.end[k]);
				s.bytes[i] ^= 0x80;
				want = expected(&s, i, extended, true);
				if (r != want)
					fail_msg("record %zu, %zu extended, "
						 "byte %zu: %d instead of %d",
						 k, extended, i, r, want);
				if (r == 0)
					assert_alive(f, whole ? whole : 1);
			}
		}
	}
	free(s.bytes);
}

static void cut_and_flip_without_a_tpm(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	f->o.extender = NULL;
	make_sample(f, &s);
	for (size_t len = 0; len <= s.len; len++) {
		size_t whole = entries_within(&s, len);
		int r = try_open(f, s.bytes, len);

		assert_int_equal(r, len < s.header ? -EBADMSG : 0);
		if (r == 0)
			assert_alive(f, whole ? whole : 1);
	}
	for (size_t i = 0; i < s.len; i++) {
		s.bytes[i] ^= 0x10;
		assert_int_equal(try_open(f, s.bytes, s.len), -EBADMSG);
		s.bytes[i] ^= 0x10;
	}
	free(s.bytes);
}

static void rubbish_behind_the_end_is_cut_off(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[4096];
	struct sample s;

	make_sample(f, &s);
	memcpy(bytes, s.bytes, s.len);
	for (int fill = 0; fill < 256; fill += 85) {
		memset(bytes + s.len, fill, sizeof(bytes) - s.len);
		f->tpm = s.after[5];
		assert_int_equal(try_open(f, bytes, sizeof(bytes)), 0);
		assert_alive(f, 5);
		/* but not if it stands in for an entry */
		f->tpm = s.after[5];
		memset(bytes + s.end[4], fill, sizeof(bytes) - s.end[4]);
		assert_int_equal(try_open(f, bytes, sizeof(bytes)), -EBADMSG);
		memcpy(bytes, s.bytes, s.len);
	}
	free(s.bytes);
}

/* Records that are whole and make no sense: a forger can compute XXH64. */
static void a_forged_journal_is_refused(void **state)
{
	struct fixture *f = *state;
	struct record rec = { .kind = RECORD_ENTRY,
			      .pcr = 10,
			      .name = "ima-ng" };
	static const struct {
		const char *data;
		size_t len;
		const char *why;
	} t[] = {
		{ "\0\0\0\0\0\0\0\0", 8, "an entry more" },
		{ "", 0, "not the template's fields" },
		{ "\x03\0\0\0\x61\x62", 6, "a field beyond the end" },
	};
	struct sample s;

	make_sample(f, &s);
	for (size_t i = 0; i < 3; i++) {
		struct buf b = BUF_INIT;
		int r;

		/* replaces entry 4 */
		assert_int_equal(buf_append(&b, s.bytes, s.end[4]), 0);
		rec.data = (const uint8_t *)t[i].data;
		rec.data_len = t[i].len;
		assert_int_equal(record_encode(&rec, b.len, &b), 0);
		f->tpm = s.after[5];
		r = try_open(f, b.data, b.len);
		if (r != -ESTALE && r != -EBADMSG)
			fail_msg("%s: %d", t[i].why, r);
		buf_release(&b);
	}
	free(s.bytes);
}

static void two_entries_ahead_are_refused(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	f->tpm = s.after[3];
	assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
	/* the last one and one of another PCR */
	f->tpm = s.after[5];
	memcpy(f->tpm.pcr[11], s.after[2].pcr[11], sizeof(f->tpm.pcr[11]));
	assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
	assert_non_null(strstr(f->diag.msg, "PCR 11"));
	free(s.bytes);
}

static void an_entry_that_no_tpm_takes_is_taken_back(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	f->tpm = s.after[4];
	f->tpm.fault = FAKE_REFUSES;
	f->tpm.faults = 2;
	assert_int_equal(try_open(f, s.bytes, s.len), 0);
	assert_alive(f, 4);
	/* but one that fails otherwise is not */
	f->tpm = s.after[4];
	f->tpm.fault = FAKE_FAILS_BEFORE;
	f->tpm.faults = 2;
	assert_int_equal(try_open(f, s.bytes, s.len), -EIO);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), 0);
	assert_alive(f, 5);
	free(s.bytes);
}

static void one_bank_alone_does_not_do(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	for (unsigned k = 0; k < 2; k++) {
		f->tpm = s.after[5];
		f->tpm.pcr[10][k] = s.after[4].pcr[10][k];
		assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
		assert_non_null(strstr(f->diag.msg, k ? "(sha256)" : "(sha1)"));
	}
	free(s.bytes);
}

static void a_refusal_names_both_values_and_the_way_out(void **state)
{
	struct fixture *f = *state;
	struct digest d[2] = { { HASH_ALG_SHA1, 20, { 1 } },
			       { HASH_ALG_SHA256, 32, { 1 } } };
	char holds[41], leads[41];
	struct sample s;

	make_sample(f, &s);
	f->tpm = s.after[5];
	hex_encode(leads, f->tpm.pcr[10][0].bytes, 20);
	assert_int_equal(f->tpm.x.ops->extend(&f->tpm.x, 10, d), 0);
	hex_encode(holds, f->tpm.pcr[10][0].bytes, 20);
	assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
	assert_non_null(strstr(f->diag.msg, holds));
	assert_non_null(strstr(f->diag.msg, leads));
	assert_non_null(strstr(f->diag.msg, "another program"));
	assert_non_null(strstr(f->diag.msg, "rename"));
	assert_non_null(strstr(f->diag.msg, "pcr="));

	f->o.alone = true;
	assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
	assert_non_null(strstr(f->diag.msg, "end the software TPM"));
	assert_null(strstr(f->diag.msg, "pcr="));
	f->o.alone = false;

	fake_extender_reset(&f->tpm);
	assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
	assert_non_null(strstr(f->diag.msg, "the TPM was reset"));
	assert_null(strstr(f->diag.msg, "pcr="));
	free(s.bytes);
}

static void after_a_clean_end_the_journal_goes_on(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 1; i < 5; i++) {
		char name[8];

		open_journal(f);
		(void)snprintf(name, sizeof(name), "/%zu", i);
		add(f, name);
		assert_int_equal(journal_count(f->j), i + 1);
		assert_lists_explain(f, 10);
		close_journal(f);
	}
}

/* All that ever went to a PCR can be cut off if it stands at the end. */
static void on_a_tpm_of_our_own_no_pcr_is_forgotten(void **state)
{
	struct fixture *f = *state;
	uint8_t *bytes;
	size_t before, len;

	f->o.alone = true;
	memset(f->tpm.pcr[17][0].bytes, 0xff, 20); /* as its start leaves it */
	memset(f->tpm.pcr[17][1].bytes, 0xff, 32);
	open_journal(f);
	measure_to(f, "/a", -1, false);
	free(temp_dir_read(&f->dir, "journal", &before));
	measure_to(f, "/b", 11, false);
	bytes = temp_dir_read(&f->dir, "journal", &len);
	close_journal(f);

	assert_int_equal(try_open(f, bytes, before), -ESTALE);
	assert_non_null(strstr(f->diag.msg, "PCR 11"));
	assert_int_equal(try_open(f, bytes, len), 0);
	assert_alive(f, 3);
	/* somebody else may have used it, if there is somebody else */
	f->o.alone = false;
	f->tpm.x.ops->read(&f->tpm.x, 10, f->tpm.pcr[9]);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), 0);
	close_journal(f);
	f->o.alone = true;
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ESTALE);
	assert_non_null(strstr(f->diag.msg, "PCR 9"));
	free(bytes);
}

static void what_an_older_list_left_in_our_tpm_is_known(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	f->o.alone = true;
	make_sample(f, &s);
	f->tpm = s.after[5];
	f->o.pcr = 12;
	assert_int_equal(try_open(f, s.bytes, s.len), 0);
	measure_to(f, "/e", 11, false);
	close_journal(f);
	open_journal(f);
	assert_int_equal(journal_count(f->j), 2);
	assert_lists_explain(f, 12);
	free(s.bytes);
}

static void other_banks_are_refused_by_name(void **state)
{
	struct fixture *f = *state;
	static const enum hash_alg one[] = { HASH_ALG_SHA256 };
	static const enum hash_alg swapped[] = { HASH_ALG_SHA256,
						 HASH_ALG_SHA1 };
	struct fake_extender kept;
	struct sample s;

	make_sample(f, &s);
	kept = s.after[5];
	fake_extender_init(&f->tpm, one, 1);
	assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
	assert_non_null(strstr(f->diag.msg, "sha1,sha256"));
	assert_non_null(strstr(f->diag.msg, "there are: sha256"));

	/* no TPM at all */
	f->o.extender = NULL;
	assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
	assert_non_null(strstr(f->diag.msg, "there are: none"));
	f->o.extender = &f->tpm.x;

	/* the order is no difference */
	fake_extender_init(&f->tpm, swapped, 2);
	for (unsigned i = 0; i < FAKE_PCRS; i++) {
		f->tpm.pcr[i][0] = kept.pcr[i][1];
		f->tpm.pcr[i][1] = kept.pcr[i][0];
	}
	assert_int_equal(try_open(f, s.bytes, s.len), 0);
	assert_int_equal(journal_count(f->j), 5);
	close_journal(f);

	/* closed by that, and a reset TPM with other banks: begin anew */
	fake_extender_init(&f->tpm, one, 1);
	open_journal(f);
	assert_int_equal(journal_count(f->j), 1);
	free(s.bytes);
}

static void what_is_no_file_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdirat(f->dir.fd, "journal", 0700), 0);
	assert_true(journal_open(&f->o, &f->j, &f->diag) < 0);
	assert_int_equal(unlinkat(f->dir.fd, "journal", AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat("/etc/passwd", f->dir.fd, "journal"), 0);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ELOOP);
	assert_int_equal(unlinkat(f->dir.fd, "journal", 0), 0);
	assert_int_equal(mkfifoat(f->dir.fd, "journal", 0600), 0);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -EBADMSG);
}

static void a_tpm_that_cannot_be_read_is_an_error(void **state)
{
	struct fixture *f = *state;

	f->tpm.deaf = true;
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -EIO);
	f->tpm.deaf = false;
	open_journal(f);
	close_journal(f);
	f->tpm.deaf = true;
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -EIO);
	assert_non_null(strstr(f->diag.msg, "PCR 10"));
}

static void another_default_algorithm_keeps_the_list(void **state)
{
	struct fixture *f = *state;
	enum journal_added added;

	open_journal(f);
	add(f, "/a");
	close_journal(f);
	f->o.hash = HASH_ALG_SHA512;
	open_journal(f);
	assert_int_equal(journal_count(f->j), 2);
	assert_int_equal(measure(f, "/a", &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
	assert_lists_explain(f, 10);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(cut_at_every_byte),
		T(flip_every_bit),
		T(flip_every_bit_of_the_last_record),
		T(cut_and_flip_without_a_tpm),
		T(rubbish_behind_the_end_is_cut_off),
		T(a_forged_journal_is_refused),
		T(two_entries_ahead_are_refused),
		T(an_entry_that_no_tpm_takes_is_taken_back),
		T(one_bank_alone_does_not_do),
		T(a_refusal_names_both_values_and_the_way_out),
		T(after_a_clean_end_the_journal_goes_on),
		T(on_a_tpm_of_our_own_no_pcr_is_forgotten),
		T(what_an_older_list_left_in_our_tpm_is_known),
		T(other_banks_are_refused_by_name),
		T(what_is_no_file_is_refused),
		T(a_tpm_that_cannot_be_read_is_an_error),
		T(another_default_algorithm_keeps_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
