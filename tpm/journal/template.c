// SPDX-License-Identifier: Apache-2.0
/*
 * Templates: names and formats to lists of fields, entries to bytes, digests
 * and text; see include/template.h. Pure but for the registry of formats that
 * mounts have defined.
 */
#include "template.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "tpm/journal/field.h"

/* Which fields, in order. */
struct layout {
	uint8_t n;
	uint8_t field[FIELDS_MAX]; /* enum field_id */
};

struct template
{
	const char *name;
	struct layout layout;
	const struct template *next; /* of the registry; constant once linked */
};

#define IMA_TEMPLATE (&builtin[0])

/* security/integrity/ima/ima_template.c, builtin_templates */
static const struct template builtin[] = {
	{ "ima", { 2, { FIELD_D, FIELD_N } }, NULL },
	{ "ima-ng", { 2, { FIELD_D_NG, FIELD_N_NG } }, NULL },
	{ "ima-sig", { 3, { FIELD_D_NG, FIELD_N_NG, FIELD_SIG } }, NULL },
	{ "ima-ngv2", { 2, { FIELD_D_NGV2, FIELD_N_NG } }, NULL },
	{ "ima-sigv2", { 3, { FIELD_D_NGV2, FIELD_N_NG, FIELD_SIG } }, NULL },
	{ "ima-buf", { 3, { FIELD_D_NG, FIELD_N_NG, FIELD_BUF } }, NULL },
	{ "ima-modsig",
	  { 5,
	    { FIELD_D_NG, FIELD_N_NG, FIELD_SIG, FIELD_D_MODSIG,
	      FIELD_MODSIG } },
	  NULL },
	{ "evm-sig",
	  { 9,
	    { FIELD_D_NG, FIELD_N_NG, FIELD_EVMSIG, FIELD_XATTRNAMES,
	      FIELD_XATTRLENGTHS, FIELD_XATTRVALUES, FIELD_IUID, FIELD_IGID,
	      FIELD_IMODE } },
	  NULL },
};

#define N_BUILTIN (sizeof(builtin) / sizeof(builtin[0]))

/*
 * Defined formats. Readers walk the list without a lock: a node is
 * complete before it becomes the head and is never changed or freed.
 */
static _Atomic(const struct template *) registered;
static pthread_mutex_t registering = PTHREAD_MUTEX_INITIALIZER;

/* Return: 0, or -ENOENT if @format is no list of known fields. */
static int parse_format(const char *format, size_t len, struct layout *ret)
{
	struct layout l = { 0 };

	while (true) {
		const char *bar = memchr(format, '|', len);
		size_t n = bar ? (size_t)(bar - format) : len;
		int id;

		if (n > FIELD_ID_MAX || l.n == FIELDS_MAX)
			return -ENOENT;
		id = field_find(format, n);
		if (id < 0)
			return id;
		l.field[l.n++] = (uint8_t)id;
		if (!bar)
			break;
		format += n + 1;
		len -= n + 1;
	}
	*ret = l;
	return 0;
}

static bool layout_equal(const struct layout *a, const struct layout *b)
{
	return a->n == b->n && memcmp(a->field, b->field, a->n) == 0;
}

static bool is_named(const struct template *t, const char *name, size_t len)
{
	return strlen(t->name) == len && memcmp(t->name, name, len) == 0;
}

static const struct template *find_builtin(const char *name, size_t len,
					   const struct layout *l)
{
	for (size_t i = 0; i < N_BUILTIN; i++) {
		if (l ? layout_equal(&builtin[i].layout, l)
		      : is_named(&builtin[i], name, len))
			return &builtin[i];
	}
	return NULL;
}

static const struct template *find_registered(const char *name, size_t len)
{
	const struct template *t = atomic_load(&registered);

	while (t && !is_named(t, name, len))
		t = t->next;
	return t;
}

static const struct template *add_registered(const char *name, size_t len,
					     const struct layout *l)
{
	const struct template *found;
	struct template *t;

	(void)pthread_mutex_lock(&registering);
	found = find_registered(name, len);
	if (!found) {
		char *copy = strndup(name, len);

		t = copy ? malloc(sizeof(*t)) : NULL;
		if (t) {
			*t = (struct template){ copy, *l,
						atomic_load(&registered) };
			atomic_store(&registered, t);
			found = t;
		} else {
			free(copy);
		}
	}
	(void)pthread_mutex_unlock(&registering);
	return found;
}

const struct template *template_find(const char *name, size_t len)
{
	const struct template *t = find_builtin(name, len, NULL);
	struct layout l;

	if (!t && parse_format(name, len, &l) == 0)
		t = find_builtin(NULL, 0, &l);
	return t ? t : find_registered(name, len);
}

const struct template *template_define(const char *text, size_t len)
{
	const struct template *t = find_builtin(text, len, NULL);
	struct layout l;

	if (t)
		return t;
	return parse_format(text, len, &l) < 0 ? NULL
					       : add_registered(text, len, &l);
}

const char *template_name(const struct template *t)
{
	return t->name;
}

unsigned template_needs(const struct template *t)
{
	unsigned needs = 0;

	for (unsigned i = 0; i < t->layout.n; i++)
		needs |= field_needs(t->layout.field[i]);
	return needs;
}

/*
 * Template "ima" predates field lengths: the digest has none, and the name
 * has one but no NUL.
 */
