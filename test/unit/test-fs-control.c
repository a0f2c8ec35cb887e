// SPDX-License-Identifier: Apache-2.0
/*
 * fs/control*.c, with a policy language of one word: "rule" is a rule, "seal"
 * one that demands signed policy files, '#' begins a comment and anything else
 * is an error in column 3. The gate knows three files.
 */
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

static struct policy *policy_make(size_t rules, bool seal)
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

static int mount_setup(void **state)
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

static int mount_teardown(void **state)
{
	struct fs *fs = *state;

	control_free(fs->control);
	denials_free(fs->denials);
	policy_unref(fs->policy);
	free(fs);
	return policies == 0 ? 0 : -1;
}

static struct control_handle *open_file(struct fs *fs, const char *name,
					int flags)
{
	struct node *n = control_lookup(fs, name);
	struct control_handle *h = NULL;

	assert_non_null(n);
	assert_int_equal(control_open(fs, n, &me, flags, &h), 0);
	return h;
}

static ssize_t put(struct fs *fs, struct control_handle *h, const char *text)
{
	return control_write(fs, h, text, strlen(text), 0);
}

static void assert_text(struct fs *fs, const char *name, const char *want)
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
static int write_policy(struct fs *fs, int flags, const char *text)
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

/* writing a policy */

static void truncation_replaces_and_anything_else_adds(void **state)
{
	struct fs *fs = *state;

	assert_int_equal(write_policy(fs, O_TRUNC, "rule\nrule\n"), 0);
	assert_text(fs, "policy", "2 rules\n");
	assert_int_equal(write_policy(fs, O_APPEND, "rule\n"), 0);
	assert_text(fs, "policy", "3 rules\n");
	assert_int_equal(write_policy(fs, 0, "rule\n"), 0);
	assert_text(fs, "policy", "4 rules\n");
}

static void texts_and_what_becomes_of_them(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *policy, *error;
		const char *why;
	} cases[] = {
		{ "rule\nrule", 0, "2 rules\n", "", "no newline at the end" },
		{ "#a\n\nrule\n", 0, "1 rules\n", "", "comments are free" },
		{ "rule\nrul\nrule\n", -EINVAL, "1 rules\n", "2:3: no rule\n",
		  "the middle line is bad" },
		{ "rule\nrul", -EINVAL, "1 rules\n", "2:3: no rule\n",
		  "the unfinished line is bad" },
		{ "# nothing\n", -EINVAL, "1 rules\n",
		  "there is no rule in it; a policy that does nothing is "
		  "'dont_measure'\n",
		  "a policy is not lost by accident" },
		{ "/two\n", 0, "2 rules\n", "", "a file by path" },
		{ "/two", 0, "2 rules\n", "", "a path without newline" },
		{ "rule\n/two\nrule\n", 0, "4 rules\n", "", "rules around" },
		{ "/two\nrule\nrul\n", -EINVAL, "1 rules\n", "3:3: no rule\n",
		  "lines are counted as written" },
		{ "/two\nrule\nrul", -EINVAL, "1 rules\n", "3:3: no rule\n",
		  "the same without newline" },
		{ "/cut\n", -EINVAL, "1 rules\n",
		  "/cut: a policy file must end in a newline\n",
		  "a file that was cut off" },
		{ "/bad\n", -EINVAL, "1 rules\n", "/bad:2:3: no rule\n",
		  "the position is the file's" },
		{ "/unsigned\n", -EACCES, "1 rules\n",
		  "/unsigned: refused by the rules for POLICY_CHECK: "
		  "missing-hash\n",
		  "appraisal says no" },
		{ "/gone\n", -ENOENT, "1 rules\n",
		  "/gone: cannot be read: No such file or directory\n",
		  "no such file" },
	};
	struct fs *fs = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r;

		assert_int_equal(write_policy(fs, O_TRUNC, "rule\n"), 0);
		r = write_policy(fs, O_TRUNC, cases[i].text);
		if (r != cases[i].want)
			fail_msg("%s: %d", cases[i].why, r);
		assert_text(fs, "policy", cases[i].policy);
		assert_text(fs, "policy_error", cases[i].error);
	}
}

static void the_write_that_completes_a_bad_line_fails(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_TRUNC);

	assert_int_equal(put(fs, h, "rule\nr"), 6);
	assert_int_equal(put(fs, h, "u"), 1);
	assert_int_equal(put(fs, h, "x\n"), -EINVAL);
	/* and it is too late for good ones */
	assert_int_equal(put(fs, h, "rule\n"), -EINVAL);
	assert_int_equal(control_flush(fs, h, &me), -EINVAL);
	control_release(fs, h);
	assert_text(fs, "policy", "1 rules\n");
	assert_text(fs, "policy_error", "2:3: no rule\n");
	assert_int_equal(fs->policy_generation, 0);
}

