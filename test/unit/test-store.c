// SPDX-License-Identifier: Apache-2.0
/* fs/store/: what was hashed is what is served, within a budget. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store.h"

#define KIB ((uint64_t)1024)
#define MIB (KIB * KIB)

/* The identity of file number @n. */
static const uint8_t *file(uint64_t n)
{
	static uint8_t key[FILE_KEY_SIZE];

	memcpy(key, &n, sizeof(n));
	return key;
}

static struct content_key key_of(uint64_t n, const struct stat *st)
{
	struct content_key k = { .print = fingerprint_of(st) };

	memcpy(k.file, &n, sizeof(n));
	return k;
}

/* An unnamed file of @size bytes, each its offset times @seed. */
static int open_again(int fd, int flags)
{
	char path[64];
	int again;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, flags | O_CLOEXEC);
	assert_true(again >= 0);
	return again;
}

/* Read-only: a file with a writer is never settled. */
static int make_file(size_t size, unsigned seed)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	uint8_t *data = malloc(size + 1);
	int reader;

	assert_true(fd >= 0 && data);
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(i * seed + i / 4096);
	assert_int_equal(pwrite(fd, data, size, 0), size);
	free(data);
	reader = open_again(fd, O_RDONLY);
	(void)close(fd);
	return reader;
}

/* As if the file had been written an hour ago: ctime cannot be set, so wait. */
static void let_it_settle(void)
{
	static const struct timespec t = { .tv_nsec = 60000000 };

	(void)nanosleep(&t, NULL);
}

static struct store *new_store(uint64_t budget)
{
	struct store *s = NULL;

	assert_int_equal(store_new(budget, &s), 0);
	return s;
}

static void the_digest_is_of_the_bytes_that_are_served(void **state)
{
	static const size_t sizes[] = { 0,	 1,	  4095,
					4096,	 262143,  262144,
					262145,	 300000,  2 * MIB + 1,
					5 * MIB, 8 * MIB, 17 * MIB + 123 };
	struct store *s = new_store(64 * MIB);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd = make_file(sizes[i], 7);
		struct digest got, want;
		struct object *o;
		uint8_t *copy = malloc(sizes[i] + 1);

		assert_non_null(copy);
		assert_int_equal(
			store_load(s, file(i + 1), fd, HASH_ALG_SHA256, &o), 0);
		assert_int_equal(object_size(o), sizes[i]);
		assert_int_equal(pread(object_fd(o), copy, sizes[i] + 1, 0),
				 sizes[i]);
		assert_int_equal(
			digest_of(HASH_ALG_SHA256, copy, sizes[i], &want), 0);
		assert_int_equal(object_digest(o, HASH_ALG_SHA256, &got), 0);
		assert_true(digest_equal(&got, &want));
		/* another algorithm, from the locked bytes */
		assert_int_equal(
			digest_of(HASH_ALG_SHA1, copy, sizes[i], &want), 0);
		assert_int_equal(object_digest(o, HASH_ALG_SHA1, &got), 0);
		assert_true(digest_equal(&got, &want));
		object_unref(o);
		(void)close(fd);
		free(copy);
	}
	store_free(s);
}

struct scribbler {
	int fd;
	size_t size;
	atomic_bool end;
};

/* Writes all over the file, and makes it shorter and longer. */
static void *scribble(void *arg)
{
	struct scribbler *w = arg;
	uint64_t n = 0;

	while (!atomic_load(&w->end)) {
		n++;
		(void)!pwrite(w->fd, &n, sizeof(n),
			      (off_t)(n * 1000003 % w->size));
		if (n % 500 == 0)
			(void)!ftruncate(w->fd, (off_t)(n * 7919 % w->size));
		if (n % 500 == 250)
			(void)!ftruncate(w->fd, (off_t)w->size);
	}
	return NULL;
}

