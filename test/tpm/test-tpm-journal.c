// SPDX-License-Identifier: Apache-2.0
/* tpm/journal/ with a real swtpm: when we die, and when the TPM refuses. */
#include "test/tpm/swtpm-fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "journal.h"

static struct journal *open_journal(struct fixture *f)
{
	const struct journal_options o = {
		.dirfd = f->dir.fd,
		.dirname = f->dir.path,
		.extender = f->x,
		.pcr = 10,
		.hash = HASH_ALG_SHA256,
		.template = template_find("ima-ng", 6),
	};
	struct journal *j = NULL;
	int r = journal_open(&o, &j, &f->diag);

	if (r < 0)
		fail_msg("journal_open: %s", f->diag.msg);
	return j;
}

static void measure_number(struct journal *j, unsigned i)
{
	char name[32];
	struct template_event e = { .name = name, .has_file = true };
	enum journal_added added;

	(void)snprintf(name, sizeof(name), "/%u", i);
	e.digest = (struct digest){ HASH_ALG_SHA256,
				    32,
				    { (uint8_t)i, (uint8_t)(i >> 8),
				      (uint8_t)(i >> 16) } };
	assert_int_equal(journal_measure(j, NULL, -1, &e, &added), 0);
}

static void assert_list_leads_to_pcr(struct fixture *f, struct journal *j)
{
	struct digest value[TPM_BANKS_MAX], *got;
	size_t len = journal_size(j, JOURNAL_BINARY, HASH_ALG_SHA256);
	uint8_t *list = malloc(len);

	got = calloc((size_t)24 * f->x->n_banks, sizeof(*got));
	assert_int_equal(
		journal_read(j, JOURNAL_BINARY, HASH_ALG_SHA256, list, len, 0),
		len);
	assert_int_equal(journal_replay(list, len, HASH_ALG_SHA256, NULL, NULL,
					f->x->bank, f->x->n_banks, 24, got,
					&f->diag),
			 0);
	read_pcr(f, 10, value);
	for (unsigned i = 0; i < f->x->n_banks; i++)
		assert_true(
			digest_equal(&got[10 * f->x->n_banks + i], &value[i]));
	free(got);
	free(list);
}

/* The TPM of a process that dies around its n-th extend. */
static struct dying {
	struct extender x; /* first: ops are given its address */
	struct extender *real;
	unsigned left;
	bool after;
} dying;

static int dying_extend(struct extender *x, unsigned pcr,
			const struct digest *digest)
{
	(void)x;
	if (dying.left-- == 0) {
		if (dying.after)
			(void)dying.real->ops->extend(dying.real, pcr, digest);
		(void)raise(SIGKILL);
	}
	return dying.real->ops->extend(dying.real, pcr, digest);
}

static int dying_read(struct extender *x, unsigned pcr, struct digest *ret)
{
	(void)x;
	return dying.real->ops->read(dying.real, pcr, ret);
}

static const struct extender_ops dying_ops = {
	.extend = dying_extend,
	.read = dying_read,
};

static void a_crash_between_append_and_extend_is_settled(void **state)
{
	struct fixture *f = *state;
	unsigned number = 0;

	need("swtpm");
	for (unsigned i = 0; i < 6; i++) {
		struct journal *j;
		uint64_t before;
		int status;
		pid_t child;

		open_tpm(f);
		j = open_journal(f);
		before = journal_count(j);
		assert_int_equal(journal_close(j), 0);
		close_tpm(f);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			if (try_open(f) < 0)
				_exit(1);
			dying.real = f->x;
			dying.x = *f->x;
			dying.x.ops = &dying_ops;
			dying.left = 3;
			dying.after = i % 2;
			f->x = &dying.x;
			j = open_journal(f);
			for (unsigned k = 0; k < 10; k++)
				measure_number(j, number + k);
			_exit(1);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		open_tpm(f);
		j = open_journal(f);
		assert_int_equal(journal_count(j), before + 4);
		assert_list_leads_to_pcr(f, j);
		assert_int_equal(journal_close(j), 0);
		close_tpm(f);
		number += 10;
	}
}

/* A rule's pcr= may name one. */
static void a_pcr_of_another_locality_costs_no_other_entry(void **state)
{
	static const struct template_event e = {
		.name = "/drtm", .digest = { HASH_ALG_SHA256, 32, { 1 } }
	};
	struct fixture *f = *state;
	enum journal_added added;
	struct journal *j;

	open_tpm(f);
	j = open_journal(f);
	measure_number(j, 1);
	assert_int_equal(journal_measure(j, NULL, 17, &e, &added), -EIO);
	assert_false(journal_degraded(j));
	measure_number(j, 2);
	assert_list_leads_to_pcr(f, j);
	assert_int_equal(journal_close(j), 0);
	j = open_journal(f);
	assert_int_equal(journal_count(j), 3);
	assert_int_equal(journal_close(j), 0);
}

static void kills_at_any_time_are_survived(void **state)
{
	struct fixture *f = *state;
	uint64_t count = 0;

	need("swtpm");
	for (unsigned i = 0; i < 25; i++) {
		struct timespec t = { 0, 2000000 + (long)i * 700000 };
		struct journal *j;
		int status;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			if (try_open(f) < 0)
				_exit(1);
			j = open_journal(f);
			for (unsigned k = 0;; k++)
				measure_number(j, i << 16 | k);
		}
		(void)nanosleep(&t, NULL);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		open_tpm(f);
		j = open_journal(f);
		assert_true(journal_count(j) >= count);
		count = journal_count(j);
		assert_list_leads_to_pcr(f, j);
		assert_int_equal(journal_close(j), 0);
		close_tpm(f);
	}
	print_message("# %llu entries after 25 kills\n",
		      (unsigned long long)count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_crash_between_append_and_extend_is_settled),
		T(a_pcr_of_another_locality_costs_no_other_entry),
		T(kills_at_any_time_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