static int encode_ima(const struct template_event *e, struct buf *to)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT;
	int r = field_encode(FIELD_N, e, &name);

	if (r == 0)
		r = field_encode(FIELD_D, e, to);
	if (r == 0)
		r = buf_append_le32(to, (uint32_t)name.len - 1);
	if (r == 0)
		r = buf_append(to, name.data, name.len - 1);
	return r;
}

static int encode_field(enum field_id id, const struct template_event *e,
			struct buf *to)
{
	size_t at = to->len, len;
	int r = buf_append_le32(to, 0);

	if (r == 0)
		r = field_encode(id, e, to);
	if (r < 0)
		return r;
	len = to->len - at - 4;
	for (int i = 0; i < 4; i++)
		to->data[at + (size_t)i] = (uint8_t)(len >> (8 * i));
	return 0;
}

int template_encode(const struct template *t, const struct template_event *e,
		    struct buf *to)
{
	size_t at = to->len;
	int r = 0;

	if (t == IMA_TEMPLATE) {
		r = encode_ima(e, to);
	} else {
		for (unsigned i = 0; i < t->layout.n && r == 0; i++)
			r = encode_field(t->layout.field[i], e, to);
	}
	if (r < 0)
		to->len = at;
	return r;
}

/*
 * What the log calls a template: a name, or the format of a nameless one.
 * Nothing is registered: these names come from files.
 * Return: true and the fields, or false if it is not known.
 */
static bool resolve(const char *name, struct layout *ret, bool *ret_ima)
{
	size_t len = strlen(name);
	const struct template *t = find_builtin(name, len, NULL);

	*ret_ima = t == IMA_TEMPLATE;
	if (t) {
		*ret = t->layout;
		return true;
	}
	return parse_format(name, len, ret) == 0;
}

/*
 * The digest of "ima" data is SHA-1, 20 bytes, or MD5, 16, and nothing says
 * which. The length of the name decides: it must fill the rest exactly.
 */
static int split_ima(const uint8_t *data, size_t len, struct field_data ret[2])
{
	static const size_t digest_len[] = { 20, 16 };

	for (size_t i = 0; i < 2; i++) {
		struct bytes b = bytes_of(data, len);
		const uint8_t *d = bytes_take(&b, digest_len[i]);
		uint32_t n = bytes_le32(&b);

		if (!bytes_ok(&b) || n != b.left || n > EVENT_NAME_MAX)
			continue;
		ret[0] = (struct field_data){ field_name(FIELD_D), d,
					      digest_len[i] };
		ret[1] = (struct field_data){ field_name(FIELD_N), b.at, n };
		return 0;
	}
	return -EBADMSG;
}

static int each_of_ima(const uint8_t *data, size_t len,
		       int (*each)(void *arg, const struct field_data *f),
		       void *arg)
{
	struct field_data f[2];
	int r = split_ima(data, len, f);

	if (r == 0)
		r = each(arg, &f[0]);
	if (r == 0)
		r = each(arg, &f[1]);
	return r;
}

/*
 * Walks the fields of encoded data.
 * @name: a template's name, or a format, as stored in the log
 * @each: a non-zero return ends the walk and is returned
 *
 * The fields of a template that is not known have no id. The field data of
 * template "ima" are its digest and its name without NUL.
 * Return: 0; -EBADMSG if the data are no such template's.
 */
static int each_field(const char *name, const uint8_t *data, size_t len,
		      int (*each)(void *arg, const struct field_data *f),
		      void *arg)
{
	struct bytes b = bytes_of(data, len);
	struct layout l = { 0 };
	bool ima, known = resolve(name, &l, &ima);
	unsigned n = 0;
	int r = 0;

	if (ima)
		return each_of_ima(data, len, each, arg);
	for (; b.left && r == 0; n++) {
		struct field_data f = { 0 };

		if (known && n == l.n)
			return -EBADMSG;
		f.len = bytes_le32(&b);
		f.data = bytes_take(&b, f.len);
		f.id = known ? field_name(l.field[n]) : NULL;
		if (!bytes_ok(&b))
			return -EBADMSG;
		r = each(arg, &f);
	}
	if (r == 0 && known && n != l.n)
		return -EBADMSG;
	return r;
}

static int nothing(void *arg, const struct field_data *f)
{
	(void)arg;
	(void)f;
	return 0;
}

static int digest_ima(const uint8_t *data, size_t len, unsigned alg,
		      struct digest *ret)
{
	uint8_t bytes[20 + IMA_NAME_PADDED] = { 0 };
	struct field_data f[2];
	int r = split_ima(data, len, f);

	if (r < 0)
		return r;
	memcpy(bytes, f[0].data, f[0].len);
	if (f[1].len)
		memcpy(bytes + f[0].len, f[1].data, f[1].len);
	return digest_of(alg, bytes, f[0].len + IMA_NAME_PADDED, ret);
}

int template_digest(const char *name, const uint8_t *data, size_t len,
		    unsigned alg, struct digest *ret)
{
	struct layout l;
	bool ima, known = resolve(name, &l, &ima);

	if (ima)
		return digest_ima(data, len, alg, ret);
	if (known) {
		int r = each_field(name, data, len, nothing, NULL);

		if (r < 0)
			return r;
	}
	return digest_of(alg, data, len, ret);
}

static int ascii_field(void *arg, const struct field_data *f)
{
	struct buf *to = arg;
	int r = buf_append_u8(to, ' ');

	return r < 0 ? r : field_text(f, to);
}

int template_ascii(const char *name, const uint8_t *data, size_t len,
		   struct buf *to)
{
	size_t at = to->len;
	int r = each_field(name, data, len, ascii_field, to);

	if (r < 0)
		to->len = at;
	return r;
}
