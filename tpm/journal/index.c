// SPDX-License-Identifier: Apache-2.0
/* The entry index and the duplicate table; see index.h. */
#include "tpm/journal/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <xxhash.h>

#include "base/cleanup.h"

#define CHUNK	    4096 /* entries */
#define SLOTS_FIRST 1024

int index_init(struct index *x)
{
	*x = (struct index){ 0 };
	if (getrandom(&x->seed, sizeof(x->seed), 0) != (ssize_t)sizeof(x->seed))
		return errno ? -errno : -EIO;
	return 0;
}

void index_release(struct index *x)
{
	for (size_t i = 0; i < x->n_chunks; i++)
		free(x->chunk[i]);
	free(x->chunk);
	free(x->slot);
	*x = (struct index){ 0 };
}

void index_key(const struct digest *d, uint8_t ret[INDEX_KEY_SIZE])
{
	size_t n = d->size < INDEX_KEY_SIZE ? d->size : INDEX_KEY_SIZE;

	memset(ret, 0, INDEX_KEY_SIZE);
	memcpy(ret, d->bytes, n);
}

const struct index_entry *index_at(const struct index *x, uint64_t i)
{
	return &x->chunk[i / CHUNK][i % CHUNK];
}

static uint64_t hash(const struct index *x, unsigned pcr,
		     const uint8_t key[INDEX_KEY_SIZE])
{
	return XXH64(key, INDEX_KEY_SIZE, x->seed + pcr);
}

bool index_has(const struct index *x, unsigned pcr,
	       const uint8_t key[INDEX_KEY_SIZE])
{
	size_t mask = x->n_slots - 1, i;

	if (!x->n_listed)
		return false;
	i = hash(x, pcr, key) & mask;
	for (; x->slot[i]; i = (i + 1) & mask) {
		const struct index_entry *e = index_at(x, x->slot[i] - 1);

		if (e->pcr == pcr && memcmp(e->key, key, INDEX_KEY_SIZE) == 0)
			return true;
	}
	return false;
}

static void insert(const struct index *x, uint32_t *slot, size_t n_slots,
		   uint32_t number)
{
	const struct index_entry *e = index_at(x, number);
	size_t i = hash(x, e->pcr, e->key) & (n_slots - 1);

	while (slot[i])
		i = (i + 1) & (n_slots - 1);
	slot[i] = number + 1;
}

static bool chunks_full(const struct index *x)
{
	return x->count == x->n_chunks * CHUNK;
}

/* At most three quarters, or the runs of taken slots get long. */
static bool slots_full(const struct index *x)
{
	return 4 * (x->n_listed + 1) > 3 * x->n_slots;
}

bool index_has_room(const struct index *x)
{
	return !chunks_full(x) && !slots_full(x) && x->count < UINT32_MAX - 1;
}

static int prepare_chunk(const struct index *x, struct index_room *ret)
{
	ret->fresh = malloc(CHUNK * sizeof(*ret->fresh));
	if (!ret->fresh)
		return -ENOMEM;
	if (x->n_chunks < x->cap_chunks)
		return 0;
	ret->cap_chunks = x->cap_chunks ? 2 * x->cap_chunks : 16;
	ret->chunk = calloc(ret->cap_chunks, sizeof(struct index_entry *));
	if (!ret->chunk)
		return -ENOMEM;
	if (x->n_chunks)
		memcpy(ret->chunk, x->chunk,
		       x->n_chunks * sizeof(struct index_entry *));
	return 0;
}

static int prepare_slots(const struct index *x, struct index_room *ret)
{
	ret->n_slots = x->n_slots ? 2 * x->n_slots : SLOTS_FIRST;
	ret->slot = calloc(ret->n_slots, sizeof(*ret->slot));
	if (!ret->slot)
		return -ENOMEM;
	for (uint64_t i = 0; i < x->count; i++) {
		if (index_at(x, i)->listed)
			insert(x, ret->slot, ret->n_slots, (uint32_t)i);
	}
	return 0;
}

int index_prepare(const struct index *x, struct index_room *ret)
{
	int r = 0;

	*ret = (struct index_room){ 0 };
	if (x->count >= UINT32_MAX - 1)
		return -EFBIG;
	if (chunks_full(x))
		r = prepare_chunk(x, ret);
	if (r == 0 && slots_full(x))
		r = prepare_slots(x, ret);
	if (r < 0)
		index_room_release(ret);
	return r;
}

void index_commit(struct index *x, struct index_room *room)
{
	if (room->chunk) {
		struct index_entry **old = x->chunk;

		x->chunk = room->chunk;
		x->cap_chunks = room->cap_chunks;
		room->chunk = old;
	}
	if (room->fresh)
		x->chunk[x->n_chunks++] = STEAL(room->fresh);
	if (room->slot) {
		uint32_t *old = x->slot;

		x->slot = room->slot;
		x->n_slots = room->n_slots;
		room->slot = old;
	}
}

void index_room_release(struct index_room *room)
{
	free(room->chunk);
	free(room->fresh);
	free(room->slot);
	*room = (struct index_room){ 0 };
}

int index_reserve(struct index *x)
{
	struct index_room room;
	int r;

	if (index_has_room(x))
		return 0;
	r = index_prepare(x, &room);
	if (r < 0)
		return r;
	index_commit(x, &room);
	index_room_release(&room);
	return 0;
}

void index_add(struct index *x, uint64_t at, unsigned pcr, const uint8_t *key,
	       size_t binary, size_t ascii)
{
	struct index_entry *e = &x->chunk[x->count / CHUNK][x->count % CHUNK];

	*e = (struct index_entry){ .at = at,
				   .pcr = (uint8_t)pcr,
				   .listed = key != NULL,
				   .binary = x->binary,
				   .ascii = x->ascii };
	if (key) {
		memcpy(e->key, key, INDEX_KEY_SIZE);
		insert(x, x->slot, x->n_slots, (uint32_t)x->count);
		x->n_listed++;
	}
	x->binary += binary;
	x->ascii += ascii;
	x->count++;
}

uint64_t index_offset(const struct index *x, enum journal_format f,
		      enum hash_alg view, uint64_t i)
{
	const struct index_entry *e = i < x->count ? index_at(x, i) : NULL;
	uint64_t size = hash_alg_size(view);

	if (f == JOURNAL_ASCII)
		return (e ? e->ascii : x->ascii) + 2 * size * i;
	return (e ? e->binary : x->binary) + size * i;
}

uint64_t index_find(const struct index *x, enum journal_format f,
		    enum hash_alg view, uint64_t offset)
{
	uint64_t low = 0, high = x->count;

	/* low begins at or before the offset, high after it */
	while (high - low > 1) {
		uint64_t mid = low + (high - low) / 2;

		if (index_offset(x, f, view, mid) <= offset)
			low = mid;
		else
			high = mid;
	}
	return low;
}