static void a_line_may_come_in_any_number_of_writes(void **state)
{
	static const char text[] = "rule\n#x\n/two\nrule\nrule";
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_TRUNC);

	for (const char *p = text; *p; p++)
		assert_int_equal(control_write(fs, h, p, 1, p - text), 1);
	assert_int_equal(control_flush(fs, h, &me), 0);
	control_release(fs, h);
	assert_text(fs, "policy", "5 rules\n");
}

static void nothing_is_in_force_before_the_close(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_TRUNC);

	/* a shell duplicates its descriptor and closes the first */
	assert_int_equal(control_flush(fs, h, &me), 0);
	assert_int_equal(put(fs, h, "rule\nrule\n"), 10);
	assert_text(fs, "policy", "1 rules\n");
	assert_int_equal(control_flush(fs, h, &me), 0);
	assert_text(fs, "policy", "2 rules\n");
	/* a later close without news does not do it again */
	assert_int_equal(control_flush(fs, h, &me), 0);
	assert_int_equal(fs->policy_generation, 1);
	/* more through another duplicate: all of it, once */
	assert_int_equal(put(fs, h, "rule\n"), 5);
	assert_int_equal(control_flush(fs, h, &me), 0);
	assert_text(fs, "policy", "3 rules\n");
	control_release(fs, h);
	assert_int_equal(fs->policy_generation, 2);
}

static void a_child_that_closes_does_not_end_the_policy(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_APPEND);
	struct caller child = me;

	child.pid = 1; /* another process, that exists */
	assert_int_equal(put(fs, h, "rule\n"), 5);
	assert_int_equal(control_flush(fs, h, &child), 0);
	assert_text(fs, "policy", "1 rules\n");
	assert_int_equal(put(fs, h, "rule\n"), 5);
	assert_int_equal(control_flush(fs, h, &child), 0);
	assert_text(fs, "policy", "1 rules\n");
	control_release(fs, h); /* nobody else is left to do it */
	assert_text(fs, "policy", "3 rules\n");
}

static void an_empty_writer_changes_nothing(void **state)
{
	struct fs *fs = *state;

	assert_int_equal(write_policy(fs, O_TRUNC, ""), 0);
	assert_text(fs, "policy", "1 rules\n");
	assert_text(fs, "policy_error",
		    "nothing was written: the old rules are in force\n");
}

static void the_error_is_gone_after_success(void **state)
{
	struct fs *fs = *state;

	assert_int_equal(write_policy(fs, 0, "bad\n"), -EINVAL);
	assert_text(fs, "policy_error", "1:3: no rule\n");
	assert_int_equal(write_policy(fs, 0, "rule\n"), 0);
	assert_text(fs, "policy_error", "");
}

static void one_writer_at_a_time(void **state)
{
	struct fs *fs = *state;
	struct control_handle *a = open_file(fs, "policy", O_WRONLY), *b;

	assert_int_equal(control_open(fs, control_lookup(fs, "policy"), &me,
				      O_WRONLY, &b),
			 -EBUSY);
	assert_text(fs, "policy", "1 rules\n"); /* readers are welcome */
	control_release(fs, a);
	b = open_file(fs, "policy", O_WRONLY);
	control_release(fs, b);
}

static void only_the_owner_writes_and_only_the_policy(void **state)
{
	struct fs *fs = *state;
	struct caller other = me;
	struct control_handle *h;
	const char *name;
	struct node *n;

	other.fsuid++;
	assert_int_equal(control_open(fs, control_lookup(fs, "policy"), &other,
				      O_WRONLY, &h),
			 -EACCES);
	assert_int_equal(
		control_open(fs, control_lookup(fs, "policy"), &me, O_RDWR, &h),
		-EACCES);
	for (size_t i = 0; control_entry(fs, i, &name, &n); i++) {
		if (strcmp(name, "policy") == 0)
			continue;
		assert_int_equal(control_open(fs, n, &me, O_WRONLY, &h),
				 -EACCES);
		assert_int_equal(
			control_open(fs, n, &me, O_RDONLY | O_TRUNC, &h),
			-EACCES);
	}
}

static void a_locked_policy_cannot_be_written(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY), *b;

	assert_int_equal(put(fs, h, "rule\n"), 5);
	fs->policy_locked = true; /* by someone who was faster */
	assert_int_equal(control_flush(fs, h, &me), -EPERM);
	control_release(fs, h);
	assert_text(fs, "policy", "1 rules\n");
	assert_int_equal(control_open(fs, control_lookup(fs, "policy"), &me,
				      O_WRONLY, &b),
			 -EPERM);
}

