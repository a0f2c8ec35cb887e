// SPDX-License-Identifier: Apache-2.0
/*
 * The private key that files are signed with; see include/keyring.h. Secrets
 * are wiped from every buffer of ours; OpenSSL wipes its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "crypto/evp.h"
#include "crypto/key.h"
#include "crypto/key_file.h"
#include "crypto/sig.h"
#include "keyring.h"
#include "xattr.h"

#define FILE_MAX   (1U << 20)
#define READ_AHEAD 65536 /* io_read_file() wants as much room left */

struct signing_key {
	EVP_PKEY *pkey;
	struct key *public; /* its public half */
	uint32_t id;	    /* the name in signature headers */
};

DEFINE_FREEP(struct key, key);
DEFINE_FREEP(struct signing_key, signing_key);

void signing_key_free(struct signing_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	key_free(k->public);
	free(k);
}

struct answer {
	const char *password; /* NULL: there is none */
	bool asked;
};

/* pem_password_cb: the length of the password, or -1 */
static int give_password(char *to, int size, int rwflag, void *arg)
{
	struct answer *a = arg;
	size_t len = a->password ? strlen(a->password) : 0;

	(void)rwflag;
	a->asked = true;
	if (!a->password || len > (size_t)size)
		return -1;
	memcpy(to, a->password, len);
	return (int)len;
}

static int read_private(const char *path, const char *password, EVP_PKEY **ret,
			struct diag *reterr)
{
	const struct key_file f = { AT_FDCWD, NULL, path };
	CLEANUP(buf_wipe) struct buf b = BUF_INIT;
	CLEANUP(BIO_freep) BIO *bio = NULL;
	struct answer a = { .password = password };
	int r;

	/* reserved at once: growing would leave copies of the key behind */
	r = buf_reserve(&b, FILE_MAX + READ_AHEAD);
	if (r == 0)
		r = io_read_file(AT_FDCWD, path, FILE_MAX, &b);
	if (r < 0)
		return key_file_refuse(&f, r, NULL, reterr);
	bio = BIO_new_mem_buf(b.len ? b.data : (const void *)"", (int)b.len);
	if (!bio)
		return evp_error(-ENOMEM);
	*ret = PEM_read_bio_PrivateKey(bio, NULL, give_password, &a);
	if (*ret)
		return 0;
	if (evp_drain())
		return -ENOMEM;
	if (a.asked)
		return key_file_refuse(&f, -EKEYREJECTED,
				       password ? "wrong password"
						: "the key is encrypted and no "
						  "password was given",
				       reterr);
	return key_file_refuse(&f, -EBADMSG, "not a private key in PEM form",
			       reterr);
}

/* The name that signatures carry; @cert as in signing_key_load(). */
static int choose_id(struct signing_key *k, const char *cert,
		     struct diag *reterr)
{
	struct key_file f = { AT_FDCWD, NULL, cert };
	CLEANUP(key_freep) struct key *c = NULL;
	int r;

	k->id = key_skid_id(k->public);
	if (!cert)
		return 0;
	r = key_file_read_one(&f, &c, reterr);
	if (r < 0)
		return r;
	if (EVP_PKEY_eq(c->pkey, k->pkey) != 1)
		return key_file_refuse(&f, evp_error(-EINVAL),
				       "not the certificate of this key",
				       reterr);
	if (c->skid_len < 4)
		return key_file_refuse(
			&f, -EINVAL,
			"subject key identifier shorter than a key id", reterr);
	k->id = key_skid_id(c);
	return 0;
}

int signing_key_load(const char *path, const char *password, const char *cert,
		     struct signing_key **ret, struct diag *reterr)
{
	CLEANUP(signing_key_freep) struct signing_key *k = NULL;
	const struct key_file f = { AT_FDCWD, NULL, path };
	struct diag why = { 0 };
	int r;

	k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	r = read_private(path, password, &k->pkey, reterr);
	if (r < 0)
		return r;
	r = key_from_pkey(k->pkey, &k->public, &why);
	if (r < 0)
		return key_file_refuse(&f, r, why.msg, reterr);
	r = choose_id(k, cert, reterr);
	if (r < 0)
		return r;
	*ret = STEAL(k);
	return 0;
}

uint32_t signing_key_id(const struct signing_key *k)
{
	return k->id;
}

/* Appends header and signature; may leave half of it on error. */
static int append_value(const struct signing_key *k,
			const struct digest *digest, struct buf *to)
{
	size_t size_at, len;
	int r;

	r = buf_append_u8(to, EVM_IMA_XATTR_DIGSIG);
	if (r == 0)
		r = buf_append_u8(to, 2);
	if (r == 0)
		r = buf_append_u8(to, digest->alg);
	if (r == 0)
		r = buf_append_be32(to, k->id);
	size_at = to->len;
	if (r == 0)
		r = buf_append_be16(to, 0);
	if (r == 0)
		r = sig_make(k->pkey, k->public, digest, to);
	if (r < 0)
		return r;
	len = to->len - size_at - 2;
	to->data[size_at] = (uint8_t)(len >> 8);
	to->data[size_at + 1] = (uint8_t)len;
	return 0;
}

int signing_key_sign(const struct signing_key *k, const struct digest *digest,
		     struct buf *to)
{
	size_t before = to->len;
	int r = append_value(k, digest, to);

	if (r < 0)
		to->len = before;
	return r;
}
