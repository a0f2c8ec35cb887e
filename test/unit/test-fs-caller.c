// SPDX-License-Identifier: Apache-2.0
/* fs/caller.c: becoming somebody else for one file, and facts about callers. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs/caller.h"

static char dir[] = "/tmp/imafs-caller-XXXXXX";
static int dirfd_;

static int make_dir(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY);
	return dirfd_ < 0;
}

static int drop_dir(void **state)
{
	(void)state;
	(void)close(dirfd_);
	return rmdir(dir);
}

static struct stat make_file(void)
{
	int fd = openat(dirfd_, "f", O_CREAT | O_EXCL | O_WRONLY, 0666);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlinkat(dirfd_, "f", 0), 0);
	return st;
}

static void a_thread_that_was_not_prepared_is_refused(void **state)
{
	struct caller c = { .fsuid = geteuid(), .fsgid = getegid() };
	mode_t before = umask(022);

	(void)state;
	assert_int_equal(caller_become(&c), -EPERM);
	assert_int_equal(umask(before), 022);
}

static void files_get_owner_and_umask_of_the_caller(void **state)
{
	struct caller c = { .fsuid = 1234, .fsgid = 4321, .umask = 027 };
	struct stat st;
	mode_t mask;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(caller_thread_init(), 0);
	mask = umask(0);
	umask(mask);
	/* mkdtemp's directory is closed to the caller, and not to us */
	assert_int_equal(caller_become(&c), 0);
	st = make_file();
	caller_restore();
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(st.st_gid, 4321);
	assert_int_equal(st.st_mode & 07777, 0640);
	st = make_file();
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(st.st_gid, getegid());
	assert_int_equal(st.st_mode & 07777, 0666 & ~mask);
}

/* In a child, as there is no way back. */
static void who_may_not_change_ids_is_told_so_and_stays_himself(void **state)
{
	struct caller other = { .fsuid = 77, .fsgid = 77, .umask = 077 };
	struct caller own = { .fsuid = 1000, .fsgid = 1000, .umask = 0 };
	int status;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip();
	child = fork();
	if (child == 0) {
		bool good = setresgid(1000, 1000, 1000) == 0 &&
			    setresuid(1000, 1000, 1000) == 0;

		(void)umask(022);
		good = good && caller_thread_init() == 0 &&
		       caller_become(&other) == -EPERM && umask(022) == 022 &&
		       caller_become(&own) == 0;
		caller_restore();
		_exit(good ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void facts_are_those_of_proc(void **state)
{
	struct caller c = { .fsuid = 5, .fsgid = 6, .pid = getpid() };
	struct access a = { 0 };

	(void)state;
	assert_int_equal(caller_facts(&c, FACT_IDS | FACT_CAPS, &a), 0);
	assert_int_equal(a.uid, getuid());
	assert_int_equal(a.euid, geteuid());
	assert_int_equal(a.gid, getgid());
	assert_int_equal(a.have, FACT_IDS | FACT_CAPS);
}

static void without_need_the_ids_are_the_requests(void **state)
{
	struct caller c = { .fsuid = 5, .fsgid = 6, .pid = 0 };
	struct access a = { 0 };

	(void)state;
	assert_int_equal(caller_facts(&c, 0, &a), 0);
	assert_int_equal(a.uid, 5);
	assert_int_equal(a.euid, 5);
	assert_int_equal(a.suid, 5);
	assert_int_equal(a.gid, 6);
	assert_int_equal(a.have, 0);
}

static void who_cannot_be_seen_is_an_error_only_if_a_rule_asks(void **state)
{
	struct caller hidden = { .pid = 0 }, gone = { .pid = 0 };
	struct access a = { 0 };

	(void)state;
	gone.pid = fork();
	if (gone.pid == 0)
		_exit(0);
	assert_int_equal(waitpid(gone.pid, NULL, 0), gone.pid);
	assert_int_equal(caller_facts(&hidden, FACT_IDS, &a), -ESRCH);
	assert_int_equal(caller_facts(&gone, FACT_CAPS, &a), -ESRCH);
	assert_int_equal(caller_facts(&gone, 0, &a), 0);
}

static void expect_comm(const char *name, const char *expected)
{
	struct caller c = { .pid = getpid() };
	struct buf b = BUF_INIT;

	if (name)
		assert_int_equal(prctl(PR_SET_NAME, name), 0);
	else
		c.pid = 0;
	caller_comm(&c, &b);
	assert_int_equal(b.len, strlen(expected));
	assert_memory_equal(b.data, expected, b.len);
	buf_release(&b);
}

static void a_command_name_cannot_forge_a_log_line(void **state)
{
	(void)state;
	expect_comm("plain", "plain");
	expect_comm("a\"b\\c", "a\\x22b\\x5cc");
	expect_comm("0123456789abcdefgh", "0123456789abcde");
	expect_comm(NULL, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_that_was_not_prepared_is_refused),
		cmocka_unit_test(files_get_owner_and_umask_of_the_caller),
		cmocka_unit_test(
			who_may_not_change_ids_is_told_so_and_stays_himself),
		cmocka_unit_test(facts_are_those_of_proc),
		cmocka_unit_test(without_need_the_ids_are_the_requests),
		cmocka_unit_test(
			who_cannot_be_seen_is_an_error_only_if_a_rule_asks),
		cmocka_unit_test(a_command_name_cannot_forge_a_log_line),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