static void sealed_policies_come_in_files_only(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h;

	assert_int_equal(write_policy(fs, O_TRUNC, "seal\n"), 0);
	h = open_file(fs, "policy", O_WRONLY);
	assert_int_equal(put(fs, h, "rule\n"), -EACCES); /* by the write */
	control_release(fs, h);
	assert_int_equal(write_policy(fs, O_TRUNC, "rule\n"), -EACCES);
	assert_int_equal(write_policy(fs, O_TRUNC, "rule"), -EACCES);
	assert_int_equal(write_policy(fs, O_TRUNC, "/two\nrule"), -EACCES);
	assert_text(fs, "policy", "1 rules\n");
	assert_int_equal(write_policy(fs, O_TRUNC, "# yes\n/two\n# no"), 0);
	assert_text(fs, "policy", "2 rules\n");
}

static void rules_that_became_sealed_meanwhile_are_refused(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY);

	assert_int_equal(put(fs, h, "rule\n"), 5);
	fs->policy->seal = true;
	assert_int_equal(control_flush(fs, h, &me), -EACCES);
	control_release(fs, h);
	assert_text(fs, "policy", "1 rules\n");
}

static void too_much_text_is_refused(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_WRONLY | O_TRUNC);
	static char block[1 << 20];

	memset(block, '#', sizeof(block));
	for (size_t i = 0; i < CONTROL_POLICY_MAX / sizeof(block); i++)
		assert_int_equal(control_write(fs, h, block, sizeof(block), 0),
				 sizeof(block));
	assert_int_equal(put(fs, h, "\n"), -EFBIG);
	control_release(fs, h);
	assert_text(fs, "policy_error",
		    "1:1: more than 16777216 bytes of rules\n");
	/* also behind a file, and with a line that is not complete */
	h = open_file(fs, "policy", O_WRONLY | O_TRUNC);
	assert_int_equal(put(fs, h, "/most\nru"), 8);
	assert_int_equal(put(fs, h, "le\n"), -EFBIG);
	control_release(fs, h);
}

/* the other files */

static void the_table_has_the_kernels_names(void **state)
{
	static const char *const names[] = {
		"policy",
		"ascii_runtime_measurements",
		"ascii_runtime_measurements_sha1",
		"ascii_runtime_measurements_sha256",
		"binary_runtime_measurements",
		"binary_runtime_measurements_sha1",
		"binary_runtime_measurements_sha256",
		"runtime_measurements_count",
		"violations",
	};
	struct fs *fs = *state;
	const char *name;
	struct stat st, dir;
	struct node *n;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		n = control_lookup(fs, names[i]);
		assert_non_null(n);
		control_attr(fs, n, NULL, &st);
		assert_true(S_ISREG(st.st_mode));
		assert_int_equal(st.st_mode & 07777, i == 0 ? 0600 : 0440);
		assert_int_equal(st.st_uid, geteuid());
	}
	assert_null(control_lookup(fs, "nothing"));
	assert_null(control_lookup(fs, ""));
	control_attr(fs, control_dir(fs), NULL, &dir);
	assert_true(S_ISDIR(dir.st_mode));
	for (i = 0; control_entry(fs, i, &name, &n); i++) {
		control_attr(fs, n, NULL, &st);
		assert_int_equal(st.st_ino, dir.st_ino - 1 - i);
		assert_ptr_equal(control_lookup(fs, name), n);
	}
	assert_true(i >= sizeof(names) / sizeof(names[0]));
}

static void an_open_list_grows(void **state)
{
	struct fs *fs = *state;
	struct node *n =
		control_lookup(fs, "ascii_runtime_measurements_sha256");
	struct control_handle *h =
		open_file(fs, "ascii_runtime_measurements_sha256", O_RDONLY);
	struct stat st;
	char got[16];

	assert_int_equal(control_read(fs, h, got, sizeof(got), 0), 6);
	assert_int_equal(control_read(fs, h, got, sizeof(got), 6), 0);
	entries = 2;
	assert_int_equal(control_read(fs, h, got, sizeof(got), 6), 6);
	assert_memory_equal(got, "sha256", 6);
	control_attr(fs, n, NULL, &st);
	assert_int_equal(st.st_size, 12);
	control_release(fs, h);
	assert_text(fs, "ascii_runtime_measurements", "sha1sha1");
	assert_text(fs, "runtime_measurements_count", "2\n");
	assert_text(fs, "violations", "0\n");
}

