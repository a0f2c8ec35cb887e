// SPDX-License-Identifier: Apache-2.0
/*
 * tpm/journal with many threads; meant to run under ThreadSanitizer, too. The
 * fake TPM has no lock, so a journal that did not serialise would race in it.
 */
#include "test/unit/journal-fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#define WRITERS	 4
#define READERS	 3
#define PER_FILE 2 /* writers that measure the same file */
#define FILES	 1500

struct writer {
	struct fixture *f;
	unsigned first;
	unsigned added;
};

struct reader {
	struct fixture *f;
	enum journal_format format;
	enum hash_alg view;
	size_t step;
	atomic_bool *done;
	uint8_t *bytes;
	size_t len;
};

static void *write_many(void *arg)
{
	struct writer *w = arg;

	for (unsigned i = 0; i < FILES; i++) {
		enum journal_added added;
		char name[64];

		(void)snprintf(name, sizeof(name), "/lib/%u",
			       w->first + (i * 7) % FILES);
		if (measure(w->f, name, &added) < 0)
			return NULL;
		w->added += added == JOURNAL_ADDED;
	}
	return NULL;
}

/* Follows the view as tail -f does, until the writers are done. */
static void *follow(void *arg)
{
	struct reader *r = arg;
	size_t cap = 16u << 20;

	r->bytes = malloc(cap);
	while (r->bytes) {
		bool last = atomic_load(r->done);
		ssize_t n;

		while ((n = journal_read(r->f->j, r->format, r->view,
					 r->bytes + r->len, r->step, r->len)) >
		       0)
			r->len += (size_t)n;
		if (n < 0 || last)
			break;
		(void)journal_size(r->f->j, r->format, r->view);
		(void)journal_count(r->f->j);
		(void)usleep(1000);
	}
	return NULL;
}

static void writers_and_readers_at_the_same_time(void **state)
{
	struct fixture *f = *state;
	struct writer w[WRITERS];
	struct reader r[READERS] = {
		{ .view = HASH_ALG_SHA1,
		  .format = JOURNAL_BINARY,
		  .step = 4096 },
		{ .view = HASH_ALG_SHA256,
		  .format = JOURNAL_ASCII,
		  .step = 999 },
		{ .view = HASH_ALG_SHA1,
		  .format = JOURNAL_ASCII,
		  .step = 1u << 16 },
	};
	pthread_t writer[WRITERS], reader[READERS];
	atomic_bool done = false;
	unsigned added = 0;

	f->o.io = NULL; /* the fake one counts its calls, without a lock */
	open_journal(f);
	for (unsigned i = 0; i < READERS; i++) {
		r[i].f = f;
		r[i].done = &done;
		assert_int_equal(
			pthread_create(&reader[i], NULL, follow, &r[i]), 0);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		w[i] = (struct writer){ f, i / PER_FILE * FILES, 0 };
		assert_int_equal(
			pthread_create(&writer[i], NULL, write_many, &w[i]), 0);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		assert_int_equal(pthread_join(writer[i], NULL), 0);
		added += w[i].added;
	}
	atomic_store(&done, true);
	/* each file once, whoever came first */
	assert_int_equal(added, WRITERS / PER_FILE * FILES);
	assert_int_equal(journal_count(f->j), added + 1);
	assert_lists_explain(f, 10);
	for (unsigned i = 0; i < READERS; i++) {
		size_t len;
		uint8_t *all;

		assert_int_equal(pthread_join(reader[i], NULL), 0);
		all = view(f, r[i].format, r[i].view, &len);
		assert_int_equal(r[i].len, len);
		assert_memory_equal(r[i].bytes, all, len);
		free(all);
		free(r[i].bytes);
	}
}

/* A TPM that waits in the middle of a command until it is let go. */
static struct slow {
	struct fake_extender *tpm;
	const struct extender_ops *ops;
	sem_t entered, go;
	atomic_bool on;
} slow;

static int slow_extend(struct extender *x, unsigned pcr,
		       const struct digest *digest)
{
	if (atomic_load(&slow.on)) {
		(void)sem_post(&slow.entered);
		(void)sem_wait(&slow.go);
	}
	return slow.ops->extend(x, pcr, digest);
}

struct measuring {
	struct fixture *f;
	const char *name;
	int r;
	enum journal_added added;
	atomic_bool returned;
};

static void *measure_one(void *arg)
{
	struct measuring *m = arg;

	m->r = measure(m->f, m->name, &m->added);
	atomic_store(&m->returned, true);
	return NULL;
}

static void nobody_waits_for_the_tpm_but_who_must(void **state)
{
	struct fixture *f = *state;
	struct extender_ops ops = *f->tpm.x.ops;
	struct measuring first = { .f = f, .name = "/new" };
	struct measuring second = { .f = f, .name = "/new" };
	enum journal_added added;
	pthread_t thread[2];
	uint64_t size, count;
	uint8_t byte;

	slow.tpm = &f->tpm;
	slow.ops = f->tpm.x.ops;
	ops.extend = slow_extend;
	f->tpm.x.ops = &ops;
	assert_int_equal(sem_init(&slow.entered, 0, 0), 0);
	assert_int_equal(sem_init(&slow.go, 0, 0), 0);
	f->o.io = NULL;
	open_journal(f);
	add(f, "/known");
	size = journal_size(f->j, JOURNAL_ASCII, HASH_ALG_SHA1);
	count = journal_count(f->j);

	atomic_store(&slow.on, true);
	assert_int_equal(pthread_create(&thread[0], NULL, measure_one, &first),
			 0);
	assert_int_equal(sem_wait(&slow.entered), 0);
	assert_int_equal(pthread_create(&thread[1], NULL, measure_one, &second),
			 0);
	/* the TPM is at work: readers read, what is known is known */
	assert_int_equal(
		journal_read(f->j, JOURNAL_ASCII, HASH_ALG_SHA1, &byte, 1, 0),
		1);
	assert_int_equal(measure(f, "/known", &added), 0);
	assert_int_equal(added, JOURNAL_DUPLICATE);
	/* what is not extended is not shown */
	assert_int_equal(journal_size(f->j, JOURNAL_ASCII, HASH_ALG_SHA1),
			 size);
	assert_int_equal(journal_count(f->j), count);
	/* and the same file elsewhere is not let through before it is */
	(void)usleep(50000);
	assert_false(atomic_load(&second.returned));

	atomic_store(&slow.on, false);
	assert_int_equal(sem_post(&slow.go), 0);
	assert_int_equal(pthread_join(thread[0], NULL), 0);
	assert_int_equal(pthread_join(thread[1], NULL), 0);
	assert_int_equal(first.r, 0);
	assert_int_equal(first.added, JOURNAL_ADDED);
	assert_int_equal(second.r, 0);
	assert_int_equal(second.added, JOURNAL_DUPLICATE);
	assert_int_equal(journal_count(f->j), count + 1);
	assert_lists_explain(f, 10);
	f->tpm.x.ops = slow.ops;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(writers_and_readers_at_the_same_time),
		T(nobody_waits_for_the_tpm_but_who_must),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
