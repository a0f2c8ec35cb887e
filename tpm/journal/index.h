/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept in memory of each entry: where it is, where it begins in every
 * view, and enough of its digest to find duplicates. 56 bytes an entry and 5
 * to 11 of hash table; the entry itself stays in the file.
 *
 * Views differ in nothing but the length of the digest, so one sum for the
 * binary and one for the ASCII list serve all of them: entry i begins at
 * sum + i * digest length (twice that in ASCII).
 *
 * No locks: struct journal has them (state.h). Entries never move or change
 * once they are added, so growing disturbs nobody who holds a pointer to one.
 */
#ifndef TPM_JOURNAL_INDEX_H
#define TPM_JOURNAL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest.h"
#include "journal.h"

/* SHA-1 is padded, SHA-384 and longer are cut: 256 bits resist collisions. */
#define INDEX_KEY_SIZE 32

struct index_entry {
	uint64_t at : 48; /* file offset of its record */
	uint64_t pcr : 8;
	uint64_t listed : 1; /* in the duplicate table; violations are not */
	uint64_t binary;     /* sum of list_binary_size() of those before */
	uint64_t ascii;	     /* sum of list_ascii_size() of those before */
	uint8_t key[INDEX_KEY_SIZE];
};

struct index {
	struct index_entry **chunk;
	size_t n_chunks, cap_chunks;
	uint64_t count;
	uint64_t binary, ascii; /* sums over all */
	uint32_t *slot;		/* open addressing; entry number + 1, 0 free */
	size_t n_slots;		/* power of two */
	size_t n_listed;
	uint64_t seed; /* crowding one slot takes knowing it */
};

/* Return: 0 or -errno of getrandom(). */
int index_init(struct index *x);
void index_release(struct index *x);

/* A template digest of the default algorithm as key. */
void index_key(const struct digest *d, uint8_t ret[INDEX_KEY_SIZE]);

/* Is there an entry with this key in this PCR? */
bool index_has(const struct index *x, unsigned pcr,
	       const uint8_t key[INDEX_KEY_SIZE]);

/*
 * Room for one more entry, in two steps: what takes long only reads the index,
 * and what changes it is a few pointers. So the one thread that adds can
 * prepare while others read, and has them wait for the commit alone.
 */
struct index_room {
	struct index_entry **chunk, *fresh;
	size_t cap_chunks;
	uint32_t *slot;
	size_t n_slots;
};

/* Return: 0; -ENOMEM; -EFBIG with 2^32 - 2 entries. */
int index_prepare(const struct index *x, struct index_room *ret);
/* After this the next index_add() cannot fail; @room has the old memory. */
void index_commit(struct index *x, struct index_room *room);
void index_room_release(struct index_room *room);

/* Whether index_add() has room without all this. */
bool index_has_room(const struct index *x);

/* All of it, where nobody else reads. */
int index_reserve(struct index *x);

/*
 * Adds an entry. @key NULL: never a duplicate of anything.
 * @binary, @ascii: its list_binary_size() and list_ascii_size()
 */
void index_add(struct index *x, uint64_t at, unsigned pcr, const uint8_t *key,
	       size_t binary, size_t ascii);

/* Entry @i of those that there are. */
const struct index_entry *index_at(const struct index *x, uint64_t i);

/* Where entry @i begins in a view, and, for i == count, where the view ends. */
uint64_t index_offset(const struct index *x, enum journal_format f,
		      enum hash_alg view, uint64_t i);

/* The entry that holds byte @offset of a view, which must be within it. */
uint64_t index_find(const struct index *x, enum journal_format f,
		    enum hash_alg view, uint64_t offset);

#endif