static void a_text_does_not_change_under_its_reader(void **state)
{
	struct fs *fs = *state;
	struct control_handle *h = open_file(fs, "policy", O_RDONLY);
	struct stat st;
	char got[16];

	assert_int_equal(write_policy(fs, O_TRUNC, "rule\nrule\n"), 0);
	control_attr(fs, control_lookup(fs, "policy"), h, &st);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(control_read(fs, h, got, 3, 0), 3);
	assert_int_equal(control_read(fs, h, got + 3, sizeof(got) - 3, 3), 5);
	assert_memory_equal(got, "1 rules\n", 8);
	assert_int_equal(control_read(fs, h, got, 1, 8), 0);
	assert_int_equal(control_read(fs, h, got, 1, INT64_MAX), 0);
	control_release(fs, h);
}

static void the_tpm_file_says_how_to_reach_it(void **state)
{
	struct extender x = { .bank = { HASH_ALG_SHA1, HASH_ALG_SHA256 },
			      .n_banks = 2 };
	struct fs *fs = *state;

	assert_text(fs, "tpm", "tcti: none\n");
	fs->extender = &x;
	fs->tcti = (char[]){ "swtpm:path=/s" };
	fs->private_tpm = true;
	assert_text(fs, "tpm",
		    "tcti: swtpm:path=/s\npcr: 10\n"
		    "banks: sha1 sha256\nprivate: yes\n");
	fs->tcti = (char[]){ "device:/dev/tpmrm0" };
	fs->private_tpm = false;
	assert_text(fs, "tpm",
		    "tcti: device:/dev/tpmrm0\npcr: 10\n"
		    "banks: sha1 sha256\nprivate: no\n");
}

static void status_is_one_fact_per_line(void **state)
{
	struct fs *fs = *state;

	assert_text(fs, "status",
		    "source: /a\\x0ab\nmountpoint: /ima\nappraise: enforce\n"
		    "policy_rules: 1\npolicy_generation: 0\npolicy_locked: no\n"
		    "store: tmpfs\nstore_locked: no\nlocked_bytes: 0\n"
		    "lock_budget: 1048576\nobjects: 0\nobjects_evicted: 0\n"
		    "inodes: 5\npassthrough: no\njournal_entries: 1\n"
		    "journal_violations: 0\njournal_degraded: no\n"
		    "denials: 0\nlog_dropped: 0\n");
	assert_text(fs, "keys", "");
	fs->keys = (struct keyring *)fs;
	assert_text(fs, "keys", "key 0\nkey 1\n");
	fs->keys = NULL;
	assert_text(fs, "version", IMAFS_VERSION "\n");
	assert_text(fs, "denials", "# denied 0, shown 0\n");
}

static void control_none_has_no_directory(void **state)
{
	struct mount_options none = { .control = CONTROL_NONE };
	struct fs fs = { .opt = &none };
	const char *name;
	struct node *n;

	(void)state;
	assert_int_equal(control_new(&fs, &fs.control), 0);
	assert_null(control_dir(&fs));
	assert_null(control_lookup(&fs, "policy"));
	assert_false(control_entry(&fs, 0, &name, &n));
	control_free(fs.control);
}

#define with_mount(f) \
	cmocka_unit_test_setup_teardown(f, mount_setup, mount_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_mount(truncation_replaces_and_anything_else_adds),
		with_mount(texts_and_what_becomes_of_them),
		with_mount(the_write_that_completes_a_bad_line_fails),
		with_mount(a_line_may_come_in_any_number_of_writes),
		with_mount(nothing_is_in_force_before_the_close),
		with_mount(a_child_that_closes_does_not_end_the_policy),
		with_mount(an_empty_writer_changes_nothing),
		with_mount(the_error_is_gone_after_success),
		with_mount(one_writer_at_a_time),
		with_mount(only_the_owner_writes_and_only_the_policy),
		with_mount(a_locked_policy_cannot_be_written),
		with_mount(sealed_policies_come_in_files_only),
		with_mount(rules_that_became_sealed_meanwhile_are_refused),
		with_mount(too_much_text_is_refused),
		with_mount(the_table_has_the_kernels_names),
		with_mount(an_open_list_grows),
		with_mount(a_text_does_not_change_under_its_reader),
		with_mount(the_tpm_file_says_how_to_reach_it),
		with_mount(status_is_one_fact_per_line),
		cmocka_unit_test(control_none_has_no_directory),
	};

	log_set_level(LOG_LEVEL_ERR); /* refusals are warnings */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
