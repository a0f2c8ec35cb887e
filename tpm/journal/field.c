// SPDX-License-Identifier: Apache-2.0
/*
 * Template fields: facts of an event to bytes, bytes to text. The rules are
 * the kernel's (security/integrity/ima/ima_template_lib.c), quirks included.
 */
#include "tpm/journal/field.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "xattr.h"

enum text {
	TEXT_HEX,
	TEXT_STRING, /* bytes up to a final NUL */
	TEXT_DIGEST, /* "sha256:" NUL digest */
	TEXT_UINT,
};

static int append_zeros(struct buf *to, size_t n)
{
	int r = buf_reserve(to, n);

	if (r < 0)
		return r;
	if (n)
		memset(to->data + to->len, 0, n);
	to->len += n;
	return 0;
}

static int append_digest(struct buf *to, const char *type, unsigned alg,
			 const struct digest *d)
{
	int r;

	/* the caller's algorithm, never input */
	assert(alg < HASH_ALG_COUNT);
	r = buf_printf(to, "%s%s:", type, hash_alg_name(alg));
	if (r == 0)
		r = buf_append_u8(to, 0);
	if (r < 0)
		return r;
	return d ? buf_append(to, d->bytes, d->size)
		 : append_zeros(to, hash_alg_size(alg));
}

static int encode_d(const struct template_event *e, struct buf *to)
{
	if (e->violation || !e->legacy.size)
		return append_zeros(to, hash_alg_size(HASH_ALG_SHA1));
	return buf_append(to, e->legacy.bytes, e->legacy.size);
}

/* The collected digest, or NULL where zeros of its algorithm are logged. */
static const struct digest *collected(const struct template_event *e)
{
	return e->violation || !e->digest.size ? NULL : &e->digest;
}

static int encode_d_ng(const struct template_event *e, struct buf *to)
{
	return append_digest(to, "", e->digest.alg, collected(e));
}

static int encode_d_ngv2(const struct template_event *e, struct buf *to)
{
	const char *type = e->verity && !e->violation ? "verity:" : "ima:";

	return append_digest(to, type, e->digest.alg, collected(e));
}

static int encode_d_modsig(const struct template_event *e, struct buf *to)
{
	if (!e->modsig_len)
		return 0;
	if (e->violation)
		return append_digest(to, "", HASH_ALG_SHA1, NULL);
	return append_digest(to, "", e->modsig_digest.alg,
			     e->modsig_digest.size ? &e->modsig_digest : NULL);
}

/*
 * Spaces become '_' so that the ASCII list stays parseable; the kernel does it
 * in the binary list, too, so the digest covers the changed name.
 */
static int append_name(struct buf *to, const char *name, size_t len)
{
	size_t at = to->len;
	int r = buf_append(to, name, len);

	if (r == 0)
		r = buf_append_u8(to, 0);
	if (r < 0)
		return r;
	for (size_t i = 0; i < len; i++) {
		if (to->data[at + i] == ' ')
			to->data[at + i] = '_';
	}
	return 0;
}

/* Only "n" is limited: it is the old template's fixed-size event name. */
static int encode_n(const struct template_event *e, struct buf *to)
{
	const char *name = e->name ? e->name : "";
	size_t len = strlen(name);

	if (len > EVENT_NAME_MAX && e->has_file) {
		const char *slash = strrchr(name, '/');

		name = slash ? slash + 1 : name;
		len = strlen(name);
	}
	if (len > EVENT_NAME_MAX)
		len = EVENT_NAME_MAX;
	return append_name(to, name, len);
}

static int encode_n_ng(const struct template_event *e, struct buf *to)
{
	const char *name = e->name ? e->name : "";

	return append_name(to, name, strlen(name));
}

static int encode_evmsig(const struct template_event *e, struct buf *to)
{
	if (!e->evm_len || e->evm[0] != EVM_XATTR_PORTABLE_DIGSIG)
		return 0;
	return buf_append(to, e->evm, e->evm_len);
}

static int encode_sig(const struct template_event *e, struct buf *to)
{
	if (e->ima_len && (e->ima[0] == EVM_IMA_XATTR_DIGSIG ||
			   e->ima[0] == IMA_VERITY_DIGSIG))
		return buf_append(to, e->ima, e->ima_len);
	return encode_evmsig(e, to);
}

static int encode_buf(const struct template_event *e, struct buf *to)
{
	return buf_append(to, e->buffer, e->buffer_len);
}

static int encode_modsig(const struct template_event *e, struct buf *to)
{
	return buf_append(to, e->modsig, e->modsig_len);
}

static int encode_iuid(const struct template_event *e, struct buf *to)
{
	return e->has_file ? buf_append_le32(to, e->iuid) : 0;
}

static int encode_igid(const struct template_event *e, struct buf *to)
{
	return e->has_file ? buf_append_le32(to, e->igid) : 0;
}

static int encode_imode(const struct template_event *e, struct buf *to)
{
	return e->has_file ? buf_append_le16(to, (uint16_t)e->imode) : 0;
}

static int encode_xattrnames(const struct template_event *e, struct buf *to)
{
	int r = 0;

	if (!e->has_file || !e->n_xattrs)
		return 0;
	for (size_t i = 0; i < e->n_xattrs && r == 0; i++) {
		if (i)
			r = buf_append_u8(to, '|');
		if (r == 0)
			r = buf_append_str(to, e->xattrs[i].name);
	}
	return r < 0 ? r : buf_append_u8(to, 0);
}

