// SPDX-License-Identifier: Apache-2.0
/*
 * tpm/journal: beginning a journal, measuring into it, reading the lists. The
 * TPM is a fake; test/tpm has the same with a software TPM.
 */
#include "test/unit/journal-fixture.h"

#include <unistd.h>

#include "test/fake/vectors.h"
#include "tpm/journal/list.h"

static void assert_digest(const struct digest *d, const char *want)
{
	char text[2 * DIGEST_MAX + 1];

	hex_encode(text, d->bytes, d->size);
	assert_string_equal(text, want);
}

static void a_list_of_known_entries_leads_to_the_known_pcr(void **state)
{
	struct digest pcr[24][2];
	struct buf list = BUF_INIT;
	struct diag diag = { 0 };

	(void)state;
	for (size_t i = 0; i < VECTORS_IN_PCR; i++) {
		const struct vector *v = vector(i);
		size_t len = strlen(v->data) / 2;
		uint8_t *data = malloc(len);
		struct digest d;

		assert_int_equal(hex_decode(v->data, data, len), 0);
		assert_int_equal(template_digest(v->template, data, len,
						 HASH_ALG_SHA1, &d),
				 0);
		assert_int_equal(
			list_append_binary(&list, 10, HASH_ALG_SHA1,
					   v->event.violation ? NULL : &d,
					   v->template, data, len),
			0);
		free(data);
	}
	assert_int_equal(journal_replay(list.data, list.len, HASH_ALG_SHA1,
					NULL, NULL, both, 2, 24, pcr[0], &diag),
			 0);
	assert_digest(&pcr[10][0], vector_pcr_sha1);
	assert_digest(&pcr[10][1], vector_pcr_sha256);
	assert_digest(&pcr[11][0], "0000000000000000000000000000000000000000");
	buf_release(&list);
}

static void a_new_journal_begins_with_boot_aggregate(void **state)
{
	struct fixture *f = *state;
	static const unsigned set[] = { 1, 3, 8, 9 };
	uint8_t *text;

	/* "evmctl ima_boot_aggregate" says so of these PCRs */
	for (unsigned i = 0; i < 4; i++) {
		struct digest d[2];

		for (unsigned k = 0; k < 2; k++) {
			d[k].alg = (uint8_t)both[k];
			d[k].size = (uint8_t)hash_alg_size(both[k]);
			memset(d[k].bytes, (int)set[i] + 1, d[k].size);
		}
		assert_int_equal(f->tpm.x.ops->extend(&f->tpm.x, set[i], d), 0);
	}
	open_journal(f);
	assert_int_equal(journal_count(f->j), 1);
	text = view(f, JOURNAL_ASCII, HASH_ALG_SHA256, NULL);
	assert_non_null(strstr((char *)text,
			       " ima-ng sha256:fd852b2e8600c14ac7268e90281132f3"
			       "78a15a7566505f43bc0618b8c7b1b0f4 "
			       "boot_aggregate\n"));
	free(text);
	assert_lists_explain(f, 10);
}

