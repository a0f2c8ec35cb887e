/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal file's bytes. Pure codec; the same layout with examples is in
 * doc/format/journal.md. All integers are little-endian.
 *
 * Header, once, at offset 0:
 *
 *	 0  8   "IMAFSJNL"
 *	 8  4   format version, 1
 *	12  4   length of the header, 44 + number of banks
 *	16 16   boot id: the bytes of /proc/sys/kernel/random/boot_id
 *	32  1   default PCR
 *	33  1   default hash algorithm (enum hash_alg: the kernel's numbers)
 *	34  2   number of banks n, 0 without a TPM
 *	36  n   algorithm of each bank
 *	 .  8   XXH64 of all bytes before, seed 0
 *
 * Records, one after the other to the end of the file:
 *
 *	 0  4   length L of the body
 *	 4  4   low half of XXH64 of the four bytes before; seed: the record's
 *	        offset in the file
 *	 8  8   XXH64 of the body, same seed
 *	16  L   body: u8 kind, u8 flags, u16 PCR, then by kind
 *
 *	1 entry      u16 length of the template's name, the name, field data
 *	2 violation  the same
 *	3 base       u8 number, then for each bank u8 algorithm and digest: what
 *	             the PCR held before its first entry here
 *	4 closed     nothing; PCR 0
 *
 * Flag 1 on entries: adopted from the kernel's list.
 *
 * The length has a check of its own, so that a record that ends too early (a
 * torn write) is told from one whose length was changed. The seed keeps a
 * record from being accepted anywhere but where it was written. XXH64 finds
 * accidents; what finds tampering is the replay against the PCR.
 */
#ifndef TPM_JOURNAL_RECORD_H
#define TPM_JOURNAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "digest.h"
#include "template.h"

#define JOURNAL_MAGIC	   "IMAFSJNL"
#define JOURNAL_VERSION	   1
#define JOURNAL_HEADER_MIN 44
#define JOURNAL_HEADER_MAX (JOURNAL_HEADER_MIN + TPM_BANKS_MAX)
#define BOOT_ID_SIZE	   16
#define RECORD_HEADER_SIZE 16
/* Refused when written, so that a damaged length cannot make us allocate. */
#define RECORD_BODY_MAX (16u << 20)

struct journal_header {
	uint8_t boot_id[BOOT_ID_SIZE];
	uint8_t pcr;
	uint8_t hash; /* enum hash_alg */
	uint8_t n_banks;
	uint8_t bank[TPM_BANKS_MAX]; /* enum hash_alg */
};

enum record_kind {
	RECORD_ENTRY = 1,
	RECORD_VIOLATION = 2,
	RECORD_BASE = 3,
	RECORD_CLOSED = 4,
};

#define RECORD_ADOPTED 0x01

struct record {
	enum record_kind kind;
	uint8_t flags;
	uint16_t pcr;
	/* entries */
	char name[TEMPLATE_NAME_MAX + 1];
	const uint8_t *data; /* borrowed from the input */
	size_t data_len;
	/* base */
	unsigned n_base;
	struct digest base[TPM_BANKS_MAX];
};

static inline bool record_is_entry(const struct record *r)
{
	return r->kind == RECORD_ENTRY || r->kind == RECORD_VIOLATION;
}

/* Return: 0 or -ENOMEM. */
int journal_header_encode(const struct journal_header *h, struct buf *to);

/*
 * @ret_len: length of the header
 * Return: 0; -EBADMSG; -EPROTONOSUPPORT for another format version.
 */
int journal_header_decode(const uint8_t *data, size_t len,
			  struct journal_header *ret, size_t *ret_len);

/*
 * Appends the record for file offset @at to @to. Of @r the members that its
 * kind has are used. Return: 0; -ENOMEM; -EFBIG over RECORD_BODY_MAX.
 */
int record_encode(const struct record *r, uint64_t at, struct buf *to);

/* What is wrong with a record that could not be decoded. */
enum record_fault {
	RECORD_WHOLE = 0,
	RECORD_TORN, /* the bytes end before it does: a write was cut short */
	RECORD_DAMAGED,
};

/*
 * record_decode() - the record at file offset @at
 * @len:     bytes that there are from @at
 * @ret_len: length of the record; for RECORD_TORN what it would have, 0 if
 *           even that is not there
 */
enum record_fault record_decode(const uint8_t *data, size_t len, uint64_t at,
				struct record *ret, size_t *ret_len);

#endif
