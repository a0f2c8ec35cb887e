/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs/control*.c without a mount, with a policy language of one word: "rule" is
 * a rule, "seal" one that demands signed policy files, '#' begins a comment and
 * anything else is an error in column 3. The gate knows three files. Each
 * program that includes this has it once.
 */
#ifndef TEST_CONTROL_FIXTURE_H
#define TEST_CONTROL_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "fs/control.h"
#include "fs/denial.h"
#include "fs/gate.h"
#include "fs/session.h"

/* a policy */

struct policy {
	unsigned refs;
	size_t rules;
	bool seal;
};

static unsigned policies; /* alive */

static inline struct policy *policy_make(size_t rules, bool seal)
{
	struct policy *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	*p = (struct policy){ 1, rules, seal };
	policies++;
	return p;
}

int policy_parse(const char *text, size_t len, const struct policy_env *env,
		 struct policy **ret, struct diag *reterr)
{
	unsigned line = 1;
	size_t rules = 0;
	bool seal = false;

	(void)env;
	for (const char *p = text, *end; p < text + len; p = end + 1, line++) {
		size_t left = (size_t)(text + len - p);

		end = memchr(p, '\n', left);
		if (!end)
			end = text + len;
		if (p == end || *p == '#')
			continue;
		rules++;
		if (end - p == 4 && memcmp(p, "seal", 4) == 0) {
			seal = true;
		} else if (end - p != 4 || memcmp(p, "rule", 4) != 0) {
			diag_at(reterr, line, 3, "no rule");
			return -EINVAL;
		}
	}
	*ret = policy_make(rules, seal);
	return 0;
}

int policy_concat(const struct policy *a, const struct policy *b,
		  struct policy **ret)
{
	*ret = policy_make(a->rules + b->rules, a->seal || b->seal);
	return 0;
}

struct policy *policy_ref(struct policy *p)
{
	p->refs++;
	return p;
}

void policy_unref(struct policy *p)
{
	if (p && --p->refs == 0) {
		policies--;
		free(p);
	}
}

size_t policy_count(const struct policy *p)
{
	return p->rules;
}

bool policy_appraises(const struct policy *p, enum hook hook)
{
	return p->seal && hook == HOOK_POLICY_CHECK;
}

int policy_print(const struct policy *p, struct buf *to)
{
	return buf_printf(to, "%zu rules\n", p->rules);
}

int policy_print_rule(const struct policy *p, unsigned number, struct buf *to)
{
	(void)p;
	(void)number;
	(void)to;
	return -ERANGE;
}

const char *hook_name(enum hook h)
{
	(void)h;
	return NULL;
}

/* the rest of the world */

struct policy *fs_policy(struct fs *fs)
{
	return policy_ref(fs->policy);
}

int fs_policy_set(struct fs *fs, struct policy *p)
{
	if (fs->policy_locked) {
		policy_unref(p);
		return -EPERM;
	}
	policy_unref(fs->policy);
	fs->policy = p;
	fs->policy_generation++;
	return 0;
}

int gate_policy_file(struct fs *fs, const struct caller *c, const char *path,
		     struct buf *to, struct verdict *ret)
{
	(void)fs;
	assert_int_equal(c->fsuid, geteuid());
	if (strcmp(path, "/unsigned") == 0) {
		*ret = (struct verdict){ .error = EACCES,
					 .cause = "missing-hash" };
		return 0;
	}
	*ret = (struct verdict){ .allow = true };
	if (strcmp(path, "/two") == 0)
		return buf_append_str(to, "rule\nrule\n");
	if (strcmp(path, "/cut") == 0)
		return buf_append_str(to, "rule\nrule");
	if (strcmp(path, "/bad") == 0)
		return buf_append_str(to, "rule\nrulle\n");
	if (strcmp(path, "/most") == 0) {
		int r = buf_reserve(to, CONTROL_POLICY_MAX);

		assert_int_equal(r, 0);
		memset(to->data, '\n', CONTROL_POLICY_MAX);
		to->len = CONTROL_POLICY_MAX;
		return 0;
	}
	*ret = (struct verdict){ 0 };
	return -ENOENT;
}

void session_busy(void)
{
}

