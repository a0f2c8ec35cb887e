// SPDX-License-Identifier: Apache-2.0
/* fs/state.c: names of state directories, and which ones are accepted. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs/state.h"

static char dir[] = "/tmp/imafs-state-XXXXXX";

/* Made with: systemd-escape --path */
static const struct {
	const char *path, *escaped;
} names[] = {
	{ "/", "-" },
	{ "/ima", "ima" },
	{ "/srv/my-tree", "srv-my\\x2dtree" },
	{ "/a b/\xc3\xbc", "a\\x20b-\\xc3\\xbc" },
	{ "/.hidden/.x", "\\x2ehidden-.x" },
	{ "/foo/bar/", "foo-bar" },
	{ "/x\\y", "x\\x5cy" },
	{ "/a:b_c.d", "a:b_c.d" },
};

static void a_mount_point_gets_the_name_that_systemd_gives_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf b = BUF_INIT;
		char *s;

		assert_int_equal(state_escape(names[i].path, &b), 0);
		s = buf_steal_str(&b);
		assert_string_equal(s, names[i].escaped);
		free(s);
	}
}

static char *below(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

/* Opens @name below the test's directory; closes what was opened. */
static int try_open(const char *name, struct diag *d)
{
	char *path = below(name);
	struct state s = STATE_INIT;
	int r = state_open(path, "/mnt", &s, d);

	if (r == 0) {
		assert_string_equal(s.path, path);
		state_release(&s);
	} else {
		assert_null(s.path);
		assert_true(d->msg[0]);
	}
	assert_int_equal(s.fd, -1);
	free(path);
	return r;
}

static void a_directory_is_made_for_its_owner_alone(void **state)
{
	struct diag d = { 0 };
	char *path = below("new");
	struct stat st;

	(void)state;
	assert_int_equal(try_open("new", &d), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777u, 0700);
	assert_int_equal(try_open("new", &d), 0); /* and found again */
	free(path);
}

static void what_others_could_write_is_refused(void **state)
{
	struct diag d = { 0 };
	char *path = below("shared");

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, 0770), 0);
	assert_int_equal(try_open("shared", &d), -EPERM);
	assert_non_null(strstr(d.msg, "0770"));
	assert_int_equal(chmod(path, 0755), 0); /* reading is harmless */
	assert_int_equal(try_open("shared", &d), 0);
	free(path);
}

static void a_place_where_others_could_replace_it_is_refused(void **state)
{
	struct diag d = { 0 };
	char *path = below("open");

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(try_open("open/state", &d), -EPERM);
	assert_int_equal(chmod(path, 01777), 0); /* sticky, as /tmp */
	assert_int_equal(try_open("open/state", &d), 0);
	free(path);
}

static void a_symlink_is_not_followed(void **state)
{
	struct diag d = { 0 };
	char *target = below("target"), *link = below("link");

	(void)state;
	assert_int_equal(mkdir(target, 0700), 0);
	assert_int_equal(symlink(target, link), 0);
	assert_int_not_equal(try_open("link", &d), 0);
	assert_int_equal(unlink(link), 0);
	free(target);
	free(link);
}

static void one_daemon_at_a_time(void **state)
{
	struct diag d = { 0 };
	char *path = below("busy");
	struct state s = STATE_INIT;

	(void)state;
	assert_int_equal(state_open(path, "/mnt", &s, &d), 0);
	assert_int_equal(try_open("busy", &d), -EBUSY);
	assert_non_null(strstr(d.msg, "another imafs"));
	state_release(&s);
	assert_int_equal(try_open("busy", &d), 0);
	free(path);
}

static void who_can_only_read_it_cannot_lock_it(void **state)
{
	struct diag d = { 0 };
	char *path = below("open to all"),
	     *lock = below("open to all/mount.lock");
	struct state s = STATE_INIT;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(mkdir(path, 0755), 0);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(state_open(path, "/mnt", &s, &d), 0);
	assert_int_equal(stat(lock, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	state_release(&s);
	(void)close(fd);
	free(path);
	free(lock);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void only_what_was_made_and_is_empty_is_discarded(void **state)
{
	struct diag d = { 0 };
	char *path = below("made"), *file = below("made/journal");
	struct state s = STATE_INIT;
	int fd;

	(void)state;
	state_discard(&s);
	assert_int_equal(state_open(path, "/mnt", &s, &d), 0);
	state_discard(&s);
	assert_false(exists(path));
	state_release(&s);

	assert_int_equal(state_open(path, "/mnt", &s, &d), 0);
	fd = open(file, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	state_discard(&s);
	assert_true(exists(file));
	state_release(&s);
	assert_int_equal(unlink(file), 0);

	/* it was there before */
	assert_int_equal(state_open(path, "/mnt", &s, &d), 0);
	state_discard(&s);
	assert_true(exists(path));
	state_release(&s);
	free(path);
	free(file);
}

static void who_waits_for_a_directory_that_goes_makes_another(void **state)
{
	struct diag d = { 0 };
	char *path = below("goes");
	struct state s = STATE_INIT;
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(state_open(path, "/mnt", &s, &d), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct state mine = STATE_INIT;
		int r;

		(void)close(s.fd);
		(void)close(s.lock);
		r = state_open(path, "/mnt", &mine, &d);
		_exit(r == 0 && exists(path) ? 0 : 1);
	}
	usleep(100000);
	state_discard(&s);
	state_release(&s);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	free(path);
}

static void a_name_is_needed(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(try_open("..", &d), -EINVAL);
	assert_int_equal(try_open(".", &d), -EINVAL);
	assert_int_equal(try_open("missing/state", &d), -ENOENT);
}

static int make_dir(void **state)
{
	(void)state;
	(void)umask(022);
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const made[] = { "new",  "shared", "open/state",
					    "open", "target", "busy",
					    "made", "goes",   "open to all" };

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		char *path = below(made[i]);
		char *lock = NULL;

		assert_true(asprintf(&lock, "%s/mount.lock", path) > 0);
		(void)unlink(lock);
		(void)rmdir(path);
		free(lock);
		free(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_mount_point_gets_the_name_that_systemd_gives_it),
		cmocka_unit_test(a_directory_is_made_for_its_owner_alone),
		cmocka_unit_test(what_others_could_write_is_refused),
		cmocka_unit_test(
			a_place_where_others_could_replace_it_is_refused),
		cmocka_unit_test(a_symlink_is_not_followed),
		cmocka_unit_test(one_daemon_at_a_time),
		cmocka_unit_test(who_can_only_read_it_cannot_lock_it),
		cmocka_unit_test(only_what_was_made_and_is_empty_is_discarded),
		cmocka_unit_test(
			who_waits_for_a_directory_that_goes_makes_another),
		cmocka_unit_test(a_name_is_needed),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