static int encode_xattrlengths(const struct template_event *e, struct buf *to)
{
	int r = 0;

	for (size_t i = 0; e->has_file && i < e->n_xattrs && r == 0; i++)
		r = buf_append_le32(to, (uint32_t)e->xattrs[i].len);
	return r;
}

static int encode_xattrvalues(const struct template_event *e, struct buf *to)
{
	int r = 0;

	for (size_t i = 0; e->has_file && i < e->n_xattrs && r == 0; i++)
		r = buf_append(to, e->xattrs[i].value, e->xattrs[i].len);
	return r;
}

/* The one table of fields, by enum field_id. */
static const struct field {
	const char *id;
	enum text text;
	unsigned needs;
	int (*encode)(const struct template_event *e, struct buf *to);
} fields[FIELD_COUNT] = {
	[FIELD_D] = { "d", TEXT_HEX, TEMPLATE_NEEDS_SHA1, encode_d },
	[FIELD_N] = { "n", TEXT_STRING, 0, encode_n },
	[FIELD_D_NG] = { "d-ng", TEXT_DIGEST, 0, encode_d_ng },
	[FIELD_D_NGV2] = { "d-ngv2", TEXT_DIGEST, 0, encode_d_ngv2 },
	[FIELD_N_NG] = { "n-ng", TEXT_STRING, 0, encode_n_ng },
	[FIELD_SIG] = { "sig", TEXT_HEX,
			TEMPLATE_NEEDS_IMA | TEMPLATE_NEEDS_EVM, encode_sig },
	[FIELD_BUF] = { "buf", TEXT_HEX, 0, encode_buf },
	[FIELD_D_MODSIG] = { "d-modsig", TEXT_DIGEST, TEMPLATE_NEEDS_MODSIG,
			     encode_d_modsig },
	[FIELD_MODSIG] = { "modsig", TEXT_HEX, TEMPLATE_NEEDS_MODSIG,
			   encode_modsig },
	[FIELD_EVMSIG] = { "evmsig", TEXT_HEX, TEMPLATE_NEEDS_EVM,
			   encode_evmsig },
	[FIELD_IUID] = { "iuid", TEXT_UINT, TEMPLATE_NEEDS_INODE, encode_iuid },
	[FIELD_IGID] = { "igid", TEXT_UINT, TEMPLATE_NEEDS_INODE, encode_igid },
	[FIELD_IMODE] = { "imode", TEXT_UINT, TEMPLATE_NEEDS_INODE,
			  encode_imode },
	[FIELD_XATTRNAMES] = { "xattrnames", TEXT_STRING, TEMPLATE_NEEDS_XATTRS,
			       encode_xattrnames },
	[FIELD_XATTRLENGTHS] = { "xattrlengths", TEXT_HEX,
				 TEMPLATE_NEEDS_XATTRS, encode_xattrlengths },
	[FIELD_XATTRVALUES] = { "xattrvalues", TEXT_HEX, TEMPLATE_NEEDS_XATTRS,
				encode_xattrvalues },
};

int field_find(const char *id, size_t len)
{
	for (int i = 0; i < FIELD_COUNT; i++) {
		if (strlen(fields[i].id) == len &&
		    memcmp(fields[i].id, id, len) == 0)
			return i;
	}
	return -ENOENT;
}

const char *field_name(enum field_id id)
{
	return fields[id].id;
}

unsigned field_needs(enum field_id id)
{
	return fields[id].needs;
}

int field_encode(enum field_id id, const struct template_event *e,
		 struct buf *to)
{
	return fields[id].encode(e, to);
}

/*
 * A NUL before the end would hide what follows it from whoever reads the
 * text; only the name of template "ima" has no NUL at its end.
 */
static int text_string(const uint8_t *data, size_t len, struct buf *to)
{
	if (data[len - 1] == 0)
		len--;
	if (memchr(data, 0, len))
		return -EBADMSG;
	return buf_append(to, data, len);
}

static int text_digest(const uint8_t *data, size_t len, struct buf *to)
{
	const uint8_t *nul = memchr(data, 0, len);
	size_t prefix;
	int r;

	if (!nul || nul == data || nul[-1] != ':')
		return -EBADMSG;
	prefix = (size_t)(nul - data);
	r = buf_append(to, data, prefix);
	if (r < 0)
		return r;
	return buf_append_hex(to, nul + 1, len - prefix - 1);
}

static int text_uint(const uint8_t *data, size_t len, struct buf *to)
{
	uint64_t v = 0;

	if (len != 1 && len != 2 && len != 4 && len != 8)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++)
		v |= (uint64_t)data[i] << (8 * i);
	return buf_printf(to, "%llu", (unsigned long long)v);
}

int field_text(const struct field_data *f, struct buf *to)
{
	int id = f->id ? field_find(f->id, strlen(f->id)) : -ENOENT;

	if (!f->len)
		return 0;
	if (id < 0)
		return buf_append_hex(to, f->data, f->len);
	switch (fields[id].text) {
	case TEXT_STRING:
		return text_string(f->data, f->len, to);
	case TEXT_DIGEST:
		return text_digest(f->data, f->len, to);
	case TEXT_UINT:
		return text_uint(f->data, f->len, to);
	case TEXT_HEX:
		break;
	}
	return buf_append_hex(to, f->data, f->len);
}
