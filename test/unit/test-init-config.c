// SPDX-License-Identifier: Apache-2.0
/* init/config*.c, setting.c, arguments.c: what imafs-init is told to do. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "init/arguments.h"
#include "init/config.h"

#define N_ROWS(a) (sizeof(a) / sizeof((a)[0]))

static struct config c;

static int fresh(void **state)
{
	(void)state;
	return config_init(&c);
}

static int release(void **state)
{
	(void)state;
	config_release(&c);
	return 0;
}

static void good_file(const char *text)
{
	struct diag d = { 0 };

	if (config_file(&c, text, strlen(text), &d) < 0)
		fail_msg("%u:%u: %s", d.line, d.column, d.msg);
}

static void good_words(const char *text)
{
	struct diag d = { 0 };

	if (config_words(&c, text, strlen(text), &d) < 0)
		fail_msg("%s", d.msg);
}

static void the_defaults_are_in_order(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(config_check(&c, &d), 0);
	assert_string_equal(c.source, "/ima/tree");
	assert_string_equal(c.mountpoint, "/ima");
	assert_string_equal(c.init, "/ima/init");
	assert_string_equal(c.policy, "signed_init");
	assert_string_equal(c.trust, "builtin");
	assert_string_equal(c.tpm, TPM_REQUIRED);
	assert_false(c.panic);
	assert_int_equal(c.failure, FAIL_HALT);
	assert_null(c.rescue);
}

static void a_file_sets_what_it_names(void **state)
{
	(void)state;
	good_file("# comment\n"
		  "\n"
		  "  source=/srv/tree \t\n"
		  "policy = /etc/ima/p\n"
		  "keys = /k/1\n"
		  "evm_keys = /e/1\n"
		  "keys = /k/2\n"
		  "evm_keys = /e/2\n"
		  "tpm = none\n"
		  "tpm_timeout = 600\n"
		  "options = hash=sha512,policy_once # not a comment\n"
		  "panic = 1\n"
		  "failure = reboot\n"
		  "rescue = /ima/sh");
	assert_string_equal(c.source, "/srv/tree");
	assert_string_equal(c.policy, "/etc/ima/p");
	assert_string_equal(c.keys[0], "/k/1");
	assert_string_equal(c.keys[1], "/k/2");
	assert_null(c.keys[2]);
	assert_string_equal(c.evm_keys[0], "/e/1");
	assert_string_equal(c.evm_keys[1], "/e/2");
	assert_null(c.evm_keys[2]);
	assert_int_equal(c.tpm_timeout, 600);
	assert_string_equal(c.options,
			    "hash=sha512,policy_once # not a comment");
	assert_true(c.panic);
	assert_int_equal(c.failure, FAIL_REBOOT);
	assert_string_equal(c.mountpoint, "/ima");
}

static void a_wrong_file_is_refused_where_it_is_wrong(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *says;
	} rows[] = {
		{ "panic 1", 1, 7, "no '='" },
		{ "panic", 1, 6, "no '='" },
		{ "= 1", 1, 1, "expected" },
		{ "\npanic =", 2, 8, "panic has no value" },
		{ "panic = ", 1, 8, "panic has no value" },
		{ "\n\n  pannic = 1", 3, 3, "'pannic'" },
		{ "Panic = 1", 1, 1, "'Panic'" },
		{ "panic = yes", 1, 9, "neither 0 nor 1" },
		{ "panic = 10", 1, 9, "neither 0 nor 1" },
		{ "panic = 0\n#\npanic = 0", 3, 1, "in line 1" },
		{ "source = tree", 1, 10, "not an absolute path" },
		{ "keys = k", 1, 8, "not an absolute path" },
		{ "evm_keys = k", 1, 12, "not an absolute path" },
		{ "policy = ./p", 1, 10, "neither an absolute path" },
		{ "trust = none", 1, 9, "no trust set" },
		{ "tpm = auto", 1, 7, "required" },
		{ "tpm_timeout = 601", 1, 15, "seconds" },
		{ "tpm_timeout = 18446744073709551617", 1, 15, "seconds" },
		{ "tpm_timeout = -1", 1, 15, "seconds" },
		{ "tpm_timeout = 1s", 1, 15, "seconds" },
		{ "failure = continue", 1, 11, "halt, poweroff" },
		{ "panic = 1\r\n", 1, 10, "control character (0x0d)" },
		{ "\x1b[2Jpanic = 1\n", 1, 1, "control character (0x1b)" },
		{ "config = /x", 1, 10, "imafs.config=" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct diag d = { 0 };
		int r = config_file(&c, rows[i].text, strlen(rows[i].text), &d);

		if (r != -EINVAL || d.line != rows[i].line ||
		    d.column != rows[i].column || !strstr(d.msg, rows[i].says))
			fail_msg("'%s': %d, %u:%u: %s", rows[i].text, r, d.line,
				 d.column, d.msg);
	}
	assert_string_equal(c.source, "/ima/tree");
}

static void nothing_of_a_wrong_file_is_taken(void **state)
{
	struct diag d = { 0 };
	const char *text = "panic = 1\nkeys = /k\nsource = /s\nx = 1\n";

	(void)state;
	assert_int_equal(config_file(&c, text, strlen(text), &d), -EINVAL);
	assert_false(c.panic);
	assert_null(c.keys);
	assert_string_equal(c.source, "/ima/tree");
}

static void the_command_line_wins(void **state)
{
	(void)state;
	good_file("panic = 1\nkeys = /f/1\nkeys = /f/2\ntpm = none\n"
		  "evm_keys = /e/1\nevm_keys = /e/2\n");
	good_words(
		"root=/dev/vda ro imafs.panic=1 imafs.keys=/c/1 quiet "
		"imafs.config=/x imafs.panic=0 \"imafs.source=/with a blank\""
		" imafs.keys=\"/c 2\" imafs.evm_keys=none\n -- "
		"imafs.tpm=swtpm");
	assert_false(c.panic);
	assert_string_equal(c.keys[0], "/c/1");
	assert_string_equal(c.keys[1], "/c 2");
	assert_null(c.keys[2]);
	assert_string_equal(c.evm_keys[0], EVM_KEYS_NONE);
	assert_null(c.evm_keys[1]);
	assert_string_equal(c.source, "/with a blank");
	assert_string_equal(c.tpm, "none");
}

static void a_wrong_word_is_named(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "imafs.pannic=1", "imafs.pannic" },
		{ "imafs.panic", "imafs.panic=VALUE" },
		{ "imafs.panic=", "imafs.panic=VALUE" },
		{ "imafs.=1", "no such word" },
		{ "imafs.panic=2", "neither 0 nor 1" },
		{ "imafs.tpm=none imafs.trust=none", "trust" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct diag d = { 0 };
		int r = config_words(&c, rows[i].text, strlen(rows[i].text),
				     &d);

		if (r != -EINVAL || !strstr(d.msg, rows[i].says))
			fail_msg("'%s': %d, %s", rows[i].text, r, d.msg);
	}
	assert_string_equal(c.tpm, TPM_REQUIRED);
	/* other people's words */
	good_words("imafs ximafs.panic=1 imafs_panic=1 imafs=1 ima.panic=1");
	assert_false(c.panic);
}

