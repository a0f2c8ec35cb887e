// SPDX-License-Identifier: Apache-2.0
/* base/attr.c */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"

#define NAME "user.imafs-test"

/* An open file without a name, in the build: /tmp may know no user.* */
static int open_file(void)
{
	char name[] = "attr-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(unlink(name), 0);
	return fd;
}

static void a_value_of_any_size_is_appended_whole(void **state)
{
	static const size_t size[] = { 0, 1, 265, 511, 512, 513, 3000 };
	uint8_t value[3000];
	int fd = open_file();

	(void)state;
	for (size_t i = 0; i < sizeof(value); i++)
		value[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		struct buf b = BUF_INIT;

		assert_int_equal(fsetxattr(fd, NAME, value, size[i], 0), 0);
		assert_int_equal(buf_append_str(&b, "before"), 0);
		assert_int_equal(attr_read(fd, NAME, &b), 0);
		assert_int_equal(b.len, 6 + size[i]);
		assert_memory_equal(b.data, "before", 6);
		assert_memory_equal(b.data + 6, value, size[i]);
		buf_release(&b);
	}
	(void)close(fd);
}

static void all_names_are_read_whole(void **state)
{
	struct attr_file f = { .fd = open_file() };
	struct buf b = BUF_INIT;
	char name[64];
	size_t seen = 0;

	(void)state;
	assert_int_equal(attr_read_of(&f, NULL, &b), 0);
	assert_int_equal(b.len, 0);
	for (int i = 0; i < 30; i++) { /* more than the first room */
		(void)snprintf(name, sizeof(name), NAME ".%020d", i);
		assert_int_equal(fsetxattr(f.fd, name, "", 0, 0), 0);
	}
	assert_int_equal(attr_read_of(&f, NULL, &b), 0);
	for (size_t at = 0; at < b.len; seen++)
		at += strlen((const char *)b.data + at) + 1;
	assert_int_equal(seen, 30);
	buf_release(&b);
	(void)close(f.fd);
}

static void by_path_a_link_is_not_followed(void **state)
{
	char name[] = "attr-XXXXXX", link[] = "attr-link-XXXXXX";
	struct attr_file file = { .path = name }, of_link = { .path = link };
	struct buf b = BUF_INIT;
	int fd = mkstemp(name), other = mkstemp(link);

	(void)state;
	assert_true(fd >= 0 && other >= 0);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink(name, link), 0);
	assert_int_equal(fsetxattr(fd, NAME, "x", 1, 0), 0);
	assert_int_equal(attr_read_of(&of_link, NAME, &b), -ENODATA);
	assert_int_equal(attr_read_of(&file, NAME, &b), 0);
	assert_int_equal(b.len, 1);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(unlink(name), 0);
	buf_release(&b);
	(void)close(other);
	(void)close(fd);
}

static void what_is_not_there_appends_nothing(void **state)
{
	struct buf b = BUF_INIT;
	int fd = open_file();

	(void)state;
	assert_int_equal(buf_append_str(&b, "before"), 0);
	assert_int_equal(attr_read(fd, NAME, &b), -ENODATA);
	assert_int_equal(attr_read(-1, NAME, &b), -EBADF);
	assert_int_equal(attr_read(fd, "nonsense", &b), -EOPNOTSUPP);
	assert_int_equal(b.len, 6);
	buf_release(&b);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_of_any_size_is_appended_whole),
		cmocka_unit_test(all_names_are_read_whole),
		cmocka_unit_test(by_path_a_link_is_not_followed),
		cmocka_unit_test(what_is_not_there_appends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
