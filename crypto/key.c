// SPDX-License-Identifier: Apache-2.0
/*
 * What makes a public key of ours; see key.h. Admits what the kernel can
 * verify with: RSA of the lengths of crypto/rsa.c, ECDSA on the curves of
 * crypto/ecdsa.c. Validity dates and key usage are not looked at: the kernel
 * ignores the first, and the second is a matter of trust (trust.c).
 */
#include "crypto/key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "crypto/evp.h"
#include "digest.h"

DEFINE_FREEP(struct key, key);

void key_free(struct key *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < HASH_ALG_COUNT; i++)
		EVP_PKEY_CTX_free(atomic_load(&k->ready[i]));
	EVP_PKEY_free(k->pkey);
	X509_free(k->cert);
	free(k->skid);
	free(k->subject);
	free(k);
}

void key_list_release(struct key_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		key_free(l->key[i]);
	free(l->key);
	*l = (struct key_list)KEY_LIST_INIT;
}

int key_list_add(struct key_list *l, struct key *k)
{
	struct key **p;
	size_t cap;

	if (l->n == l->cap) {
		cap = l->cap ? l->cap * 2 : 8;
		p = reallocarray(l->key, cap, sizeof(struct key *));
		if (!p)
			return -ENOMEM;
		l->key = p;
		l->cap = cap;
	}
	l->key[l->n++] = k;
	return 0;
}

static uint32_t tail_id(const uint8_t *p, size_t len)
{
	p += len - 4;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

uint32_t key_skid_id(const struct key *k)
{
	return k->skid_len >= 4 ? tail_id(k->skid, k->skid_len) : 0;
}

static int set_skid(struct key *k, const void *skid, size_t len)
{
	k->skid = malloc(len ? len : 1);
	if (!k->skid)
		return -ENOMEM;
	if (len)
		memcpy(k->skid, skid, len);
	k->skid_len = len;
	if (len >= 4)
		k->id[k->n_ids++] = key_skid_id(k);
	return 0;
}

static int check_rsa(struct key *k, struct diag *reterr)
{
	CLEANUP(BN_freep) BIGNUM *n = NULL;
	CLEANUP(BN_freep) BIGNUM *e = NULL;

	k->type = KEY_RSA;
	k->bits = (unsigned)EVP_PKEY_get_bits(k->pkey);
	switch (EVP_PKEY_get_size(k->pkey) * 8) {
	case 512:
	case 1024:
	case 1536:
	case 2048:
	case 3072:
	case 4096:
		break;
	default:
		diag_set(reterr,
			 "RSA key of %u bits: the kernel verifies with 512, "
			 "1024, 1536, 2048, 3072 and 4096 bits only",
			 k->bits);
		return -ENOPKG;
	}
	if (EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
	    EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_RSA_E, &e) != 1)
		return evp_error(-EBADMSG);
	/* with e = 1 everybody can sign */
	if (!BN_is_odd(n) || !BN_is_odd(e) || BN_is_one(e)) {
		diag_set(reterr, "RSA key with impossible modulus or exponent");
		return -EBADMSG;
	}
	return 0;
}

static int check_ec(struct key *k, struct diag *reterr)
{
	CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = NULL;

	k->type = KEY_EC;
	k->bits = (unsigned)EVP_PKEY_get_bits(k->pkey);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	if (!ctx)
		return evp_error(-EBADMSG);
	if (EVP_PKEY_public_check(ctx) != 1) {
		diag_set(reterr, "EC key whose point is not on its curve");
		return evp_error(-EBADMSG);
	}
	return 0;
}

/* Looked at before the key is decoded: "unsupported" is not "damaged". */
static int check_alg(const X509_ALGOR *alg, struct diag *reterr)
{
	const ASN1_OBJECT *oid;
	const void *param;
	char text[80];
	int type;

	X509_ALGOR_get0(&oid, &type, &param, alg);
	switch (OBJ_obj2nid(oid)) {
	case NID_rsaEncryption:
		return 0;
	case NID_X9_62_id_ecPublicKey:
		break;
	default:
		(void)OBJ_obj2txt(text, sizeof(text), oid, 0);
		diag_set(reterr,
			 "key of type %s, which IMA cannot verify with; "
			 "RSA and ECDSA keys can be used",
			 text);
		return -ENOPKG;
	}
	if (type != V_ASN1_OBJECT) {
		diag_set(reterr, "EC key without a named curve");
		return -ENOPKG;
	}
	switch (OBJ_obj2nid(param)) {
	case NID_X9_62_prime192v1:
	case NID_X9_62_prime256v1:
	case NID_secp384r1:
	case NID_secp521r1:
		return 0;
	default:
		(void)OBJ_obj2txt(text, sizeof(text), param, 0);
		diag_set(reterr,
			 "EC key on curve %s: the kernel verifies with P-192, "
			 "P-256, P-384 and P-521 only",
			 text);
		return -ENOPKG;
	}
}

