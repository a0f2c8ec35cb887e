// SPDX-License-Identifier: Apache-2.0
/* fs/store/: how much is kept, and what goes first. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "store-fixture.h"

static void closed_objects_are_evicted_oldest_first(void **state)
{
	struct store *s = new_store(300 * KIB);
	struct content_key key[4];
	struct store_info info;
	struct object *o;

	(void)state;
	for (uint64_t i = 0; i < 4; i++) {
		int fd = make_file(90 * KIB, (unsigned)i + 1);
		struct stat st;

		let_it_settle();
		assert_int_equal(fstat(fd, &st), 0);
		key[i] = key_of(i + 1, &st);
		assert_int_equal(
			store_load(s, file(i + 1), fd, HASH_ALG_SHA256, &o), 0);
		object_unref(o);
		if (i == 2) { /* used again: now the newest */
			o = store_find(s, &key[0]);
			assert_non_null(o);
			object_unref(o);
		}
		(void)close(fd);
	}
	store_stat(s, &info);
	assert_int_equal(info.evicted, 1);
	assert_true(info.used <= info.budget);
	assert_null(store_find(s, &key[1]));
	o = store_find(s, &key[0]);
	assert_non_null(o);
	object_unref(o);
	store_free(s);
}

static void open_objects_are_never_evicted(void **state)
{
	struct store *s = new_store(200 * KIB);
	int a = make_file(150 * KIB, 1), b = make_file(100 * KIB, 2);
	int big = make_file(300 * KIB, 3);
	struct object *o, *n = NULL;
	struct store_info info;

	(void)state;
	assert_int_equal(store_load(s, file(1), a, HASH_ALG_SHA256, &o), 0);
	assert_int_equal(store_load(s, file(2), b, HASH_ALG_SHA256, &n),
			 -ENOMEM);
	assert_int_equal(store_load(s, file(3), big, HASH_ALG_SHA256, &n),
			 -ENOMEM);
	assert_null(n);
	object_unref(o);
	assert_int_equal(store_load(s, file(2), b, HASH_ALG_SHA256, &n), 0);
	object_unref(n);
	store_stat(s, &info);
	assert_true(info.used <= info.budget);
	store_free(s);
	(void)close(a);
	(void)close(b);
	(void)close(big);
}

