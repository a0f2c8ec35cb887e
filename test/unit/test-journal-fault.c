// SPDX-License-Identifier: Apache-2.0
/*
 * tpm/journal/: files that cannot be written or read, TPMs that fail or lie:
 * what is said to be measured is in both, or nothing is measured any more.
 */
#include "test/unit/journal-fixture.h"

#include "base/log.h"

static void a_failed_write_adds_nothing(void **state)
{
	struct fixture *f = *state;
	enum journal_added added;
	size_t before, after;

	open_journal(f);
	add(f, "/a");
	free(temp_dir_read(&f->dir, "journal", &before));
	for (size_t room = 0; room < 70; room += 9) {
		f->io.room = room;
		f->io.error = room % 2 ? -ENOSPC : -EIO;
		assert_int_equal(measure(f, "/b", &added), f->io.error);
		free(temp_dir_read(&f->dir, "journal", &after));
		assert_int_equal(after, before);
	}
	assert_int_equal(f->tpm.extends, 2);
	assert_int_equal(journal_count(f->j), 2);
	assert_false(journal_degraded(f->j));
	f->io.room = SIZE_MAX;
	add(f, "/b"); /* and it was no duplicate */
	assert_lists_explain(f, 10);
}

static void a_torn_entry_that_stays_ends_the_journal(void **state)
{
	struct fixture *f = *state;
	enum journal_added added;

	open_journal(f);
	f->io.room = 20;
	f->io.truncate_error = -EIO;
	assert_int_equal(measure(f, "/b", &added), -ENOSPC);
	assert_true(journal_degraded(f->j));
	fake_io_init(&f->io);
	assert_int_equal(measure(f, "/c", &added), -EIO);
	assert_int_equal(journal_close(f->j), 0);
	f->j = NULL;
	open_journal(f); /* cuts it off */
	assert_int_equal(journal_count(f->j), 1);
	add(f, "/b");
	assert_lists_explain(f, 10);
}

static void short_and_interrupted_io_goes_on(void **state)
{
	struct fixture *f = *state;

	f->io.at_most = 3;
	f->io.eintr = 5;
	open_journal(f);
	add(f, "/a");
	add(f, "/b");
	assert_lists_explain(f, 10);
	close_journal(f);
	open_journal(f);
	assert_int_equal(journal_count(f->j), 3);
	assert_lists_explain(f, 10);
}

static void a_failed_read_is_an_error(void **state)
{
	struct fixture *f = *state;
	char byte;

	open_journal(f);
	f->io.read_error = -EIO;
	assert_int_equal(
		journal_read(f->j, JOURNAL_ASCII, HASH_ALG_SHA1, &byte, 1, 0),
		-EIO);
	close_journal(f);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -EIO);
}

static void a_changed_file_is_not_shown(void **state)
{
	struct fixture *f = *state;
	uint8_t *bytes, text[400];
	size_t len;

	open_journal(f);
	add(f, "/a");
	bytes = temp_dir_read(&f->dir, "journal", &len);
	bytes[len - 3] ^= 1;
	temp_dir_write(&f->dir, "journal", bytes, len);
	assert_int_equal(journal_read(f->j, JOURNAL_ASCII, HASH_ALG_SHA1, text,
				      sizeof(text), 0),
			 -EBADMSG);
	bytes[len - 3] ^= 1;
	temp_dir_write(&f->dir, "journal", bytes, len);
	free(bytes);
}

/* One extend fails; @extends: how many the TPM was asked for in the end */
static void assert_survives(struct fixture *f, enum fake_fault fault,
			    unsigned extends)
{
	open_journal(f);
	f->tpm.fault = fault;
	f->tpm.faults = 1;
	add(f, "/a");
	assert_false(journal_degraded(f->j));
	assert_int_equal(f->tpm.extends, extends);
	assert_lists_explain(f, 10);
}

static void an_extend_that_was_done_after_all_counts(void **state)
{
	assert_survives(*state, FAKE_FAILS_AFTER, 2);
}

static void an_extend_that_was_not_done_is_tried_again(void **state)
{
	assert_survives(*state, FAKE_FAILS_BEFORE, 3);
}

