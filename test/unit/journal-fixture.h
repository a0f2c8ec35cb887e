/* SPDX-License-Identifier: Apache-2.0 */
/* A journal in a directory of its own, with a fake TPM and fake I/O. */
#ifndef TEST_UNIT_JOURNAL_FIXTURE_H
#define TEST_UNIT_JOURNAL_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "journal.h"
#include "test/fake/fake-extender.h"
#include "test/fake/fake-io.h"
#include "test/fake/temp-dir.h"

static const enum hash_alg both[2] = { HASH_ALG_SHA1, HASH_ALG_SHA256 };

struct fixture {
	struct temp_dir dir;
	struct fake_extender tpm;
	struct fake_io io;
	struct journal_options o;
	struct journal *j;
	struct diag diag;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	temp_dir_make(&f->dir);
	fake_extender_init(&f->tpm, both, 2);
	fake_io_init(&f->io);
	f->o = (struct journal_options){
		.dirfd = f->dir.fd,
		.dirname = f->dir.path,
		.extender = &f->tpm.x,
		.pcr = 10,
		.hash = HASH_ALG_SHA256,
		.template = template_find("ima-ng", 6),
		.io = &f->io.io,
	};
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	fake_io_init(&f->io);
	(void)journal_close(f->j);
	temp_dir_remove(&f->dir);
	free(f);
	return 0;
}

static inline void open_journal(struct fixture *f)
{
	int r = journal_open(&f->o, &f->j, &f->diag);

	if (r < 0)
		fail_msg("journal_open: %s: %s", strerror(-r), f->diag.msg);
}

static inline void close_journal(struct fixture *f)
{
	assert_int_equal(journal_close(f->j), 0);
	f->j = NULL;
}

static inline int measure(struct fixture *f, const char *name,
			  enum journal_added *ret)
{
	struct template_event e = { .name = name, .has_file = true };

	assert_int_equal(
		digest_of(HASH_ALG_SHA256, name, strlen(name), &e.digest), 0);
	return journal_measure(f->j, NULL, -1, &e, ret);
}

static inline void add(struct fixture *f, const char *name)
{
	enum journal_added added;

	assert_int_equal(measure(f, name, &added), 0);
	assert_int_equal(added, JOURNAL_ADDED);
}

/* All of a view; malloc()ed, with a NUL behind it. */
static inline uint8_t *view(struct fixture *f, enum journal_format format,
			    enum hash_alg alg, size_t *ret_len)
{
	size_t len = journal_size(f->j, format, alg);
	uint8_t *p = malloc(len + 1);

	assert_non_null(p);
	assert_int_equal(journal_read(f->j, format, alg, p, len, 0), len);
	assert_int_equal(journal_read(f->j, format, alg, p, 1, len), 0);
	p[len] = 0;
	if (ret_len)
		*ret_len = len;
	return p;
}

/* Every bank's PCR @pcr is what every view leads to. */
static inline void assert_lists_explain(struct fixture *f, unsigned pcr)
{
	enum hash_alg views[TPM_BANKS_MAX + 1];
	size_t n = journal_views(f->j, views);

	for (size_t i = 0; i < n; i++) {
		struct digest got[FAKE_PCRS][2];
		size_t len;
		uint8_t *list = view(f, JOURNAL_BINARY, views[i], &len);
		struct diag d = { 0 };
		int r = journal_replay(list, len, views[i], NULL, NULL, both, 2,
				       FAKE_PCRS, got[0], &d);

		if (r < 0)
			fail_msg("replay: %s", d.msg);
		for (unsigned k = 0; k < 2; k++)
			assert_true(digest_equal(&got[pcr][k],
						 &f->tpm.pcr[pcr][k]));
		free(list);
	}
}

#endif