static void few_descriptors_are_for_open_files_first(void **state)
{
	struct rlimit before, few = { 0 };
	struct store_info info;
	struct store *s;
	uint64_t n;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	s = new_store(MIB);
	for (uint64_t i = 0; i < 24; i++) {
		int fd = make_file(10, (unsigned)i + 1);
		struct object *o;

		let_it_settle();
		assert_int_equal(
			store_load(s, file(i + 1), fd, HASH_ALG_SHA256, &o), 0);
		object_unref(o);
		(void)close(fd);
	}
	assert_true(store_descriptor(s, 32)); /* there are enough */
	store_stat(s, &info);
	assert_int_equal(info.objects, 24);
	assert_true(store_descriptor(s, 62));
	store_stat(s, &info);
	assert_true(info.objects < 24);
	n = info.objects;
	assert_true(store_descriptor(s, -1));
	store_stat(s, &info);
	assert_int_equal(info.objects, n);
	while (info.objects) {
		assert_true(store_descriptor(s, 63));
		store_stat(s, &info);
	}
	assert_false(store_descriptor(s, 63)); /* nothing is left to give */
	store_free(s);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* As the kernel does for a mapping of a file that is passed through. */
static void *map_backing(struct object *o)
{
	int fd = open_again(object_fd(o), O_RDONLY);
	void *p = mmap(NULL, object_size(o), PROT_READ, MAP_SHARED, fd, 0);

	assert_true(p != MAP_FAILED);
	(void)close(fd);
	return p;
}

static struct object *load_backed(struct store *s, uint64_t n, int fd)
{
	struct object *o;

	assert_int_equal(store_load(s, file(n), fd, HASH_ALG_SHA256, &o), 0);
	assert_true(object_backing(o, make_id, release_id, NULL) > 0);
	return o;
}

static uint64_t used(struct store *s)
{
	struct store_info info;

	store_stat(s, &info);
	return info.used;
}

static void what_is_mapped_stays_and_is_counted(void **state)
{
	struct store *s = new_store(400 * KIB);
	int a = make_file(150 * KIB, 1), b = make_file(100 * KIB, 2);
	int c = make_file(300 * KIB, 3);
	struct store_info info;
	struct object *o, *n = NULL;
	uint64_t before;
	void *p;

	(void)state;
	store_stat(s, &info);
	if (!info.tmpfs) /* without it nothing is passed through */
		skip();
	let_it_settle();
	o = load_backed(s, 1, a);
	p = map_backing(o);
	object_unref(o);
	object_unref(load_backed(s, 2, b));
	assert_true(store_mapped(s, file(1)));
	assert_false(store_mapped(s, file(2)));
	before = used(s);
	/* the younger one makes room, and that is not enough */
	assert_int_equal(store_load(s, file(3), c, HASH_ALG_SHA256, &n),
			 -ENOMEM);
	assert_true(used(s) < before && used(s) >= 150 * KIB);
	(void)munmap(p, 150 * KIB);
	assert_false(store_mapped(s, file(1)));
	assert_int_equal(store_load(s, file(3), c, HASH_ALG_SHA256, &n), 0);
	object_unref(n);
	store_free(s);
	(void)close(a);
	(void)close(b);
	(void)close(c);
}

/* Dropped, or another content of the same file has come. */
static void what_nobody_finds_is_counted_while_it_is_mapped(void **state)
{
	struct store *s = new_store(MIB);
	int a = make_file(150 * KIB, 1), b = make_file(100 * KIB, 2);
	struct store_info info;
	struct object *o;
	void *p, *q;

	(void)state;
	store_stat(s, &info);
	if (!info.tmpfs)
		skip();
	let_it_settle();
	o = load_backed(s, 1, a);
	p = map_backing(o);
	object_unref(o);
	o = load_backed(s, 1, b);
	assert_true(used(s) >= 250 * KIB);
	q = map_backing(o);
	object_drop(o);
	object_unref(o);
	assert_true(used(s) >= 250 * KIB);
	assert_true(store_mapped(s, file(1)));
	(void)munmap(p, 150 * KIB);
	assert_true(store_mapped(s, file(1)));
	(void)munmap(q, 100 * KIB);
	assert_false(store_mapped(s, file(1)));
	object_unref(load_backed(s, 2, b));
	assert_true(used(s) < 110 * KIB);
	store_stat(s, &info);
	assert_int_equal(info.objects, 1);
	assert_int_equal(info.evicted, 0);
	store_free(s);
	(void)close(a);
	(void)close(b);
}

/* Looks whether an object is mapped: the store's calls come here, too. */
static atomic_uint leases;

int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	if (cmd == F_SETLEASE && (int)arg == F_WRLCK)
		atomic_fetch_add(&leases, 1);
	return (int)syscall(SYS_fcntl, fd, cmd, arg);
}

#define ORPHANS 100
#define SMALL	300

/* A client can have many, and all of it happens under one lock. */
static void few_of_what_is_mapped_are_looked_at_per_load(void **state)
{
	struct store *s = new_store(4 * MIB);
	int fd = make_file(10, 1), big = make_file(3 * MIB, 2);
	struct store_info info;
	void *map[ORPHANS];
	struct object *o;

	(void)state;
	store_stat(s, &info);
	if (!info.tmpfs)
		skip();
	let_it_settle();
	for (uint64_t i = 0; i < ORPHANS; i++) {
		o = load_backed(s, 1, fd);
		map[i] = map_backing(o);
		object_drop(o);
		object_unref(o);
	}
	for (uint64_t i = 0; i < SMALL; i++)
		object_unref(load_backed(s, i + 2, fd));
	atomic_store(&leases, 0);
	object_unref(load_backed(s, 1, big));
	assert_true(atomic_load(&leases) > 0);
	assert_in_range(atomic_load(&leases), 0, SMALL + ORPHANS);
	store_stat(s, &info);
	assert_in_range(info.objects, ORPHANS + 1, ORPHANS + SMALL);
	/* they go all the same, bit by bit */
	for (uint64_t i = 0; i < ORPHANS; i++)
		(void)munmap(map[i], 10);
	for (uint64_t i = 0; i < ORPHANS; i++)
		object_unref(load_backed(s, 1, fd));
	store_stat(s, &info);
	assert_in_range(info.objects, 1, SMALL);
	store_free(s);
	(void)close(fd);
	(void)close(big);
}

