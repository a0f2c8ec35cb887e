// SPDX-License-Identifier: Apache-2.0
/* fs/retry.c: who is taken for a caller that was sent back, and who is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fs/retry.h"

/* Places instead of a table: a file's is the number in its ino. */
uint64_t inode_place(struct inode_table *t, const struct inode *i)
{
	(void)t;
	return i->ino;
}

uint64_t inode_place_in(const struct inode *dir, const char *name)
{
	return dir->ino + (uint64_t)name[0];
}

static time_t seconds = 1000;

int clock_gettime(clockid_t clock, struct timespec *to)
{
	(void)clock;
	*to = (struct timespec){ .tv_sec = seconds };
	return 0;
}

static struct inode dir = { .ino = 1000 };
static struct inode file_a = { .ino = 1000 + 'a', .hash = 1 };
static struct inode file_b = { .ino = 1000 + 'b', .hash = 2 };
/* what replaced a, and another name of a */
static struct inode file_new_a = { .ino = 1000 + 'a', .hash = 3 };
static struct inode file_moved_a = { .ino = 5, .hash = 1 };

static struct node a = { .inode = &file_a, .serial = 3 };
static struct node b = { .inode = &file_b, .serial = 9 };
static struct node new_a = { .inode = &file_new_a, .serial = 20 };
static struct node moved_a = { .inode = &file_moved_a, .serial = 21 };

static const struct caller user = { .fsuid = 7, .fsgid = 7, .pid = 40 };
static const struct caller thread = { .fsuid = 7, .fsgid = 7, .pid = 41 };
static const struct caller hidden = { .fsuid = 7, .fsgid = 7 };
static const struct caller other = { .fsuid = 8, .fsgid = 7 };

static int begin(void **state)
{
	static struct fs fs;

	memset(&fs, 0, sizeof(fs));
	(void)pthread_mutex_init(&fs.retry_lock, NULL);
	*state = &fs;
	return 0;
}

static int end(void **state)
{
	retries_free(*state);
	return ((struct fs *)*state)->retries != NULL;
}

static bool looks_up(struct fs *fs, const struct caller *c, const char *name)
{
	bool strip;

	return retry_looks_up(fs, c, &dir, name, &strip);
}

static void a_thread_comes_back_once(void **state)
{
	retry_send_back(*state, &user, &a, false);
	assert_int_equal(retry_came_back(*state, &thread, &a), UINT64_MAX);
	assert_true(looks_up(*state, &user, "a"));
	assert_int_equal(retry_came_back(*state, &user, &a), 3);
	assert_int_equal(retry_came_back(*state, &user, &a), UINT64_MAX);
	assert_false(looks_up(*state, &user, "a"));
}

static void to_what_has_the_name_now_or_is_the_file(void **state)
{
	retry_send_back(*state, &user, &a, false);
	assert_int_equal(retry_came_back(*state, &user, &new_a), 3);
	retry_send_back(*state, &user, &a, false);
	assert_int_equal(retry_came_back(*state, &user, &moved_a), 3);
}

static void not_to_another_file(void **state)
{
	retry_send_back(*state, &user, &a, false);
	assert_int_equal(retry_came_back(*state, &user, &b), UINT64_MAX);
	/* and when it is sent back from there, the first is over */
	retry_send_back(*state, &user, &b, false);
	assert_int_equal(retry_came_back(*state, &user, &a), UINT64_MAX);
	assert_int_equal(retry_came_back(*state, &user, &b), 9);
}

static void without_a_number_only_the_name_of_the_file_counts(void **state)
{
	retry_send_back(*state, &hidden, &a, false);
	assert_true(looks_up(*state, &hidden, "a"));
	assert_false(looks_up(*state, &hidden, "b"));
	assert_false(looks_up(*state, &other, "a"));
	assert_false(looks_up(*state, &user, "a"));
}

static void without_a_number_a_first_open_takes_nothing(void **state)
{
	struct node own = { .inode = &file_a, .serial = 30, .alone = true };

	retry_send_back(*state, &hidden, &a, false);
	assert_int_equal(retry_came_back(*state, &hidden, &a), UINT64_MAX);
	assert_true(looks_up(*state, &hidden, "a"));
	/* the second has a node of its own, which is good for one open */
	assert_int_equal(retry_came_back(*state, &hidden, &own), 29);
	assert_int_equal(retry_came_back(*state, &hidden, &own), UINT64_MAX);
}

static void those_without_a_number_do_not_pile_up(void **state)
{
	struct fs *fs = *state;

	for (int k = 0; k < 100; k++)
		retry_send_back(fs, &hidden, &a, false);
	retry_send_back(fs, &hidden, &b, false);
	retry_send_back(fs, &other, &b, false);
	assert_int_equal(fs->n_retries, 3);
}

static void each_file_has_its_own_strip(void **state)
{
	bool strip = false;

	retry_send_back(*state, &hidden, &a, true);
	retry_send_back(*state, &hidden, &b, false);
	assert_true(retry_looks_up(*state, &hidden, &dir, "a", &strip));
	assert_true(strip);
	assert_true(retry_looks_up(*state, &hidden, &dir, "b", &strip));
	assert_false(strip);
}

static void a_walk_that_lost_its_file_is_repeated_for_that_name(void **state)
{
	struct node own = { .inode = &file_new_a, .serial = 30, .alone = true };

	retry_walk_again(*state, &user, &a);
	assert_true(looks_up(*state, &user, "a"));
	assert_false(looks_up(*state, &user, "b"));
	assert_false(looks_up(*state, &thread, "a"));
	/* what is newer than the walk the node that it got says */
	assert_int_equal(retry_came_back(*state, &user, &own), 29);
	assert_false(looks_up(*state, &user, "a"));
}

static void but_its_time_says_nothing_about_other_nodes(void **state)
{
	retry_walk_again(*state, &user, &a);
	assert_int_equal(retry_came_back(*state, &user, &new_a), UINT64_MAX);
}

static void who_never_came_back_is_forgotten(void **state)
{
	struct fs *fs = *state;

	retry_send_back(fs, &user, &a, false);
	seconds += 3;
	retry_send_back(fs, &thread, &b, false);
	seconds += 4;
	assert_false(looks_up(fs, &user, "a"));
	assert_int_equal(fs->n_retries, 1);
	assert_true(looks_up(fs, &thread, "b"));
	seconds += 4;
	assert_int_equal(retry_came_back(fs, &thread, &b), UINT64_MAX);
	assert_int_equal(fs->n_retries, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(a_thread_comes_back_once),
		T(to_what_has_the_name_now_or_is_the_file),
		T(not_to_another_file),
		T(without_a_number_only_the_name_of_the_file_counts),
		T(without_a_number_a_first_open_takes_nothing),
		T(those_without_a_number_do_not_pile_up),
		T(each_file_has_its_own_strip),
		T(a_walk_that_lost_its_file_is_repeated_for_that_name),
		T(but_its_time_says_nothing_about_other_nodes),
		T(who_never_came_back_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