/*
 * The key of a SubjectPublicKeyInfo.
 * @skid: the certificate's subject key identifier, or NULL: SHA-1
 */
static int key_new(X509_PUBKEY *pub, const ASN1_OCTET_STRING *skid,
		   struct key **ret, struct diag *reterr)
{
	CLEANUP(key_freep) struct key *k = NULL;
	const unsigned char *bits;
	X509_ALGOR *alg = NULL;
	struct digest sha1;
	EVP_PKEY *pkey;
	int len, r;

	if (!pub || X509_PUBKEY_get0_param(NULL, &bits, &len, &alg, pub) != 1)
		return evp_error(-EBADMSG);
	r = check_alg(alg, reterr);
	if (r < 0)
		return evp_error(r);
	pkey = X509_PUBKEY_get0(pub);
	if (!pkey) {
		diag_set(reterr, "damaged public key");
		return evp_error(-EBADMSG);
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	if (EVP_PKEY_up_ref(pkey) != 1)
		return evp_error(-EBADMSG);
	k->pkey = pkey;
	r = EVP_PKEY_is_a(pkey, "RSA") ? check_rsa(k, reterr)
				       : check_ec(k, reterr);
	if (r < 0)
		return r;
	if (skid) {
		r = set_skid(k, ASN1_STRING_get0_data(skid),
			     (size_t)ASN1_STRING_length(skid));
	} else {
		r = digest_of(HASH_ALG_SHA1, bits, (size_t)len, &sha1);
		if (r == 0)
			r = set_skid(k, sha1.bytes, sha1.size);
	}
	if (r < 0)
		return r;
	*ret = STEAL(k);
	return 0;
}

/* The kernel's other key id: the end of serial number || issuer. */
static int add_issuer_id(struct key *k, const X509 *cert)
{
	const unsigned char *der;
	size_t len;

	if (X509_NAME_get0_der(X509_get_issuer_name(cert), &der, &len) != 1)
		return evp_error(-EBADMSG);
	/* two bytes SEQUENCE header at least; too short: it has no such id */
	if (len >= 2 + 4)
		k->id[k->n_ids++] = tail_id(der, len);
	return 0;
}

static int set_subject(struct key *k, const X509 *cert)
{
	CLEANUP(BIO_freep) BIO *bio = BIO_new(BIO_s_mem());
	unsigned long flags = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
	char *text;
	long len;

	if (!bio ||
	    X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0, flags) < 0)
		return evp_error(-EBADMSG);
	len = BIO_get_mem_data(bio, &text);
	k->subject = strndup(len > 0 ? text : "", len > 0 ? (size_t)len : 0);
	return k->subject ? 0 : -ENOMEM;
}

int key_from_cert(X509 *cert, struct key **ret, struct diag *reterr)
{
	CLEANUP(ASN1_OCTET_STRING_freep) ASN1_OCTET_STRING *skid = NULL;
	CLEANUP(key_freep) struct key *k = NULL;
	int found, r;

	/* not X509_get0_subject_key_id(): it looks at all extensions, and
	 * finds nothing in a certificate that has one it does not like */
	skid = X509_get_ext_d2i(cert, NID_subject_key_identifier, &found, NULL);
	if (!skid && found != -1) {
		diag_set(reterr, "damaged subject key identifier");
		return evp_error(-EBADMSG);
	}
	r = key_new(X509_get_X509_PUBKEY(cert), skid, &k, reterr);
	if (r == 0)
		r = add_issuer_id(k, cert);
	if (r == 0)
		r = set_subject(k, cert);
	if (r == 0 && X509_up_ref(cert) != 1)
		r = evp_error(-EBADMSG);
	if (r < 0)
		return r;
	k->cert = cert;
	*ret = STEAL(k);
	return 0;
}

int key_from_spki(X509_PUBKEY *pub, struct key **ret, struct diag *reterr)
{
	return key_new(pub, NULL, ret, reterr);
}

int key_from_pkey(EVP_PKEY *pkey, struct key **ret, struct diag *reterr)
{
	CLEANUP(X509_PUBKEY_freep) X509_PUBKEY *pub = NULL;

	if (X509_PUBKEY_set(&pub, pkey) != 1) {
		diag_set(reterr, "key of a type without a public half");
		return evp_error(-ENOPKG);
	}
	return key_new(pub, NULL, ret, reterr);
}