static void boot_aggregate_uses_the_bank_that_there_is(void **state)
{
	static const struct {
		enum hash_alg hash;
		const char *template;
		enum hash_alg bank[2];
		unsigned n_banks;
		const char *want, *why;
	} t[] = {
		{ HASH_ALG_SHA1,
		  "ima-ng",
		  { HASH_ALG_SHA1, HASH_ALG_SHA256 },
		  2,
		  " ima-ng sha1:",
		  "the default algorithm's" },
		{ HASH_ALG_SHA512,
		  "ima-ng",
		  { HASH_ALG_SHA1, HASH_ALG_SHA256 },
		  2,
		  " ima-ng sha256:",
		  "no sha512: sha256" },
		{ HASH_ALG_SHA512,
		  "ima-ng",
		  { HASH_ALG_SHA1 },
		  1,
		  " ima-ng sha1:",
		  "only sha1" },
		{ HASH_ALG_SHA256,
		  "ima-ng",
		  { HASH_ALG_SHA384 },
		  1,
		  " ima-ng sha384:",
		  "neither" },
		{ HASH_ALG_SHA256,
		  "ima",
		  { HASH_ALG_SHA1, HASH_ALG_SHA256 },
		  2,
		  " ima 7a5b4c7d",
		  "the old template: sha1" },
		{ HASH_ALG_SHA512,
		  "ima-ng",
		  { 0 },
		  0,
		  " ima-ng sha512:00000000000000000000000000000000000000000000"
		  "0000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000 boot_aggregate\n",
		  "no TPM: zeros" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct fixture *f;
		char want[300];
		uint8_t *text;

		assert_int_equal(setup((void **)&f), 0);
		fake_extender_init(&f->tpm, t[i].bank, t[i].n_banks);
		f->o.hash = t[i].hash;
		f->o.template =
			template_define(t[i].template, strlen(t[i].template));
		(void)snprintf(want, sizeof(want), "%s", t[i].want);
		if (strcmp(t[i].template, "ima") == 0) {
			uint8_t zeros[8 * 20] = { 0 };
			struct digest d;

			assert_int_equal(digest_of(HASH_ALG_SHA1, zeros,
						   sizeof(zeros), &d),
					 0);
			(void)strcpy(want, " ima ");
			hex_encode(want + 5, d.bytes, 20);
		}
		open_journal(f);
		text = view(f, JOURNAL_ASCII, HASH_ALG_SHA1, NULL);
		if (!strstr((char *)text, want))
			fail_msg("%s: %s", t[i].why, (char *)text);
		free(text);
		assert_int_equal(teardown((void **)&f), 0);
	}
}

static void entries_are_extended_and_listed_in_order(void **state)
{
	struct fixture *f = *state;
	uint8_t *text;

	open_journal(f);
	add(f, "/usr/bin/a");
	add(f, "/usr/bin/b c");
	assert_int_equal(journal_count(f->j), 3);
	assert_int_equal(f->tpm.extends, 3);
	text = view(f, JOURNAL_ASCII, HASH_ALG_SHA1, NULL);
	assert_true(strstr((char *)text, " /usr/bin/a\n") <
		    strstr((char *)text, " /usr/bin/b_c\n"));
	free(text);
	assert_lists_explain(f, 10);
}

static void the_same_entry_is_measured_once_in_a_pcr(void **state)
{
	struct fixture *f = *state;
	struct template_event e = { .name = "/a", .has_file = true };
	enum journal_added added;

	open_journal(f);
	add(f, "/a");
	assert_int_equal(measure(f, "/a", &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
	assert_int_equal(journal_count(f->j), 2);
	assert_int_equal(f->tpm.extends, 2);

	/* the other content, and the first again: both are in the list */
	assert_int_equal(digest_of(HASH_ALG_SHA256, "x", 1, &e.digest), 0);
	assert_int_equal(journal_measure(f->j, NULL, -1, &e, &added), 0);
	assert_int_equal(added, JOURNAL_ADDED);
	assert_int_equal(measure(f, "/a", &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);

	/* another PCR is another list */
	assert_int_equal(journal_measure(f->j, NULL, 11, &e, &added), 0);
	assert_int_equal(added, JOURNAL_ADDED);
	assert_int_equal(journal_measure(f->j, NULL, 11, &e, &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
	/* the default one by its number */
	assert_int_equal(journal_measure(f->j, NULL, 10, &e, &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
	assert_lists_explain(f, 10);
	assert_lists_explain(f, 11);
}

static void equal_data_of_two_templates_is_a_duplicate(void **state)
{
	/* the template digest covers no name */
	struct fixture *f = *state;
	struct template_event e = { .name = "/a", .has_file = true };
	enum journal_added added;

	open_journal(f);
	assert_int_equal(digest_of(HASH_ALG_SHA256, "x", 1, &e.digest), 0);
	assert_int_equal(journal_measure(f->j, template_find("ima-sig", 7), -1,
					 &e, &added),
			 0);
	assert_int_equal(added, JOURNAL_ADDED);
	assert_int_equal(journal_measure(f->j, template_find("ima-buf", 7), -1,
					 &e, &added),
			 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
}

static void violations_are_always_added_and_counted(void **state)
{
	struct fixture *f = *state;
	struct template_event e = { .name = "/log",
				    .has_file = true,
				    .violation = true };
	enum journal_added added;
	uint8_t *text;

	open_journal(f);
	for (int i = 0; i < 2; i++) {
		/* template and PCR of the rule do not count */
		assert_int_equal(journal_measure(f->j,
						 template_find("ima-sig", 7),
						 11, &e, &added),
				 0);
		assert_int_equal(added, JOURNAL_ADDED);
	}
	assert_int_equal(journal_violations(f->j), 2);
	assert_int_equal(journal_count(f->j), 3);
	text = view(f, JOURNAL_ASCII, HASH_ALG_SHA1, NULL);
	assert_non_null(strstr(
		(char *)text,
		"\n10 0000000000000000000000000000000000000000 ima-ng sha256:"
		"0000000000000000000000000000000000000000000000000000000000000"
		"000 /log\n"));
	free(text);
	assert_lists_explain(f, 10);
}

static void every_template_can_be_journaled(void **state)
{
	struct fixture *f = *state;
	static const char *const custom[] = { "n-ng|d-ng", "buf", "n|n|n" };
	enum journal_added added;

	open_journal(f);
	for (size_t i = 0; i < vector_count(); i++) {
		const struct vector *v = vector(i);
		const struct template *t =
			template_find(v->template, strlen(v->template));

		assert_int_equal(
			journal_measure(f->j, t, -1, &v->event, &added), 0);
	}
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
			journal_measure(
				f->j,
				template_define(custom[i], strlen(custom[i])),
				-1, &vector(0)->event, &added),
			0);
	assert_lists_explain(f, 10);
	close_journal(f);
	open_journal(f); /* replays all of them */
	assert_int_equal(journal_count(f->j), 1 + vector_count() + 3);
	assert_lists_explain(f, 10);
}

static void views_are_sha1_and_every_bank(void **state)
{
	struct fixture *f = *state;
	static const enum hash_alg banks[] = { HASH_ALG_SHA512,
					       HASH_ALG_SHA384 };
	enum hash_alg views[TPM_BANKS_MAX + 1];
	char byte;

	fake_extender_init(&f->tpm, banks, 2);
	open_journal(f);
	assert_int_equal(journal_views(f->j, views), 3);
	assert_int_equal(views[0], HASH_ALG_SHA1);
	assert_int_equal(views[1], HASH_ALG_SHA512);
	assert_int_equal(views[2], HASH_ALG_SHA384);
	assert_int_equal(journal_size(f->j, JOURNAL_ASCII, HASH_ALG_SHA256), 0);
	assert_int_equal(
		journal_read(f->j, JOURNAL_ASCII, HASH_ALG_SHA256, &byte, 1, 0),
		-EINVAL);
}

static void without_a_tpm_views_are_sha1_and_the_default(void **state)
{
	struct fixture *f = *state;
	enum hash_alg views[TPM_BANKS_MAX + 1];

	f->o.extender = NULL;
	open_journal(f);
	assert_int_equal(journal_views(f->j, views), 2);
	assert_int_equal(views[0], HASH_ALG_SHA1);
	assert_int_equal(views[1], HASH_ALG_SHA256);
	close_journal(f);
	f->o.hash = HASH_ALG_SHA1;
	open_journal(f);
	assert_int_equal(journal_views(f->j, views), 1);
}

/* Reads at every offset, with several lengths, against the whole. */
static void any_read_is_a_part_of_the_whole(void **state)
{
	struct fixture *f = *state;
	static const size_t lens[] = { 1, 7, 100, 333, 100000 };
	struct template_event v = { .name = "/v", .violation = true };
	enum journal_added added;

	open_journal(f);
	for (unsigned i = 0; i < 12; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "/some/file/%u", i);
		add(f, name);
		if (i == 5)
			assert_int_equal(
				journal_measure(f->j, NULL, -1, &v, &added), 0);
		if (i == 8) /* a record of another kind in between */
			close_journal(f), open_journal(f);
	}
	for (int format = JOURNAL_ASCII; format <= JOURNAL_BINARY; format++) {
		for (unsigned k = 0; k < 2; k++) {
			size_t size;
			uint8_t *all = view(f, (enum journal_format)format,
					    both[k], &size);
			uint8_t *part = malloc(size);

			for (size_t at = 0; at < size; at++) {
				for (unsigned l = 0; l < 5; l++) {
					size_t want = size - at < lens[l]
							      ? size - at
							      : lens[l];

					assert_int_equal(
						journal_read(
							f->j,
							(enum journal_format)
								format,
							both[k], part, lens[l],
							at),
						want);
					assert_memory_equal(part, all + at,
							    want);
				}
			}
			free(part);
			free(all);
		}
	}
}

static void views_differ_in_the_digest_alone(void **state)
{
	struct fixture *f = *state;
	struct journal_entry a, b;
	char name[2][TEMPLATE_NAME_MAX + 1];
	uint8_t *list[2];
	size_t len[2], n[2], at[2] = { 0, 0 }, entries = 0;

	open_journal(f);
	add(f, "/x");
	for (unsigned k = 0; k < 2; k++)
		list[k] = view(f, JOURNAL_BINARY, both[k], &len[k]);
	while (journal_next(list[0] + at[0], len[0] - at[0], both[0], name[0],
			    &a, &n[0]) == 1) {
		assert_int_equal(journal_next(list[1] + at[1], len[1] - at[1],
					      both[1], name[1], &b, &n[1]),
				 1);
		assert_string_equal(a.name, b.name);
		assert_int_equal(a.pcr, b.pcr);
		assert_int_equal(a.data_len, b.data_len);
		assert_memory_equal(a.data, b.data, a.data_len);
		assert_int_equal(n[1], n[0] + 12);
		at[0] += n[0];
		at[1] += n[1];
		entries++;
	}
	assert_int_equal(entries, 2);
	free(list[0]);
	free(list[1]);
}

static void a_second_open_is_refused(void **state)
{
	struct fixture *f = *state;
	struct journal *other = NULL;

	open_journal(f);
	assert_int_equal(journal_open(&f->o, &other, &f->diag), -EBUSY);
	assert_null(other);
	close_journal(f);
	open_journal(f);
}

static void a_pcr_in_use_is_refused_with_its_value(void **state)
{
	struct fixture *f = *state;
	struct digest d[2] = { { HASH_ALG_SHA1, 20, { 1 } },
			       { HASH_ALG_SHA256, 32, { 1 } } };
	char hex[2 * DIGEST_MAX + 1];

	assert_int_equal(f->tpm.x.ops->extend(&f->tpm.x, 10, d), 0);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ESTALE);
	hex_encode(hex, f->tpm.pcr[10][0].bytes, 20);
	assert_non_null(strstr(f->diag.msg, hex));
	assert_non_null(strstr(f->diag.msg, "pcr="));
	f->o.pcr = 11;
	open_journal(f);
}

static void another_pcr_may_hold_something(void **state)
{
	struct fixture *f = *state;
	struct digest d[2] = { { HASH_ALG_SHA1, 20, { 1 } },
			       { HASH_ALG_SHA256, 32, { 1 } } };
	struct template_event e = { .name = "/a", .has_file = true };
	enum journal_added added;

	assert_int_equal(f->tpm.x.ops->extend(&f->tpm.x, 12, d), 0);
	open_journal(f);
	for (int i = 0; i < 3; i++) {
		e.digest =
			(struct digest){ HASH_ALG_SHA256, 32, { (uint8_t)i } };
		assert_int_equal(journal_measure(f->j, NULL, 12, &e, &added),
				 0);
		assert_int_equal(journal_measure(f->j, NULL, 13, &e, &added),
				 0);
	}
	assert_lists_explain(f, 10);
	assert_lists_explain(f, 13);
	close_journal(f);
	open_journal(f); /* what it held is in the journal */
	assert_int_equal(journal_count(f->j), 7);
}

static void a_pcr_that_the_tpm_has_not_fails_alone(void **state)
{
	struct fixture *f = *state;
	struct template_event e = { .name = "/a", .has_file = true };
	enum journal_added added;

	open_journal(f);
	assert_int_equal(journal_measure(f->j, NULL, 30, &e, &added), -EIO);
	assert_int_equal(journal_measure(f->j, NULL, 64, &e, &added), -EINVAL);
	assert_false(journal_degraded(f->j));
	add(f, "/b");
	assert_lists_explain(f, 10);
}

static void a_bank_that_cannot_be_computed_is_refused(void **state)
{
	struct fixture *f = *state;
	static const enum hash_alg banks[] = { HASH_ALG_SHA1, HASH_ALG_TGR192 };

	fake_extender_init(&f->tpm, banks, 2);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ENOPKG);
	assert_non_null(strstr(f->diag.msg, "tgr192"));
}

/* A kernel's list, made by a journal of its own; the PCR stays as it left it.
 */
static uint8_t *kernel_list(struct fixture *f, size_t *ret_len)
{
	struct template_event v = { .name = "/v", .violation = true };
	enum journal_added added;
	uint8_t *list;

	open_journal(f);
	add(f, "/kernel/one");
	assert_int_equal(journal_measure(f->j, NULL, -1, &v, &added), 0);
	list = view(f, JOURNAL_BINARY, HASH_ALG_SHA1, ret_len);
	close_journal(f);
	assert_int_equal(unlinkat(f->dir.fd, "journal", 0), 0);
	return list;
}

static void the_kernels_list_is_adopted(void **state)
{
	struct fixture *f = *state;
	size_t len, len2;
	uint8_t *list = kernel_list(f, &len), *all;
	enum journal_added added;

	f->o.adopt = list;
	f->o.adopt_len = len;
	open_journal(f);
	/* no boot_aggregate of our own: the kernel's is the first */
	assert_int_equal(journal_count(f->j), 3);
	assert_int_equal(journal_violations(f->j), 1);
	assert_int_equal(measure(f, "/kernel/one", &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
	add(f, "/ours");
	all = view(f, JOURNAL_BINARY, HASH_ALG_SHA1, &len2);
	assert_true(len2 > len);
	assert_memory_equal(all, list, len);
	free(all);
	assert_lists_explain(f, 10);
	close_journal(f);
	open_journal(f); /* goes on in it; the list is not adopted again */
	assert_int_equal(journal_count(f->j), 4);
	assert_lists_explain(f, 10);
	free(list);
}

static void
a_kernel_list_that_does_not_explain_the_pcr_is_not_adopted(void **state)
{
	struct fixture *f = *state;
	struct digest d[2] = { { HASH_ALG_SHA1, 20, { 1 } },
			       { HASH_ALG_SHA256, 32, { 1 } } };
	size_t len;
	uint8_t *list = kernel_list(f, &len);

	f->o.adopt = list;
	f->o.adopt_len = len;
	list[len - 2] ^= 1; /* the violation's name: no digest to check */
	open_journal(f);
	close_journal(f);
	assert_int_equal(unlinkat(f->dir.fd, "journal", 0), 0);

	list[40] ^= 1;
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -EBADMSG);
	assert_non_null(strstr(f->diag.msg, "entry 0"));
	list[40] ^= 1;

	f->o.adopt_len = len - 1;
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -EBADMSG);
	assert_non_null(strstr(f->diag.msg, "entry 2"));
	f->o.adopt_len = len;

	/* the kernel, or somebody, went on meanwhile */
	assert_int_equal(f->tpm.x.ops->extend(&f->tpm.x, 10, d), 0);
	assert_int_equal(journal_open(&f->o, &f->j, &f->diag), -ESTALE);
	assert_non_null(strstr(f->diag.msg, "kernel"));
	free(list);
}

static void a_journal_file_is_exported_while_in_use(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct buf b = BUF_INIT;
	uint64_t at = 0;
	size_t len;
	uint8_t *list;

	(void)snprintf(path, sizeof(path), "%s/journal", f->dir.path);
	open_journal(f);
	add(f, "/a");
	assert_int_equal(
		journal_export(path, HASH_ALG_SHA256, &at, &b, &f->diag), 0);
	list = view(f, JOURNAL_BINARY, HASH_ALG_SHA256, &len);
	assert_int_equal(b.len, len);
	assert_memory_equal(b.data, list, len);
	free(list);

	add(f, "/b");
	assert_int_equal(
		journal_export(path, HASH_ALG_SHA256, &at, &b, &f->diag), 0);
	list = view(f, JOURNAL_BINARY, HASH_ALG_SHA256, &len);
	assert_int_equal(b.len, len);
	assert_memory_equal(b.data, list, len);
	free(list);
	buf_release(&b);

	at = 0;
	assert_int_equal(journal_export("/proc/version", HASH_ALG_SHA1, &at, &b,
					&f->diag),
			 -EBADMSG);
	assert_int_equal(journal_export("/nonexistent", HASH_ALG_SHA1, &at, &b,
					&f->diag),
			 -ENOENT);
	assert_int_equal(
		journal_export("/proc", HASH_ALG_SHA1, &at, &b, &f->diag),
		-EISDIR);
	assert_non_null(strstr(f->diag.msg, "Is a directory"));
	buf_release(&b);
}

#define MANY 100000

static void a_hundred_thousand_entries(void **state)
{
	struct fixture *f = *state;
	size_t len, at = 0, n = 0;
	enum journal_added added;
	uint8_t *list, part[4096];
	uint64_t size;

	f->o.io = NULL;
	open_journal(f);
	for (unsigned i = 0; i < MANY; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "/usr/lib/file-%u", i);
		add(f, name);
	}
	assert_int_equal(measure(f, "/usr/lib/file-0", &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
	assert_int_equal(measure(f, "/usr/lib/file-99999", &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
	assert_int_equal(journal_count(f->j), MANY + 1);
	assert_lists_explain(f, 10);
	close_journal(f);
	open_journal(f);
	assert_int_equal(journal_count(f->j), MANY + 1);
	assert_lists_explain(f, 10);

	/* as Keylime's agent does: seek and read blocks */
	list = view(f, JOURNAL_ASCII, HASH_ALG_SHA256, &len);
	size = journal_size(f->j, JOURNAL_ASCII, HASH_ALG_SHA256);
	while (at < size) {
		ssize_t r = journal_read(f->j, JOURNAL_ASCII, HASH_ALG_SHA256,
					 part, sizeof(part), at);

		assert_true(r > 0);
		assert_memory_equal(part, list + at, (size_t)r);
		at += (size_t)r;
		n++;
	}
	assert_int_equal(at, len);
	assert_int_equal(n, (len + sizeof(part) - 1) / sizeof(part));
	free(list);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_list_of_known_entries_leads_to_the_known_pcr),
		T(a_new_journal_begins_with_boot_aggregate),
		cmocka_unit_test(boot_aggregate_uses_the_bank_that_there_is),
		T(entries_are_extended_and_listed_in_order),
		T(the_same_entry_is_measured_once_in_a_pcr),
		T(equal_data_of_two_templates_is_a_duplicate),
		T(violations_are_always_added_and_counted),
		T(every_template_can_be_journaled),
		T(views_are_sha1_and_every_bank),
		T(without_a_tpm_views_are_sha1_and_the_default),
		T(any_read_is_a_part_of_the_whole),
		T(views_differ_in_the_digest_alone),
		T(a_second_open_is_refused),
		T(a_pcr_in_use_is_refused_with_its_value),
		T(another_pcr_may_hold_something),
		T(a_pcr_that_the_tpm_has_not_fails_alone),
		T(a_bank_that_cannot_be_computed_is_refused),
		T(the_kernels_list_is_adopted),
		T(a_kernel_list_that_does_not_explain_the_pcr_is_not_adopted),
		T(a_journal_file_is_exported_while_in_use),
		T(a_hundred_thousand_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
