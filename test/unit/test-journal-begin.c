// SPDX-License-Identifier: Apache-2.0
/*
 * tpm/journal/begin.c: when a new journal begins, and what becomes of the one
 * that was there.
 */
#include <unistd.h>

#include "test/unit/journal-sample.h"

/* As if the machine had been booted since. */
static void change_boot_id(struct sample *s)
{
	struct journal_header h;
	struct buf b = BUF_INIT;
	size_t len;

	assert_int_equal(journal_header_decode(s->bytes, s->len, &h, &len), 0);
	h.boot_id[3] ^= 0xff;
	assert_int_equal(journal_header_encode(&h, &b), 0);
	assert_int_equal(b.len, len);
	memcpy(s->bytes, b.data, len);
	buf_release(&b);
}

static void assert_set_aside(struct fixture *f, const char *name,
			     const uint8_t *bytes, size_t len)
{
	size_t got;
	uint8_t *p = temp_dir_read(&f->dir, name, &got);

	assert_int_equal(got, len);
	assert_memory_equal(p, bytes, len);
	free(p);
	assert_int_equal(journal_count(f->j), 1);
	assert_lists_explain(f, 10);
	close_journal(f);
	assert_int_equal(unlinkat(f->dir.fd, name, 0), 0);
}

static void after_a_reboot_a_new_journal_begins(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	change_boot_id(&s);
	/* wherever the power failure left the file */
	for (size_t len = s.header; len <= s.len; len++) {
		fake_extender_reset(&f->tpm);
		assert_int_equal(try_open(f, s.bytes, len), 0);
		assert_set_aside(f, "journal.1", s.bytes, len);
	}
	/* kexec keeps the PCR: the journal goes on */
	f->tpm = s.after[5];
	assert_int_equal(try_open(f, s.bytes, s.len), 0);
	assert_int_equal(journal_count(f->j), 5);
	close_journal(f);
	free(s.bytes);
}

static void old_journals_are_numbered(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	change_boot_id(&s);
	temp_dir_write(&f->dir, "journal.9", "x", 1);
	temp_dir_write(&f->dir, "journal.10", "x", 1);
	temp_dir_write(&f->dir, "journal.1x", "x", 1);
	fake_extender_reset(&f->tpm);
	assert_int_equal(try_open(f, s.bytes, s.len), 0);
	assert_set_aside(f, "journal.11", s.bytes, s.len);
	free(s.bytes);
}

static void after_a_clean_end_and_a_new_tpm_a_new_journal_begins(void **state)
{
	struct fixture *f = *state;
	uint8_t *bytes;
	size_t len;

	open_journal(f);
	add(f, "/a");
	close_journal(f);
	bytes = temp_dir_read(&f->dir, "journal", &len);
	fake_extender_reset(&f->tpm);
	open_journal(f);
	assert_set_aside(f, "journal.1", bytes, len);

	/* without the mark of a clean end it is not clear what happened */
	fake_extender_reset(&f->tpm);
	assert_int_equal(try_open(f, bytes, len - 20), -ESTALE);
	free(bytes);
}

static void another_default_pcr_begins_a_new_journal(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	f->tpm = s.after[4];
	f->o.pcr = 12;
	assert_int_equal(try_open(f, s.bytes, s.len), 0);
	assert_int_equal(journal_count(f->j), 1);
	assert_lists_explain(f, 12);
	close_journal(f);
	f->o.pcr = 10; /* and there is no way back */
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ESTALE);
	free(s.bytes);
}

static void a_new_journal_that_cannot_begin_costs_no_old_one(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	make_sample(f, &s);
	f->tpm = s.after[5];
	f->o.pcr = 12;
	memset(f->tpm.pcr[12][0].bytes, 1, 20); /* of somebody else */
	assert_int_equal(try_open(f, s.bytes, s.len), -ESTALE);
	f->o.pcr = 10;
	open_journal(f);
	assert_int_equal(journal_count(f->j), 5);
	close_journal(f);
	f->o.pcr = 13;
	f->io.room = 20;
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ENOSPC);
	fake_io_init(&f->io);
	f->o.pcr = 10;
	open_journal(f);
	assert_alive(f, 5);
	free(s.bytes);
}

static void a_crash_while_beginning_is_harmless(void **state)
{
	struct fixture *f = *state;
	struct sample s;

	/* before the rename */
	temp_dir_write(&f->dir, "journal.new", "IMAFS", 5);
	open_journal(f);
	close_journal(f);
	assert_int_equal(unlinkat(f->dir.fd, "journal", 0), 0);
	fake_extender_reset(&f->tpm);

	/* after it: a header and nothing else */
	make_sample(f, &s);
	f->tpm = s.after[0];
	assert_int_equal(try_open(f, s.bytes, s.header), 0);
	assert_alive(f, 1);
	free(s.bytes);
}

static void a_write_error_while_beginning_is_reported(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	for (size_t room = 0; room < 46; room += 9) {
		f->io.room = room; /* the header has 46 bytes */
		assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ENOSPC);
		assert_non_null(strstr(f->diag.msg, f->dir.path));
		assert_int_equal(fstatat(f->dir.fd, "journal", &st, 0), -1);
	}
	fake_io_init(&f->io);
	f->io.sync_error = -EIO;
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -EIO);
	assert_int_equal(fstatat(f->dir.fd, "journal", &st, 0), -1);
	assert_int_equal(f->tpm.extends, 0);
	f->io.sync_error = 0;
	open_journal(f);
	f->io.sync_error = -EIO;
	assert_int_equal(journal_close(f->j), -EIO);
	f->j = NULL;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(after_a_reboot_a_new_journal_begins),
		T(old_journals_are_numbered),
		T(after_a_clean_end_and_a_new_tpm_a_new_journal_begins),
		T(another_default_pcr_begins_a_new_journal),
		T(a_new_journal_that_cannot_begin_costs_no_old_one),
		T(a_crash_while_beginning_is_harmless),
		T(a_write_error_while_beginning_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