static void the_last_path_of_a_file_is_found(void **state)
{
	struct diag d = { 0 };
	const char *text = "a imafs.config=/1 imafs.config=/2 -- "
			   "imafs.config=/3";
	char *path = NULL;

	(void)state;
	assert_int_equal(config_path(text, strlen(text), &path, &d), 0);
	assert_string_equal(path, "/2");
	free(path);
	assert_int_equal(config_path("imafs.panic=1", 13, &path, &d), 0);
	assert_null(path);
	assert_int_equal(config_path("imafs.config=x", 14, &path, &d), -EINVAL);
}

static void settings_that_do_not_go_together_are_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "init = /sbin/init", "init = /sbin/init is not below" },
		{ "init = /ima", "not below" },
		{ "init = /ima/../sbin/init", "not below" },
		{ "init = /imafs/init", "not below" },
		{ "rescue = /bin/sh", "rescue = /bin/sh is not below" },
		{ "program = /ima/tree/imafs", "must be outside" },
		{ "program = /ima/imafs", "must be outside" },
		{ "source = /srv\nstate = /srv/state", "must be outside" },
		{ "mountpoint = /\ninit = /init", "mountpoint = /" },
		{ "evm_keys = /e\nevm_keys = none", "none and other" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct diag d = { 0 };
		int r;

		config_release(&c);
		assert_int_equal(config_init(&c), 0);
		good_file(rows[i].text);
		r = config_check(&c, &d);
		if (r != -EINVAL || !strstr(d.msg, rows[i].says))
			fail_msg("'%s': %d, %s", rows[i].text, r, d.msg);
	}
}

static void the_daemon_is_told_all_of_it(void **state)
{
	struct diag d = { 0 };
	char **argv = NULL;

	(void)state;
	good_file("keys = /k,1\nkeys = /k\\2\noptions = trust=/x,hash=sha1\n"
		  "trust = /t\nevm_keys = /e\n");
	assert_int_equal(arguments_make(&c, "/root/s", "/m", &argv, &d), 0);
	assert_string_equal(argv[0], "@imafs");
	assert_string_equal(argv[1], "mount");
	assert_string_equal(argv[2], "-f");
	assert_string_equal(argv[3], "-o");
	/* the trust of options= comes first, so it is not the one that counts
	 */
	assert_string_equal(argv[4],
			    "trust=/x,hash=sha1,policy=signed_init,"
			    "keys=/k\\,1,keys=/k\\\\2,evm_keys=/e,trust=/t,"
			    "tpm=device:/dev/tpmrm0,state=/run/imafs-init");
	assert_string_equal(argv[5], "/root/s");
	assert_string_equal(argv[6], "/m");
	assert_null(argv[7]);
	arguments_free(argv);

	good_file("evm_keys = none\n");
	assert_int_equal(arguments_make(&c, "/s", "/m", &argv, &d), 0);
	assert_null(strstr(argv[4], "evm_keys"));
	arguments_free(argv);

	good_file("keys = /a\"b\n");
	assert_int_equal(arguments_make(&c, "/s", "/m", &argv, &d), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_defaults_are_in_order),
		TEST(a_file_sets_what_it_names),
		TEST(a_wrong_file_is_refused_where_it_is_wrong),
		TEST(nothing_of_a_wrong_file_is_taken),
		TEST(the_command_line_wins),
		TEST(a_wrong_word_is_named),
		TEST(the_last_path_of_a_file_is_found),
		TEST(settings_that_do_not_go_together_are_refused),
		TEST(the_daemon_is_told_all_of_it),
	};

	return cmocka_run_group_tests_name("init-config", tests, NULL, NULL);
}
