// SPDX-License-Identifier: Apache-2.0
/*
 * fs/control.c, control_log.c, control_status.c: what can be read below .ima;
 * see control-fixture.h.
 */
#include "test/unit/control-fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
