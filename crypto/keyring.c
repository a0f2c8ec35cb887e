// SPDX-License-Identifier: Apache-2.0
/*
 * The set of trusted public keys, found by key id; see include/keyring.h.
 */
#include "keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypto/key.h"
#include "crypto/key_file.h"
#include "crypto/sig.h"
#include "crypto/trust_check.h"
#include "trust.h"

/* One name of one key. Sorted by id, then key. */
struct name {
	uint32_t id;
	size_t key;
};

struct keyring {
	struct key_list keys;
	struct name *name;
	size_t n_names;
};

int keyring_new(struct keyring **ret)
{
	struct keyring *k = calloc(1, sizeof(*k));

	if (!k)
		return -ENOMEM;
	*ret = k;
	return 0;
}

void keyring_free(struct keyring *k)
{
	if (!k)
		return;
	key_list_release(&k->keys);
	free(k->name);
	free(k);
}

static int compare_names(const void *va, const void *vb)
{
	const struct name *a = va, *b = vb;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return 0;
}

/*
 * The first of the names that are @id's, or where they would be. All of them
 * are neighbours.
 */
static size_t find(const struct keyring *k, uint32_t id)
{
	size_t from = 0, to = k->n_names;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (k->name[mid].id < id)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static size_t names_of(const struct key *key)
{
	/* both ids the same: one name, or it would be tried twice */
	if (key->n_ids == 2 && key->id[0] == key->id[1])
		return 1;
	return key->n_ids;
}

/* Moves all of @from into @k, or nothing. */
static int add_all(struct keyring *k, struct key_list *from)
{
	size_t n = k->n_names;
	struct key **key;
	struct name *name;

	if (from->n == 0)
		return 0; /* realloc(3) to nothing would free */
	for (size_t i = 0; i < from->n; i++)
		n += names_of(from->key[i]);
	key = reallocarray(k->keys.key, k->keys.n + from->n, sizeof(*key));
	if (!key)
		return -ENOMEM;
	k->keys.key = key;
	k->keys.cap = k->keys.n + from->n;
	/* n is 0 if no key has a name: valid, though nothing finds them */
	name = reallocarray(k->name, n ? n : 1, sizeof(*name));
	if (!name)
		return -ENOMEM;
	k->name = name;
	for (size_t i = 0; i < from->n; i++) {
		const struct key *new = from->key[i];

		for (size_t j = 0; j < names_of(new); j++)
			k->name[k->n_names++] =
				(struct name){ new->id[j], k->keys.n };
		k->keys.key[k->keys.n++] = from->key[i];
	}
	from->n = 0;
	qsort(k->name, k->n_names, sizeof(*k->name), compare_names);
	return 0;
}

/* Where the keys of a path go, on their way into a keyring. */
struct loading {
	struct key_list keys;
	const struct trust *trust; /* NULL: all are welcome */
	keyring_rejected_fn rejected;
	void *arg;
};

static void loading_release(struct loading *l)
{
	key_list_release(&l->keys);
}

static int load_file(const struct key_file *f, void *arg, struct diag *reterr)
{
	struct loading *l = arg;

	return key_file_read(f, &l->keys, reterr);
}

static int load_path(struct keyring *k, const char *path, key_file_fn each,
		     struct loading *l, struct diag *reterr)
{
	const struct key_file f = { AT_FDCWD, NULL, path };
	int r = key_files_of(path, each, l, reterr);

	if (r < 0)
		return r;
	r = add_all(k, &l->keys);
	return r < 0 ? key_file_refuse(&f, r, NULL, reterr) : 0;
}

int keyring_load(struct keyring *k, const char *path, struct diag *reterr)
{
	CLEANUP(loading_release) struct loading l = { 0 };
	const struct key_file f = { AT_FDCWD, NULL, path };
	size_t before = k->keys.n;
	int r = load_path(k, path, load_file, &l, reterr);

	if (r == 0 && k->keys.n == before)
		return key_file_refuse(
			&f, -ENOKEY,
			"no key in this directory (names must end in .der, "
			".pem, .crt, .cer or .x509)",
			reterr);
	return r;
}

static void reject(const struct loading *l, int error, const struct diag *why)
{
	if (l->rejected)
		l->rejected(l->arg, error, why);
}

/* Return: 0 if it was taken or rejected; -ENOMEM. */
static int admit_key(const struct key_file *f, struct loading *l,
		     struct key_list *from, size_t i)
{
	struct diag why = { 0 }, said = { 0 };
	int r = trust_check(l->trust, from->key[i], &why);

	if (r == 0)
		r = key_list_add(&l->keys, from->key[i]);
	if (r == 0)
		from->key[i] = NULL;
	if (r == 0 || r == -ENOMEM)
		return r;
	(void)key_file_refuse(f, r, why.msg, &said);
	reject(l, r, &said);
	return 0;
}

static int admit_file(const struct key_file *f, void *arg, struct diag *reterr)
{
	CLEANUP(key_list_release) struct key_list new = KEY_LIST_INIT;
	struct loading *l = arg;
	struct diag why = { 0 };
	int r = key_file_read(f, &new, &why);

	if (r < 0 && r != -ENOMEM) {
		reject(l, r, &why);
		return 0;
	}
	for (size_t i = 0; r == 0 && i < new.n; i++)
		r = admit_key(f, l, &new, i);
	return r < 0 ? key_file_refuse(f, r, NULL, reterr) : 0;
}

int keyring_admit(struct keyring *k, const struct trust *t, const char *path,
		  keyring_rejected_fn rejected, void *arg, struct diag *reterr)
{
	CLEANUP(loading_release)
	struct loading l = { .trust = t, .rejected = rejected, .arg = arg };

	return load_path(k, path, admit_file, &l, reterr);
}

size_t keyring_count(const struct keyring *k)
{
	return k->keys.n;
}

size_t keyring_find(const struct keyring *k, uint32_t keyid)
{
	size_t first = find(k, keyid), i = first;

	while (i < k->n_names && k->name[i].id == keyid)
		i++;
	return i - first;
}

int keyring_describe(const struct keyring *k, size_t i, struct buf *to)
{
	const struct key *key;
	size_t before = to->len;
	int r;

	if (i >= k->keys.n)
		return -ERANGE;
	key = k->keys.key[i];
	if (key->subject)
		r = buf_append_escaped(to, key->subject);
	else
		r = buf_append_str(to, "public key");
	if (r == 0)
		r = buf_append_str(to, ": ");
	if (r == 0)
		r = buf_append_hex(to, key->skid, key->skid_len);
	if (r == 0)
		r = buf_printf(to, " %s %u keyid %08x",
			       key->type == KEY_RSA ? "RSA" : "ECDSA",
			       key->bits, key_skid_id(key));
	if (r < 0)
		to->len = before;
	return r;
}

/* What to say when several keys of one id were tried and none was good. */
static enum sig_result worse(enum sig_result a, enum sig_result b)
{
	static const enum sig_result order[] = { SIG_ERROR, SIG_BAD,
						 SIG_UNSUPPORTED };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (a == order[i] || b == order[i])
			return order[i];
	}
	return SIG_NO_KEY;
}

enum sig_result keyring_check(const struct keyring *k, uint32_t keyid,
			      const struct digest *digest, const uint8_t *sig,
			      size_t len)
{
	enum sig_result result = SIG_NO_KEY;

	for (size_t i = find(k, keyid);
	     i < k->n_names && k->name[i].id == keyid; i++) {
		enum sig_result r = sig_verify(k->keys.key[k->name[i].key],
					       digest, sig, len);

		if (r == SIG_GOOD)
			return SIG_GOOD;
		result = worse(result, r);
	}
	return result;
}
