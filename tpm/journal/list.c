// SPDX-License-Identifier: Apache-2.0
/* Entries of the kernel's binary and ASCII lists; see list.h. */
#include "tpm/journal/list.h"

#include <errno.h>
#include <string.h>

#include "journal.h"
#include "tpm/journal/field.h"
#include "tpm/journal/record.h"

/* Of the data. */
static bool has_length(const char *name)
{
	return strcmp(name, "ima") != 0;
}

/*
 * The data of "ima": digest, u32, name. A list does not say whether the digest
 * is SHA-1 or MD5; as every reader does, take SHA-1.
 */
static int take_ima(struct bytes *b, const uint8_t **ret, size_t *ret_len)
{
	struct bytes ahead = *b;
	uint32_t n;

	(void)bytes_take(&ahead, hash_alg_size(HASH_ALG_SHA1));
	n = bytes_le32(&ahead);
	if (n > EVENT_NAME_MAX)
		return -EBADMSG;
	*ret_len = hash_alg_size(HASH_ALG_SHA1) + 4 + n;
	*ret = bytes_take(b, *ret_len);
	return 0;
}

static bool is_zero(const struct digest *d)
{
	uint8_t any = 0;

	for (unsigned i = 0; i < d->size; i++)
		any |= d->bytes[i];
	return any == 0;
}

int list_next(struct bytes *b, enum hash_alg view, struct list_entry *ret)
{
	struct bytes at = *b;
	const uint8_t *name;
	uint32_t n;

	if (!b->left)
		return 0;
	ret->pcr = bytes_le32(&at);
	ret->digest.alg = (uint8_t)view;
	ret->digest.size = (uint8_t)hash_alg_size(view);
	bytes_copy(&at, ret->digest.bytes, ret->digest.size);
	n = bytes_le32(&at);
	if (!bytes_ok(&at))
		return -EAGAIN;
	if (ret->pcr >= JOURNAL_PCRS || !n || n > TEMPLATE_NAME_MAX)
		return -EBADMSG;
	name = bytes_take(&at, n);
	if (!name)
		return -EAGAIN;
	if (memchr(name, 0, n))
		return -EBADMSG;
	memcpy(ret->name, name, n);
	ret->name[n] = '\0';
	if (has_length(ret->name)) {
		ret->data_len = bytes_le32(&at);
		if (ret->data_len > RECORD_BODY_MAX)
			return -EBADMSG;
		ret->data = bytes_take(&at, ret->data_len);
	} else if (take_ima(&at, &ret->data, &ret->data_len) < 0) {
		return -EBADMSG;
	}
	if (!bytes_ok(&at))
		return -EAGAIN;
	ret->violation = is_zero(&ret->digest);
	*b = at;
	return 1;
}

size_t list_binary_size(const char *name, size_t data_len)
{
	return 4 + 4 + strlen(name) + (has_length(name) ? 4 : 0) + data_len;
}

/* "%2d" of a PCR below 64, space, space, newline */
size_t list_ascii_size(const char *name, size_t fields_len)
{
	_Static_assert(JOURNAL_PCRS <= 100, "a PCR has at most two digits");
	return 2 + 1 + 1 + strlen(name) + fields_len + 1;
}

int list_append_binary(struct buf *to, unsigned pcr, enum hash_alg view,
		       const struct digest *digest, const char *name,
		       const uint8_t *data, size_t data_len)
{
	static const uint8_t zeros[DIGEST_MAX];
	size_t n = strlen(name);
	int r = buf_append_le32(to, pcr);

	if (r == 0)
		r = buf_append(to, digest ? digest->bytes : zeros,
			       hash_alg_size(view));
	if (r == 0)
		r = buf_append_le32(to, (uint32_t)n);
	if (r == 0)
		r = buf_append(to, name, n);
	if (r == 0 && has_length(name))
		r = buf_append_le32(to, (uint32_t)data_len);
	if (r == 0)
		r = buf_append(to, data, data_len);
	return r;
}

int list_append_ascii(struct buf *to, unsigned pcr, enum hash_alg view,
		      const struct digest *digest, const char *name,
		      const uint8_t *data, size_t data_len)
{
	static const uint8_t zeros[DIGEST_MAX];
	int r = buf_printf(to, "%2u ", pcr);

	if (r == 0)
		r = buf_append_hex(to, digest ? digest->bytes : zeros,
				   hash_alg_size(view));
	if (r == 0)
		r = buf_append_u8(to, ' ');
	if (r == 0)
		r = buf_append_str(to, name);
	if (r == 0)
		r = template_ascii(name, data, data_len, to);
	if (r == 0)
		r = buf_append_u8(to, '\n');
	return r;
}