void caller_comm(const struct caller *c, struct buf *to)
{
	(void)c;
	(void)buf_append_str(to, "test");
}

const struct policy_env fs_policy_env = { 0 };

/* The journal: its ASCII lists are "sha1" or "sha256" times its entries. */
static unsigned entries;

size_t journal_views(const struct journal *j,
		     enum hash_alg ret[TPM_BANKS_MAX + 1])
{
	(void)j;
	ret[0] = HASH_ALG_SHA1;
	ret[1] = HASH_ALG_SHA256;
	return 2;
}

uint64_t journal_size(struct journal *j, enum journal_format f,
		      enum hash_alg view)
{
	(void)j;
	return f == JOURNAL_ASCII ? entries * strlen(hash_alg_name(view)) : 0;
}

ssize_t journal_read(struct journal *j, enum journal_format f,
		     enum hash_alg view, void *to, size_t len, uint64_t at)
{
	const char *name = hash_alg_name(view);
	size_t n = 0;

	for (; n < len && at + n < journal_size(j, f, view); n++)
		((char *)to)[n] = name[(at + n) % strlen(name)];
	return (ssize_t)n;
}

uint64_t journal_count(const struct journal *j)
{
	(void)j;
	return entries;
}

uint64_t journal_violations(const struct journal *j)
{
	(void)j;
	return 0;
}

bool journal_degraded(const struct journal *j)
{
	(void)j;
	return false;
}

void store_stat(struct store *s, struct store_info *ret)
{
	(void)s;
	*ret = (struct store_info){ .tmpfs = true, .budget = 1 << 20 };
}

uint64_t inode_count(struct inode_table *t)
{
	(void)t;
	return 5;
}

size_t keyring_count(const struct keyring *k)
{
	(void)k;
	return 2;
}

int keyring_describe(const struct keyring *k, size_t i, struct buf *to)
{
	(void)k;
	return buf_printf(to, "key %zu", i);
}

/* a mount */

static struct mount_options options = {
	.source = (char[]){ "/a\nb" },
	.mountpoint = (char[]){ "/ima" },
	.tpm = (char[]){ "auto" },
	.pcr = 10,
};

static struct caller me;

static inline int mount_setup(void **state)
{
	struct fs *fs = calloc(1, sizeof(*fs));

	if (!fs)
		return -1;
	entries = 1;
	me = (struct caller){ .fsuid = geteuid(), .pid = getpid() };
	fs->opt = &options;
	fs->policy = policy_make(1, false);
	(void)pthread_mutex_init(&fs->policy_lock, NULL);
	if (denials_new(&fs->denials) < 0 || control_new(fs, &fs->control) < 0)
		return -1;
	*state = fs;
	return 0;
}

static inline int mount_teardown(void **state)
{
	struct fs *fs = *state;

	control_free(fs->control);
	denials_free(fs->denials);
	policy_unref(fs->policy);
	free(fs);
	return policies == 0 ? 0 : -1;
}

static inline struct control_handle *open_file(struct fs *fs, const char *name,
					       int flags)
{
	struct node *n = control_lookup(fs, name);
	struct control_handle *h = NULL;

	assert_non_null(n);
	assert_int_equal(control_open(fs, n, &me, flags, &h), 0);
	return h;
}

static inline ssize_t put(struct fs *fs, struct control_handle *h,
			  const char *text)
{
	return control_write(fs, h, text, strlen(text), 0);
}

static inline void assert_text(struct fs *fs, const char *name,
			       const char *want)
{
	struct control_handle *h = open_file(fs, name, O_RDONLY);
	char got[4096];
	ssize_t n = control_read(fs, h, got, sizeof(got) - 1, 0);

	assert_true(n >= 0);
	got[n] = 0;
	assert_string_equal(got, want);
	control_release(fs, h);
}

/* One writer, from open to close. Return: the first error, of any call. */
static inline int write_policy(struct fs *fs, int flags, const char *text)
{
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | flags);
	ssize_t n = put(fs, h, text);
	int r = control_flush(fs, h, &me);

	control_release(fs, h);
	if (n < 0)
		return (int)n;
	assert_int_equal(n, strlen(text));
	return r;
}

#define with_mount(f) \
	cmocka_unit_test_setup_teardown(f, mount_setup, mount_teardown)

#endif
