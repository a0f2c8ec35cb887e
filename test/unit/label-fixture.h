/* SPDX-License-Identifier: Apache-2.0 */
/* Labels as values, and the keys that they are checked with. After cmocka.h. */
#ifndef TEST_LABEL_FIXTURE_H
#define TEST_LABEL_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "keyring.h"

/* A label is at most this long here. */
#define VALUE_MAX 400

struct value {
	uint8_t bytes[VALUE_MAX];
	size_t len;
};

static struct keyring *ring;
static struct signing_key *p256;

static inline const char *data_file(const char *name)
{
	static char path[4096];
	const char *dir = getenv("TEST_DATA");

	assert_non_null(dir);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* @file: to be loaded into ring; keys/p256.key becomes p256. 0 or not. */
static inline int load_keys(const char *const *file, size_t n)
{
	if (keyring_new(&ring) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (keyring_load(ring, data_file(file[i]), NULL) < 0)
			return -1;
	}
	return signing_key_load(data_file("keys/p256.key"), NULL, NULL, &p256,
				NULL);
}

static inline int free_keys(void **state)
{
	(void)state;
	keyring_free(ring);
	signing_key_free(p256);
	return 0;
}

#endif