static void a_mixture_has_the_digest_of_the_mixture(void **state)
{
	struct scribbler w = { .size = 24 * MIB };
	struct store *s = new_store(64 * MIB);
	int fd = make_file(w.size, 11);
	pthread_t t;

	(void)state;
	w.fd = open_again(fd, O_WRONLY);
	assert_int_equal(pthread_create(&t, NULL, scribble, &w), 0);
	for (uint64_t i = 0; i < 30; i++) {
		struct digest got, want;
		struct object *o;

		assert_int_equal(
			store_load(s, file(i + 1), fd, HASH_ALG_SHA256, &o), 0);
		assert_false(object_settled(o));
		assert_int_equal(object_digest(o, HASH_ALG_SHA256, &got), 0);
		assert_int_equal(digest_of(HASH_ALG_SHA256, object_data(o),
					   object_size(o), &want),
				 0);
		assert_true(digest_equal(&got, &want));
		object_unref(o);
	}
	atomic_store(&w.end, true);
	assert_int_equal(pthread_join(t, NULL), 0);
	store_free(s);
	(void)close(w.fd);
	(void)close(fd);
}

static void nobody_can_write_an_object(void **state)
{
	struct store *s = new_store(MIB);
	int fd = make_file(5000, 3), again;
	struct object *o;
	char path[64];

	(void)state;
	assert_int_equal(store_load(s, file(1), fd, HASH_ALG_SHA256, &o), 0);
	assert_int_equal(pwrite(object_fd(o), "x", 1, 0), -1);
	assert_int_equal(errno, EBADF);
	assert_ptr_equal(
		mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, object_fd(o), 0),
		MAP_FAILED);
	assert_int_equal(ftruncate(object_fd(o), 0), -1);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", object_fd(o));
	again = open(path, O_RDWR);
	if (again >= 0) { /* root may; a memfd is sealed all the same */
		struct store_info info;

		store_stat(s, &info);
		if (!info.tmpfs) {
			assert_int_equal(pwrite(again, "x", 1, 0), -1);
			assert_int_equal(errno, EPERM);
		}
		(void)close(again);
	}
	object_unref(o);
	store_free(s);
	(void)close(fd);
}

static void a_later_write_is_not_seen_and_makes_another_object(void **state)
{
	struct store *s = new_store(MIB);
	int fd = make_file(100, 3);
	struct object *o, *n;
	struct content_key key;
	struct stat st;
	uint8_t before, after;
	int writer;

	(void)state;
	let_it_settle();
	assert_int_equal(store_load(s, file(9), fd, HASH_ALG_SHA256, &o), 0);
	assert_true(object_settled(o));
	before = object_data(o)[5];
	after = (uint8_t)~before;
	writer = open_again(fd, O_WRONLY);
	assert_int_equal(pwrite(writer, &after, 1, 5), 1);
	(void)close(writer);
	assert_int_equal(object_data(o)[5], before);
	assert_int_equal(fstat(fd, &st), 0);
	key = key_of(9, &st);
	assert_null(store_find(s, &key));
	assert_int_equal(store_load(s, file(9), fd, HASH_ALG_SHA256, &n), 0);
	assert_int_equal(object_data(n)[5], after);
	object_unref(o);
	object_unref(n);
	store_free(s);
	(void)close(fd);
}

static void the_content_before_gives_its_memory_back(void **state)
{
	struct store *s = new_store(MIB);
	int fd = make_file(100, 3);
	struct object *o, *kept = NULL;
	struct store_info info;

	(void)state;
	for (int i = 0; i < 4; i++) {
		int writer = open_again(fd, O_WRONLY);

		assert_int_equal(pwrite(writer, &i, 1, i), 1);
		(void)close(writer);
		let_it_settle();
		assert_int_equal(
			store_load(s, file(9), fd, HASH_ALG_SHA256, &o), 0);
		assert_true(object_settled(o));
		if (i == 1)
			kept = o;
		else
			object_unref(o);
	}
	store_stat(s, &info);
	assert_int_equal(info.objects, 2); /* the last one, and what is open */
	assert_int_equal(object_data(kept)[1], 1);
	assert_int_not_equal(object_data(kept)[2], 2);
	object_unref(kept);
	store_stat(s, &info);
	assert_int_equal(info.objects, 1);
	store_free(s);
	(void)close(fd);
}

static void content_that_has_a_writer_is_not_cached(void **state)
{
	struct store *s = new_store(MIB);
	int fd = make_file(100, 3);
	int writer = open_again(fd, O_RDWR);
	struct object *o;

	(void)state;
	let_it_settle();
	assert_int_equal(store_load(s, file(8), fd, HASH_ALG_SHA256, &o), 0);
	assert_false(object_settled(o));
	object_unref(o);
	(void)close(writer);
	assert_int_equal(store_load(s, file(8), fd, HASH_ALG_SHA256, &o), 0);
	assert_true(object_settled(o));
	object_unref(o);
	store_free(s);
	(void)close(fd);
}

