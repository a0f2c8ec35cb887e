// SPDX-License-Identifier: Apache-2.0
/* fs/store/: what was hashed is what is served. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store-fixture.h"

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
		cmocka_unit_test(
			a_backing_is_made_once_and_released_with_the_object),
		cmocka_unit_test(threads_may_load_the_same_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
