// SPDX-License-Identifier: Apache-2.0
/* Journal file bytes to structs and back; the layout is in record.h. */
#include "tpm/journal/record.h"

#include <errno.h>
#include <string.h>

#include <xxhash.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "journal.h"

#define MAGIC_SIZE (sizeof(JOURNAL_MAGIC) - 1)

int journal_header_encode(const struct journal_header *h, struct buf *to)
{
	size_t start = to->len;
	int r = buf_append(to, JOURNAL_MAGIC, MAGIC_SIZE);

	if (r == 0)
		r = buf_append_le32(to, JOURNAL_VERSION);
	if (r == 0)
		r = buf_append_le32(to, JOURNAL_HEADER_MIN + h->n_banks);
	if (r == 0)
		r = buf_append(to, h->boot_id, BOOT_ID_SIZE);
	if (r == 0)
		r = buf_append_u8(to, h->pcr);
	if (r == 0)
		r = buf_append_u8(to, h->hash);
	if (r == 0)
		r = buf_append_le16(to, h->n_banks);
	if (r == 0)
		r = buf_append(to, h->bank, h->n_banks);
	if (r == 0)
		r = buf_append_le64(
			to, XXH64(to->data + start, to->len - start, 0));
	return r;
}

int journal_header_decode(const uint8_t *data, size_t len,
			  struct journal_header *ret, size_t *ret_len)
{
	struct bytes b = bytes_of(data, len);
	const uint8_t *magic = bytes_take(&b, MAGIC_SIZE);
	uint32_t version = bytes_le32(&b);
	uint32_t size = bytes_le32(&b);
	struct journal_header h = { 0 };
	unsigned banks;
	uint64_t sum;

	if (!bytes_ok(&b) || memcmp(magic, JOURNAL_MAGIC, MAGIC_SIZE) != 0)
		return -EBADMSG;
	if (version != JOURNAL_VERSION)
		return -EPROTONOSUPPORT;
	bytes_copy(&b, h.boot_id, BOOT_ID_SIZE);
	h.pcr = bytes_u8(&b);
	h.hash = bytes_u8(&b);
	banks = bytes_le16(&b);
	if (banks > TPM_BANKS_MAX || size != JOURNAL_HEADER_MIN + banks)
		return -EBADMSG;
	h.n_banks = (uint8_t)banks;
	bytes_copy(&b, h.bank, banks);
	sum = bytes_le64(&b);
	if (!bytes_ok(&b) || sum != XXH64(data, size - 8, 0))
		return -EBADMSG;
	if (h.pcr >= JOURNAL_PCRS || !hash_alg_size(h.hash))
		return -EBADMSG;
	for (unsigned i = 0; i < banks; i++) {
		if (!hash_alg_size(h.bank[i]))
			return -EBADMSG;
	}
	*ret = h;
	*ret_len = size;
	return 0;
}

static uint32_t length_check(const uint8_t bytes[4], uint64_t at)
{
	return (uint32_t)XXH64(bytes, 4, at);
}

static int encode_body(const struct record *r, struct buf *to)
{
	size_t name_len = strlen(r->name);
	int e = buf_append_u8(to, (uint8_t)r->kind);

	if (e == 0)
		e = buf_append_u8(to, r->flags);
	if (e == 0)
		e = buf_append_le16(to, r->pcr);
	if (e == 0 && record_is_entry(r)) {
		e = buf_append_le16(to, (uint16_t)name_len);
		if (e == 0)
			e = buf_append(to, r->name, name_len);
		if (e == 0)
			e = buf_append(to, r->data, r->data_len);
	} else if (e == 0 && r->kind == RECORD_BASE) {
		e = buf_append_u8(to, (uint8_t)r->n_base);
		for (unsigned i = 0; i < r->n_base && e == 0; i++) {
			e = buf_append_u8(to, r->base[i].alg);
			if (e == 0)
				e = buf_append(to, r->base[i].bytes,
					       r->base[i].size);
		}
	}
	return e;
}

int record_encode(const struct record *r, uint64_t at, struct buf *to)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT;
	size_t start = to->len;
	int e = encode_body(r, &body);

	if (e == 0 && body.len > RECORD_BODY_MAX)
		e = -EFBIG;
	if (e == 0)
		e = buf_append_le32(to, (uint32_t)body.len);
	if (e == 0)
		e = buf_append_le32(to, length_check(to->data + start, at));
	if (e == 0)
		e = buf_append_le64(to, XXH64(body.data, body.len, at));
	if (e == 0)
		e = buf_append(to, body.data, body.len);
	if (e < 0)
		to->len = start;
	return e;
}

static int decode_entry(struct bytes *b, struct record *r)
{
	uint16_t name_len = bytes_le16(b);
	const uint8_t *name = bytes_take(b, name_len);

	if (!name || !name_len || name_len > TEMPLATE_NAME_MAX ||
	    memchr(name, 0, name_len))
		return -EBADMSG;
	memcpy(r->name, name, name_len);
	r->name[name_len] = '\0';
	r->data_len = b->left;
	r->data = bytes_take(b, b->left);
	return 0;
}

static int decode_base(struct bytes *b, struct record *r)
{
	r->n_base = bytes_u8(b);
	if (r->n_base > TPM_BANKS_MAX)
		return -EBADMSG;
	for (unsigned i = 0; i < r->n_base; i++) {
		struct digest *d = &r->base[i];

		d->alg = bytes_u8(b);
		d->size = (uint8_t)hash_alg_size(d->alg);
		if (!d->size)
			return -EBADMSG;
		bytes_copy(b, d->bytes, d->size);
	}
	return 0;
}

static int decode_body(const uint8_t *data, size_t len, struct record *ret)
{
	struct bytes b = bytes_of(data, len);
	int r = 0;

	ret->kind = bytes_u8(&b);
	ret->flags = bytes_u8(&b);
	ret->pcr = bytes_le16(&b);
	if (!bytes_ok(&b) || ret->pcr >= JOURNAL_PCRS ||
	    (ret->flags & ~RECORD_ADOPTED))
		return -EBADMSG;
	switch (ret->kind) {
	case RECORD_ENTRY:
	case RECORD_VIOLATION:
		r = decode_entry(&b, ret);
		break;
	case RECORD_BASE:
		r = decode_base(&b, ret);
		break;
	case RECORD_CLOSED:
		break;
	default:
		return -EBADMSG;
	}
	return r < 0 || !bytes_ok(&b) || b.left ? -EBADMSG : 0;
}

enum record_fault record_decode(const uint8_t *data, size_t len, uint64_t at,
				struct record *ret, size_t *ret_len)
{
	struct bytes b = bytes_of(data, len);
	uint32_t body_len = bytes_le32(&b);
	uint32_t check = bytes_le32(&b);
	uint64_t sum = bytes_le64(&b);

	*ret_len = 0;
	if (!bytes_ok(&b))
		return RECORD_TORN;
	if (check != length_check(data, at) || body_len > RECORD_BODY_MAX)
		return RECORD_DAMAGED;
	*ret_len = RECORD_HEADER_SIZE + body_len;
	if (body_len > b.left)
		return RECORD_TORN;
	if (sum != XXH64(b.at, body_len, at))
		return RECORD_DAMAGED;
	return decode_body(b.at, body_len, ret) < 0 ? RECORD_DAMAGED
						    : RECORD_WHOLE;
}
