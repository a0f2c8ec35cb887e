// SPDX-License-Identifier: Apache-2.0
/* fs/source.c: what a name may be, and which files are one file. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs/source.h"

static char top[] = "/tmp/imafs-source-XXXXXX";
static struct source src;
static int tree; /* the directory "tree" below top, which is the source */

static void put(int dirfd, const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static int make_tree(void **state)
{
	char path[64];
	struct diag d;

	(void)state;
	assert_non_null(mkdtemp(top));
	snprintf(path, sizeof(path), "%s/tree", top);
	assert_int_equal(mkdir(path, 0700), 0);
	tree = open(path, O_RDONLY | O_DIRECTORY);
	assert_true(tree >= 0);
	put(tree, "file", "file");
	put(tree, "../outside", "outside");
	assert_int_equal(mkdirat(tree, "dir", 0700), 0);
	put(tree, "dir/inner", "inner");
	assert_int_equal(symlinkat("file", tree, "link"), 0);
	assert_int_equal(symlinkat("../outside", tree, "up"), 0);
	assert_int_equal(symlinkat("/dir/inner", tree, "dir/abs"), 0);
	assert_int_equal(linkat(tree, "file", tree, "same", 0), 0);
	assert_int_equal(source_open(path, &src, &d), 0);
	return 0;
}

static int drop_tree(void **state)
{
	static const char *const files[] = { "file",	   "link",
					     "up",	   "same",
					     "../outside", "dir/abs",
					     "dir/inner" };

	(void)state;
	source_close(&src);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlinkat(tree, files[i], 0);
	(void)unlinkat(tree, "dir", AT_REMOVEDIR);
	(void)unlinkat(tree, "../tree", AT_REMOVEDIR);
	(void)close(tree);
	return rmdir(top);
}

/* Return: as source_child(); what was opened is closed again. */
static int look(const char *name, struct stat *st, struct file_id *id)
{
	int fd = -1;
	int r = source_child(&src, src.root, name, &fd, st, id);

	if (r == 0)
		(void)close(fd);
	return r;
}

static const struct {
	const char *name;
	int expected;
	const char *why;
} refused[] = {
	{ "", -EINVAL, "no name" },
	{ "..", -EINVAL, "leads out" },
	{ "dir/inner", -EINVAL, "two names" },
	{ "/", -EINVAL, "no name in a directory" },
	{ "/tmp", -EINVAL, "absolute" },
	{ "dir/..", -EINVAL, "two names" },
	{ "missing", -ENOENT, "is not there" },
};

static void only_single_names_are_opened(void **state)
{
	struct file_id id;
	struct stat st;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (look(refused[i].name, &st, &id) != refused[i].expected)
			fail_msg("\"%s\": %s", refused[i].name, refused[i].why);
	assert_int_equal(look("file", &st, &id), 0);
}

static void a_symlink_is_opened_itself(void **state)
{
	struct file_id id;
	struct stat st;

	(void)state;
	assert_int_equal(look("link", &st, &id), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(look("up", &st, &id), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static bool equal(const struct file_id *a, const struct file_id *b)
{
	return a->size == b->size && !memcmp(a->bytes, b->bytes, a->size);
}

static void identity_is_the_files_not_the_names(void **state)
{
	struct file_id file, same, link, replaced;
	struct stat st;

	(void)state;
	assert_int_equal(look("file", &st, &file), 0);
	assert_int_equal(look("same", &st, &same), 0);
	assert_int_equal(look("link", &st, &link), 0);
	assert_true(equal(&file, &same));
	assert_false(equal(&file, &link));

	put(tree, "new", "new");
	assert_int_equal(renameat(tree, "new", tree, "same"), 0);
	assert_int_equal(look("same", &st, &replaced), 0);
	assert_false(equal(&file, &replaced));
	assert_int_equal(unlinkat(tree, "same", 0), 0);
}

/* The whole point of a generation or a birth time. */
static void a_number_that_is_used_again_is_another_file(void **state)
{
	struct file_id before, after;
	struct stat a, b = { 0 };

	(void)state;
	for (int i = 0; i < 100 && (i == 0 || a.st_ino != b.st_ino); i++) {
		put(tree, "short", "lived");
		assert_int_equal(look("short", &a, &before), 0);
		assert_int_equal(unlinkat(tree, "short", 0), 0);
		put(tree, "short", "lived");
		assert_int_equal(look("short", &b, &after), 0);
		assert_int_equal(unlinkat(tree, "short", 0), 0);
		assert_false(equal(&before, &after));
	}
}

static void a_file_is_found_by_its_handle_wherever_it_is(void **state)
{
	struct file_id id;
	struct stat st;
	char text[8] = "";
	int fd;

	(void)state;
	if (!src.handles) {
		assert_int_equal(look("file", &st, &id), 0);
		assert_int_equal(source_by_handle(&src, &id, O_RDONLY, &fd),
				 -EINVAL);
		skip();
	}
	put(tree, "wanders", "text");
	assert_int_equal(look("wanders", &st, &id), 0);
	assert_int_equal(renameat(tree, "wanders", tree, "dir/there"), 0);
	assert_int_equal(source_by_handle(&src, &id, O_RDONLY, &fd), 0);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlinkat(tree, "dir/there", 0), 0);
	assert_int_equal(source_by_handle(&src, &id, O_RDONLY, &fd), -ESTALE);
}

static void a_cut_or_overlong_identity_is_refused(void **state)
{
	struct file_id id;
	struct stat st;
	int fd;

	(void)state;
	if (!src.handles)
		skip();
	assert_int_equal(look("file", &st, &id), 0);
	for (uint16_t size = 0; size < id.size; size++) {
		struct file_id cut = id;

		cut.size = size;
		assert_int_equal(source_by_handle(&src, &cut, O_PATH, &fd),
				 -EINVAL);
	}
	id.size = FILE_ID_MAX;
	assert_int_equal(source_by_handle(&src, &id, O_PATH, &fd), -EINVAL);
}

static const struct {
	const char *path;
	int expected;
	const char *why;
} paths[] = {
	{ "file", 0, "a file" },
	{ "dir/inner", 0, "below" },
	{ "link", 0, "a link inside" },
	{ "dir/abs", 0, "the tree's root is \"/\"" },
	{ "../file", 0, "and its own parent" },
	{ "up", -ENOENT, "a link to outside ends in the tree" },
	{ "../outside", -ENOENT, "likewise" },
	{ "missing", -ENOENT, "is not there" },
};

static void a_path_stays_in_the_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int fd = -1;

		if (source_path(&src, paths[i].path, &fd) != paths[i].expected)
			fail_msg("%s: %s", paths[i].path, paths[i].why);
		if (fd >= 0)
			assert_int_equal(close(fd), 0);
	}
}

static void what_is_no_directory_is_no_source(void **state)
{
	struct diag d = { 0 };
	struct source other;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/tree/file", top);
	assert_int_equal(source_open(path, &other, &d), -ENOTDIR);
	assert_non_null(strstr(d.msg, path));
	snprintf(path, sizeof(path), "%s/missing", top);
	assert_int_equal(source_open(path, &other, &d), -ENOENT);
	assert_non_null(strstr(d.msg, path));
}

static void a_link_names_a_source_as_well(void **state)
{
	struct source other;
	char path[64];
	struct stat a, b;

	(void)state;
	snprintf(path, sizeof(path), "%s/way", top);
	assert_int_equal(symlink("tree", path), 0);
	assert_int_equal(source_open(path, &other, NULL), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(fstat(other.root, &a), 0);
	assert_int_equal(fstat(src.root, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_string_equal(other.path, src.path);
	source_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_single_names_are_opened),
		cmocka_unit_test(a_symlink_is_opened_itself),
		cmocka_unit_test(identity_is_the_files_not_the_names),
		cmocka_unit_test(a_number_that_is_used_again_is_another_file),
		cmocka_unit_test(a_file_is_found_by_its_handle_wherever_it_is),
		cmocka_unit_test(a_cut_or_overlong_identity_is_refused),
		cmocka_unit_test(a_path_stays_in_the_tree),
		cmocka_unit_test(what_is_no_directory_is_no_source),
		cmocka_unit_test(a_link_names_a_source_as_well),
	};

	return cmocka_run_group_tests(tests, make_tree, drop_tree);
}