static void a_failing_tpm_ends_the_journal(void **state)
{
	struct fixture *f = *state;
	enum journal_added added;
	uint64_t size;
	unsigned long extends;

	log_set_level(LOG_LEVEL_ERR);
	open_journal(f);
	add(f, "/a");
	size = journal_size(f->j, JOURNAL_BINARY, HASH_ALG_SHA1);
	f->tpm.fault = FAKE_FAILS_BEFORE;
	f->tpm.faults = 1000;
	assert_int_equal(measure(f, "/b", &added), -EIO);
	assert_true(journal_degraded(f->j));
	extends = f->tpm.extends;
	f->tpm.faults = 0;
	/* even what is in the list: fail closed, at once */
	assert_int_equal(measure(f, "/a", &added), -EIO);
	assert_int_equal(measure(f, "/c", &added), -EIO);
	assert_int_equal(f->tpm.extends, extends);
	assert_int_equal(journal_size(f->j, JOURNAL_BINARY, HASH_ALG_SHA1),
			 size);
	assert_lists_explain(f, 10);
	close_journal(f);
	open_journal(f); /* one ahead: extends it */
	assert_int_equal(journal_count(f->j), 3);
	assert_lists_explain(f, 10);
}

static void a_refused_pcr_concerns_its_entry_alone(void **state)
{
	struct fixture *f = *state;
	enum journal_added added;
	size_t before, after;

	log_set_level(LOG_LEVEL_ERR);
	open_journal(f);
	add(f, "/a");
	free(temp_dir_read(&f->dir, "journal", &before));
	f->tpm.fault = FAKE_REFUSES;
	f->tpm.faults = 2;
	assert_int_equal(measure(f, "/b", &added), -EIO);
	assert_false(journal_degraded(f->j));
	free(temp_dir_read(&f->dir, "journal", &after));
	assert_int_equal(after, before);
	add(f, "/b"); /* and it was no duplicate */
	assert_lists_explain(f, 10);
	/* what cannot be taken back is in doubt, as ever */
	f->tpm.faults = 2;
	f->io.truncate_error = -EIO;
	assert_int_equal(measure(f, "/c", &added), -EIO);
	assert_true(journal_degraded(f->j));
}

static void
a_pcr_that_another_extended_meanwhile_is_not_tried_again(void **state)
{
	struct fixture *f = *state;
	enum journal_added added;
	unsigned long extends;

	open_journal(f);
	extends = f->tpm.extends;
	f->tpm.fault = FAKE_FAILS_OTHER;
	f->tpm.faults = 1;
	assert_int_equal(measure(f, "/a", &added), -EIO);
	assert_int_equal(f->tpm.extends, extends + 1);
	assert_true(journal_degraded(f->j));
	close_journal(f);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ESTALE);
}

static void a_lost_tpm_leaves_one_entry_in_doubt(void **state)
{
	struct fixture *f = *state;
	enum journal_added added;

	for (int fault = FAKE_FAILS_BEFORE; fault <= FAKE_FAILS_AFTER;
	     fault++) {
		uint64_t count;

		open_journal(f);
		count = journal_count(f->j);
		f->tpm.fault = (enum fake_fault)fault;
		f->tpm.faults = 1;
		f->tpm.deaf = true;
		assert_int_equal(
			measure(f, fault == FAKE_FAILS_BEFORE ? "/b" : "/c",
				&added),
			-EIO);
		assert_true(journal_degraded(f->j));
		close_journal(f);
		f->tpm.deaf = false;
		open_journal(f); /* settled, either way */
		assert_int_equal(journal_count(f->j), count + 1);
		assert_lists_explain(f, 10);
		close_journal(f);
	}
	open_journal(f);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_failed_write_adds_nothing),
		T(a_torn_entry_that_stays_ends_the_journal),
		T(short_and_interrupted_io_goes_on),
		T(a_failed_read_is_an_error),
		T(a_changed_file_is_not_shown),
		T(an_extend_that_was_done_after_all_counts),
		T(an_extend_that_was_not_done_is_tried_again),
		T(a_failing_tpm_ends_the_journal),
		T(a_refused_pcr_concerns_its_entry_alone),
		T(a_pcr_that_another_extended_meanwhile_is_not_tried_again),
		T(a_lost_tpm_leaves_one_entry_in_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
