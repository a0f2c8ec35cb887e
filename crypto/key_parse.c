// SPDX-License-Identifier: Apache-2.0
/*
 * Untrusted bytes -> keys: the forms in which certificates and public keys are
 * kept in files. No I/O; see key.h. What a good key is, key.c knows.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "crypto/evp.h"
#include "crypto/key.h"

DEFINE_FREEP(struct key, key);

/* Each of the three forms of DER, complete and with nothing after it. */
static int from_cert_der(const uint8_t *der, size_t len, bool aux,
			 struct key **ret, struct diag *reterr)
{
	CLEANUP(X509_freep) X509 *cert = NULL;
	const unsigned char *p = der;

	cert = aux ? d2i_X509_AUX(NULL, &p, (long)len)
		   : d2i_X509(NULL, &p, (long)len);
	if (!cert || p != der + len)
		return evp_error(-EBADMSG);
	return key_from_cert(cert, ret, reterr);
}

static int from_spki_der(const uint8_t *der, size_t len, struct key **ret,
			 struct diag *reterr)
{
	CLEANUP(X509_PUBKEY_freep) X509_PUBKEY *pub = NULL;
	const unsigned char *p = der;

	pub = d2i_X509_PUBKEY(NULL, &p, (long)len);
	if (!pub || p != der + len)
		return evp_error(-EBADMSG);
	return key_from_spki(pub, ret, reterr);
}

static int from_pkcs1_der(const uint8_t *der, size_t len, struct key **ret,
			  struct diag *reterr)
{
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *pkey = NULL;
	const unsigned char *p = der;

	pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)len);
	if (!pkey || p != der + len)
		return evp_error(-EBADMSG);
	return key_from_pkey(pkey, ret, reterr);
}

static int from_der(const uint8_t *der, size_t len, struct key **ret,
		    struct diag *reterr)
{
	int r;

	diag_set(reterr, "neither an X.509 certificate nor a public key");
	r = from_cert_der(der, len, false, ret, reterr);
	if (r == -EBADMSG)
		r = from_spki_der(der, len, ret, reterr);
	if (r == -EBADMSG)
		r = from_pkcs1_der(der, len, ret, reterr);
	return r;
}

static int from_block(const char *name, const uint8_t *der, size_t len,
		      struct key **ret, struct diag *reterr)
{
	diag_set(reterr, "damaged %s block", name);
	if (strcmp(name, PEM_STRING_X509) == 0 ||
	    strcmp(name, PEM_STRING_X509_OLD) == 0)
		return from_cert_der(der, len, false, ret, reterr);
	if (strcmp(name, PEM_STRING_X509_TRUSTED) == 0)
		return from_cert_der(der, len, true, ret, reterr);
	if (strcmp(name, PEM_STRING_PUBLIC) == 0)
		return from_spki_der(der, len, ret, reterr);
	if (strcmp(name, PEM_STRING_RSA_PUBLIC) == 0)
		return from_pkcs1_der(der, len, ret, reterr);
	if (strstr(name, "PRIVATE KEY"))
		diag_set(reterr,
			 "holds a private key; give its certificate or public "
			 "key instead");
	else
		diag_set(reterr,
			 "PEM block '%.60s' is neither certificate nor public "
			 "key",
			 name);
	return -EBADMSG;
}

/* Return: 1 and a block, 0 at the end, -errno. */
static int next_block(BIO *text, char **ret_name, uint8_t **ret_der,
		      long *ret_len)
{
	CLEANUP(openssl_freep) char *header = NULL;

	if (PEM_read_bio(text, ret_name, &header, ret_der, ret_len) == 1)
		return 1;
	if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
		return evp_error(0);
	return evp_error(-EBADMSG);
}

/* Return: 1 for a block, 0 at the end, -errno. */
static int from_pem_block(BIO *text, struct key_list *to, struct diag *reterr)
{
	CLEANUP(openssl_freep) char *name = NULL;
	CLEANUP(openssl_freep) uint8_t *der = NULL;
	CLEANUP(key_freep) struct key *k = NULL;
	long len = 0;
	int r;

	diag_set(reterr, "damaged PEM block");
	r = next_block(text, &name, &der, &len);
	if (r <= 0)
		return r;
	/* precede a key that openssl wrote, and say nothing */
	if (strcmp(name, PEM_STRING_ECPARAMETERS) == 0 ||
	    strcmp(name, PEM_STRING_DHPARAMS) == 0)
		return 1;
	r = from_block(name, der, (size_t)len, &k, reterr);
	if (r == 0)
		r = key_list_add(to, k);
	if (r < 0)
		return r;
	k = NULL;
	return 1;
}

static size_t count(const void *data, size_t len, const char *what)
{
	const uint8_t *p = data, *end = p + len;
	size_t n = 0;

	while ((p = memmem(p, (size_t)(end - p), what, strlen(what)))) {
		p += strlen(what);
		n++;
	}
	return n;
}

static int from_pem(const void *data, size_t len, struct key_list *to,
		    struct diag *reterr)
{
	CLEANUP(BIO_freep) BIO *text = BIO_new_mem_buf(data, (int)len);
	size_t begun = count(data, len, "-----BEGIN ");
	size_t before = to->n;
	int r;

	if (!text)
		return evp_error(-ENOMEM);
	do {
		r = from_pem_block(text, to, reterr);
		if (r > 0)
			begun--;
	} while (r > 0);
	/* OpenSSL skips a block whose first line is cut off */
	if (r == 0 && begun != 0) {
		diag_set(reterr, "damaged PEM block");
		r = -EBADMSG;
	}
	if (r == 0 && to->n == before) {
		diag_set(reterr, "no certificate and no public key in it");
		r = -EBADMSG;
	}
	while (r < 0 && to->n > before)
		key_free(to->key[--to->n]);
	return r;
}

int keys_parse(const void *data, size_t len, struct key_list *to,
	       struct diag *reterr)
{
	CLEANUP(key_freep) struct key *k = NULL;
	int r;

	if (len > INT_MAX) {
		diag_set(reterr, "larger than any certificate");
		return -EBADMSG;
	}
	if (len && memmem(data, len, "-----BEGIN ", 11))
		return from_pem(data, len, to, reterr);
	r = from_der(data, len, &k, reterr);
	if (r == 0)
		r = key_list_add(to, k);
	if (r == 0)
		k = NULL;
	return r;
}
