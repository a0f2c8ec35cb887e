/* SPDX-License-Identifier: Apache-2.0 */
/* A private software TPM in a directory of its own, for each test. */
#ifndef TEST_SWTPM_FIXTURE_H
#define TEST_SWTPM_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/fake/temp-dir.h"
#include "tpm.h"

struct fixture {
	struct temp_dir dir;
	struct extender *x;
	struct diag diag;
};

static inline bool installed(const char *program)
{
	char path[4096];
	const char *dirs = getenv("PATH");
	char *copy = strdup(dirs ? dirs : "/usr/bin:/bin"), *save = NULL;
	bool found = false;

	for (char *d = strtok_r(copy, ":", &save); d && !found;
	     d = strtok_r(NULL, ":", &save)) {
		(void)snprintf(path, sizeof(path), "%s/%s", d, program);
		found = access(path, X_OK) == 0;
	}
	free(copy);
	return found;
}

static inline void need(const char *program)
{
	const char *must = getenv("TEST_MUST_RUN");

	if (installed(program))
		return;
	if (must && strcmp(must, "1") == 0)
		fail_msg("%s is not installed", program);
	skip();
}

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	temp_dir_make(&f->dir);
	*state = f;
	return 0;
}

static inline void close_tpm(struct fixture *f)
{
	if (f->x)
		f->x->ops->close(f->x);
	f->x = NULL;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	close_tpm(f);
	(void)tpm_end_private(f->dir.fd);
	temp_dir_remove(&f->dir);
	free(f);
	return 0;
}

static inline int try_open(struct fixture *f)
{
	const struct tpm_options o = { .tcti = "swtpm",
				       .dirfd = f->dir.fd,
				       .dirname = f->dir.path };
	bool private_tpm = false;
	int r = tpm_open(&o, &f->x, &private_tpm, &f->diag);

	if (r == 0)
		assert_true(private_tpm);
	return r;
}

static inline void open_tpm(struct fixture *f)
{
	int r;

	need("swtpm");
	r = try_open(f);
	if (r < 0)
		fail_msg("tpm_open: %s: %s", strerror(-r), f->diag.msg);
}

static inline pid_t pid_in_file(struct fixture *f)
{
	size_t len;
	char *text = (char *)temp_dir_read(&f->dir, "swtpm.pid", &len);
	pid_t pid = (pid_t)strtol(text, NULL, 10);

	free(text);
	return pid;
}

static inline void read_pcr(struct fixture *f, unsigned pcr,
			    struct digest ret[TPM_BANKS_MAX])
{
	assert_int_equal(f->x->ops->read(f->x, pcr, ret), 0);
}

static inline int extend_byte(struct fixture *f, unsigned pcr, uint8_t byte)
{
	struct digest d[TPM_BANKS_MAX];

	for (unsigned i = 0; i < f->x->n_banks; i++) {
		d[i].alg = (uint8_t)f->x->bank[i];
		d[i].size = (uint8_t)hash_alg_size(f->x->bank[i]);
		memset(d[i].bytes, byte, d[i].size);
	}
	return f->x->ops->extend(f->x, pcr, d);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
