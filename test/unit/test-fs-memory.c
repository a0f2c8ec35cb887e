// SPDX-License-Identifier: Apache-2.0
/* fs/memory.h: limits of control groups, from texts and a tree of files. */
#include <limits.h>
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

#include "fs/memory.h"

static char dir[64];

static void put(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	for (char *p = path + strlen(dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int make_tree(void **state)
{
	(void)state;
	(void)strcpy(dir, "/tmp/imafs-memory.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	put("v2/memory.max", "max\n"); /* of a container's root, for instance */
	put("v2/a/memory.max", "1000000\n");
	put("v2/a/b/memory.max", "3000000\n");
	put("v2/c/memory.max", "max\n");
	put("v1/memory.limit_in_bytes", "9223372036854771712\n");
	put("v1/a/memory.limit_in_bytes", "500000\n");
	put("v 1/memory.limit_in_bytes", "77777\n");
	return 0;
}

static int remove_tree(void **state)
{
	static const char *const names[] = {
		"v2/a/b/memory.max",
		"v2/a/b",
		"v2/a/memory.max",
		"v2/a",
		"v2/c/memory.max",
		"v2/c",
		"v2/memory.max",
		"v2",
		"v1/a/memory.limit_in_bytes",
		"v1/a",
		"v1/memory.limit_in_bytes",
		"v1",
		"v 1/memory.limit_in_bytes",
		"v 1",
		"",
	};
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (remove(path))
			return -1;
	}
	return 0;
}

/* Of a process in @groups, with part @root of a hierarchy mounted at @name. */
static uint64_t limit(const char *groups, const char *root, const char *name,
		      const char *type, const char *options)
{
	char text[512];
	FILE *g, *m;
	uint64_t n;

	g = fmemopen((void *)(uintptr_t)groups, strlen(groups), "r");
	assert_non_null(g);
	(void)snprintf(text, sizeof(text),
		       "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
		       "30 22 0:26 %s %s/%s rw,nosuid shared:9 - %s cgroup "
		       "%s\n",
		       root, dir, name, type, options);
	m = fmemopen(text, strlen(text), "r");
	assert_non_null(m);
	n = memory_limit_of(g, m);
	(void)fclose(g);
	(void)fclose(m);
	return n;
}

static void the_least_limit_on_the_way_up_counts(void **state)
{
	(void)state;
	assert_int_equal(limit("0::/a/b\n", "/", "v2", "cgroup2", "rw"),
			 1000000);
	assert_int_equal(limit("0::/a\n", "/", "v2", "cgroup2", "rw"), 1000000);
	assert_true(limit("0::/c\n", "/", "v2", "cgroup2", "rw") == UINT64_MAX);
	assert_true(limit("0::/\n", "/", "v2", "cgroup2", "rw") == UINT64_MAX);
	/* the group is gone, or has no limit of its own */
	assert_int_equal(limit("0::/a/x/y\n", "/", "v2", "cgroup2", "rw"),
			 1000000);
}

static void only_the_memory_controller_of_version_1_counts(void **state)
{
	static const char groups[] = "9:cpu,cpuacct:/\n"
				     "4:memory:/a\n"
				     "0::/\n";

	(void)state;
	assert_int_equal(limit(groups, "/", "v1", "cgroup", "rw,memory"),
			 500000);
	assert_true(limit(groups, "/", "v1", "cgroup", "rw,cpu,cpuacct") ==
		    UINT64_MAX);
	assert_true(limit("4:memory2:/a\n", "/", "v1", "cgroup", "rw,memory") ==
		    UINT64_MAX);
}

static void a_container_sees_its_own_group_as_the_root(void **state)
{
	(void)state;
	/* without a namespace of its own the mount shows a part */
	assert_int_equal(limit("4:memory:/docker/1/a\n", "/docker/1", "v1",
			       "cgroup", "rw,memory"),
			 500000);
	assert_int_equal(limit("0::/kubepods/7\n", "/kubepods/7", "v2/a",
			       "cgroup2", "rw"),
			 1000000);
	/* another's part says nothing */
	assert_true(limit("0::/kubepods/7\n", "/kubepods/77", "v2/a", "cgroup2",
			  "rw") == UINT64_MAX);
	assert_true(limit("0::/kubepods/77\n", "/kubepods/7", "v2/a", "cgroup2",
			  "rw") == UINT64_MAX);
	/* above its root */
	assert_int_equal(limit("0::/../8\n", "/", "v2/a", "cgroup2", "rw"),
			 1000000);
}

static void blanks_in_paths_are_escaped(void **state)
{
	(void)state;
	assert_int_equal(
		limit("4:memory:/\n", "/", "v\\0401", "cgroup", "rw,memory"),
		77777);
}

static void text_that_makes_no_sense_is_no_limit(void **state)
{
	static const char *const bad[] = { "\n",  ":",	      "0:",
					   "0::", "memory\n", "4:memory" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(limit(bad[i], "/", "none", "cgroup2", "rw") ==
			    UINT64_MAX);
	assert_true(limit("0::/a\n", "", "", "", "") == UINT64_MAX);
}

static void this_process_has_memory(void **state)
{
	(void)state;
	assert_true(memory_size() > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_limit_on_the_way_up_counts),
		cmocka_unit_test(
			only_the_memory_controller_of_version_1_counts),
		cmocka_unit_test(a_container_sees_its_own_group_as_the_root),
		cmocka_unit_test(blanks_in_paths_are_escaped),
		cmocka_unit_test(text_that_makes_no_sense_is_no_limit),
		cmocka_unit_test(this_process_has_memory),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