static void content_that_was_just_written_is_not_cached(void **state)
{
	struct store *s = new_store(MIB);
	int fd = make_file(100, 3);
	struct content_key key;
	struct object *o;
	struct stat st;

	(void)state;
	assert_int_equal(store_load(s, file(1), fd, HASH_ALG_SHA256, &o), 0);
	assert_false(object_settled(o));
	assert_int_equal(fstat(fd, &st), 0);
	key = key_of(1, &st);
	assert_null(store_find(s, &key));
	object_unref(o);
	store_free(s);
	(void)close(fd);
}

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
	store_descriptor(s, 32); /* there are enough */
	store_stat(s, &info);
	assert_int_equal(info.objects, 24);
	store_descriptor(s, 62);
	store_stat(s, &info);
	assert_true(info.objects < 24);
	n = info.objects;
	store_descriptor(s, -1);
	store_stat(s, &info);
	assert_int_equal(info.objects, n);
	while (info.objects) {
		store_descriptor(s, 63);
		store_stat(s, &info);
	}
	store_descriptor(s, 63); /* nothing is left to give */
	store_free(s);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static unsigned made, released;

static int make_id(void *arg, int fd)
{
	(void)arg;
	return fd >= 0 ? (int)++made : -EIO;
}

static void release_id(void *arg, int id)
{
	(void)arg;
	(void)id;
	released++;
}

static void a_backing_is_made_once_and_released_with_the_object(void **state)
{
	struct store *s = new_store(MIB);
	int fd = make_file(10, 1);
	struct object *o;

	(void)state;
	made = released = 0;
	assert_int_equal(store_load(s, file(1), fd, HASH_ALG_SHA256, &o), 0);
	assert_int_equal(object_backing(o, make_id, release_id, NULL), 1);
	assert_int_equal(object_backing(o, make_id, release_id, NULL), 1);
	object_drop(o);
	object_unref(o);
	assert_int_equal(made, 1);
	assert_int_equal(released, 1);
	store_free(s);
	(void)close(fd);
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

struct race {
	struct store *s;
	int fd;
};

static void *load_often(void *arg)
{
	struct race *r = arg;

	for (int i = 0; i < 200; i++) {
		uint64_t n = (uint64_t)i % 5 + 1;
		struct content_key key = { 0 };
		struct object *o;

		memcpy(key.file, &n, sizeof(n));
		if (store_load(r->s, key.file, r->fd, HASH_ALG_SHA256, &o) ==
		    0) {
			if (object_size(o) != 20000)
				abort();
			object_unref(o);
		}
	}
	return NULL;
}

static void threads_may_load_the_same_content(void **state)
{
	struct race r = { new_store(100 * KIB), make_file(20000, 5) };
	struct store_info info;
	pthread_t t[4];

	(void)state;
	let_it_settle();
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, load_often, &r),
				 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	store_stat(r.s, &info);
	assert_true(info.used <= info.budget);
	assert_true(info.objects <= 5);
	store_free(r.s);
	(void)close(r.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_is_of_the_bytes_that_are_served),
		cmocka_unit_test(a_mixture_has_the_digest_of_the_mixture),
		cmocka_unit_test(nobody_can_write_an_object),
		cmocka_unit_test(
			a_later_write_is_not_seen_and_makes_another_object),
		cmocka_unit_test(the_content_before_gives_its_memory_back),
		cmocka_unit_test(content_that_has_a_writer_is_not_cached),
		cmocka_unit_test(content_that_was_just_written_is_not_cached),
		cmocka_unit_test(closed_objects_are_evicted_oldest_first),
		cmocka_unit_test(open_objects_are_never_evicted),
		cmocka_unit_test(what_is_mapped_stays_and_is_counted),
		cmocka_unit_test(
			what_nobody_finds_is_counted_while_it_is_mapped),
		cmocka_unit_test(few_of_what_is_mapped_are_looked_at_per_load),
		cmocka_unit_test(what_is_in_a_memfd_makes_room_too),
		cmocka_unit_test(few_descriptors_are_for_open_files_first),
		cmocka_unit_test(
			a_backing_is_made_once_and_released_with_the_object),
		cmocka_unit_test(threads_may_load_the_same_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