/* Whether this thread may make file systems. Return: whether it might. */
static bool may_mount(bool yes)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];
	uint32_t mask = CAP_TO_MASK(CAP_SYS_ADMIN), *set;
	bool might;

	assert_int_equal(syscall(SYS_capget, &head, caps), 0);
	set = &caps[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective;
	might = *set & mask;
	*set = yes ? *set | mask : *set & ~mask;
	assert_int_equal(syscall(SYS_capset, &head, caps), 0);
	return might;
}

static void what_is_in_a_memfd_makes_room_too(void **state)
{
	bool might = may_mount(false);
	struct store *s = new_store(200 * KIB);
	int a = make_file(150 * KIB, 1), b = make_file(100 * KIB, 2);
	struct store_info info;

	(void)state;
	if (might)
		(void)may_mount(true);
	store_stat(s, &info);
	assert_false(info.tmpfs);
	let_it_settle();
	object_unref(load_backed(s, 1, a));
	object_unref(load_backed(s, 2, b));
	assert_true(used(s) < 110 * KIB);
	store_free(s);
	(void)close(a);
	(void)close(b);
}

/* Mappings of this process: lines of text. */
static size_t mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	size_t n = 0;
	int c;

	assert_non_null(f);
	while ((c = fgetc(f)) != EOF)
		n += c == '\n';
	(void)fclose(f);
	return n;
}

static void a_digest_keeps_no_mapping(void **state)
{
	struct store *s = new_store(MIB);
	int fd = make_file(10, 1);
	struct store_info info;
	struct object *o[20];
	struct digest d;
	size_t before;

	(void)state;
	store_stat(s, &info);
	if (!info.noswap) { /* then all are mapped, to be locked */
		store_free(s);
		(void)close(fd);
		skip();
	}
	for (uint64_t i = 0; i < 20; i++)
		assert_int_equal(
			store_load(s, file(i), fd, HASH_ALG_SHA256, &o[i]), 0);
	assert_int_equal(object_digest(o[0], HASH_ALG_SHA1, &d), 0);
	before = mappings();
	for (uint64_t i = 0; i < 20; i++)
		assert_int_equal(object_digest(o[i], HASH_ALG_SHA1, &d), 0);
	assert_in_range(mappings(), 0, before + 5);
	for (uint64_t i = 0; i < 20; i++)
		object_unref(o[i]);
	store_free(s);
	(void)close(fd);
}

/* The sanitizer's allocator needs mappings itself, and ends us without. */
#ifndef __SANITIZE_ADDRESS__
#define PAGE ((size_t)4096)
#define MANY ((size_t)1 << 18) /* pages of different kinds: no two are one */

static void what_cannot_be_mapped_is_loaded_all_the_same(void **state)
{
	bool might = may_mount(false);
	struct store *s = new_store(MIB);
	int fd = make_file(10, 1);
	struct object *o = NULL, *p = NULL;
	size_t n = 0;
	uint8_t *all;
	int r;

	(void)state;
	if (might)
		(void)may_mount(true);
	assert_int_equal(store_load(s, file(1), fd, HASH_ALG_SHA256, &o), 0);
	all = mmap(NULL, MANY * PAGE, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(all != MAP_FAILED);
	while (n < MANY && !mprotect(all + n * PAGE, PAGE, PROT_READ))
		n += 2;
	for (int i = 0; i < 4; i++) /* that took two at a time */
		(void)mmap(NULL, PAGE, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS,
			   -1, 0);
	r = n < MANY ? store_load(s, file(2), fd, HASH_ALG_SHA256, &p) : 1;
	(void)munmap(all, MANY * PAGE);
	if (r <= 0) { /* else the kernel admits more than this test makes */
		assert_int_equal(r, 0);
		assert_false(object_locked(p));
		assert_int_equal(object_size(p), 10);
	}
	object_unref(o);
	object_unref(p);
	store_free(s);
	(void)close(fd);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed_objects_are_evicted_oldest_first),
		cmocka_unit_test(open_objects_are_never_evicted),
		cmocka_unit_test(what_is_mapped_stays_and_is_counted),
		cmocka_unit_test(
			what_nobody_finds_is_counted_while_it_is_mapped),
		cmocka_unit_test(few_of_what_is_mapped_are_looked_at_per_load),
		cmocka_unit_test(what_is_in_a_memfd_makes_room_too),
		cmocka_unit_test(few_descriptors_are_for_open_files_first),
		cmocka_unit_test(a_digest_keeps_no_mapping),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(what_cannot_be_mapped_is_loaded_all_the_same),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
