/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are loaded into a store. After cmocka.h. */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store.h"

#define KIB ((uint64_t)1024)
#define MIB (KIB * KIB)

/* The identity of file number @n. */
static inline const uint8_t *file(uint64_t n)
{
	static uint8_t key[FILE_KEY_SIZE];

	memcpy(key, &n, sizeof(n));
	return key;
}

static inline struct content_key key_of(uint64_t n, const struct stat *st)
{
	struct content_key k = { .print = fingerprint_of(st) };

	memcpy(k.file, &n, sizeof(n));
	return k;
}

static inline int open_again(int fd, int flags)
{
	char path[64];
	int again;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, flags | O_CLOEXEC);
	assert_true(again >= 0);
	return again;
}

/*
 * An unnamed file of @size bytes, each its offset times @seed. Read-only: one
 * that has a writer is never settled.
 */
static inline int make_file(size_t size, unsigned seed)
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
static inline void let_it_settle(void)
{
	static const struct timespec t = { .tv_nsec = 60000000 };

	(void)nanosleep(&t, NULL);
}

static inline struct store *new_store(uint64_t budget)
{
	struct store *s = NULL;

	assert_int_equal(store_new(budget, &s), 0);
	return s;
}

static unsigned made, released;

static inline int make_id(void *arg, int fd)
{
	(void)arg;
	return fd >= 0 ? (int)++made : -EIO;
}

static inline void release_id(void *arg, int id)
{
	(void)arg;
	(void)id;
	released++;
}

#endif
