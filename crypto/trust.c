// SPDX-License-Identifier: Apache-2.0
/*
 * Who may be a key: see include/trust.h. The rules are those of the kernel's
 * restrict_link_by_digsig() and restrict_link_by_signature() (Linux 6.12,
 * crypto/asymmetric_keys/restrict.c), not those of TLS: one step, no path, no
 * dates, no CRL. Does not read files; key_file.c does.
 */
#include "trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "crypto/evp.h"
#include "crypto/key.h"
#include "crypto/key_file.h"
#include "crypto/trust_check.h"

DEFINE_FREEP(AUTHORITY_KEYID, AUTHORITY_KEYID);
DEFINE_FREEP(BASIC_CONSTRAINTS, BASIC_CONSTRAINTS);

/* RFC 5280 4.2.1.3 */
#define USAGE_DIGITAL_SIGNATURE 0
#define USAGE_KEY_CERT_SIGN	5

struct trust {
	struct key_list certs; /* each with its ->cert */
};

int trust_new(struct trust **ret)
{
	struct trust *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	*ret = t;
	return 0;
}

void trust_free(struct trust *t)
{
	if (!t)
		return;
	key_list_release(&t->certs);
	free(t);
}

size_t trust_count(const struct trust *t)
{
	return t->certs.n;
}

/* Moves all of @from into @t, or nothing. */
static int take_all(struct trust *t, struct key_list *from, struct diag *reterr)
{
	size_t before = t->certs.n;

	for (size_t i = 0; i < from->n; i++) {
		if (!from->key[i]->cert) {
			diag_set(reterr, "has a bare public key; only a "
					 "certificate can vouch for others");
			return -EBADMSG;
		}
	}
	for (size_t i = 0; i < from->n; i++) {
		int r = key_list_add(&t->certs, from->key[i]);

		if (r < 0) {
			t->certs.n = before; /* they are still in @from */
			return r;
		}
	}
	from->n = 0;
	return 0;
}

static int read_file(const struct key_file *f, void *arg, struct diag *reterr)
{
	return key_file_read(f, arg, reterr);
}

int trust_load(struct trust *t, const char *path, struct diag *reterr)
{
	CLEANUP(key_list_release) struct key_list new = KEY_LIST_INIT;
	const struct key_file f = { -1, NULL, path };
	struct diag why = { 0 };
	int r = key_files_of(path, read_file, &new, reterr);

	if (r < 0)
		return r;
	if (new.n == 0)
		return key_file_refuse(
			&f, -ENOKEY,
			"no certificate in this directory (names must end in "
			".der, .pem, .crt, .cer or .x509)",
			reterr);
	r = take_all(t, &new, &why);
	return r < 0 ? key_file_refuse(&f, r, why.msg, reterr) : 0;
}

int trust_load_builtin(struct trust *t, struct diag *reterr)
{
	CLEANUP(key_list_release) struct key_list new = KEY_LIST_INIT;
	const struct key_file f = { -1, NULL, "builtin trust set" };
	struct diag why = { 0 };
	int r;

	if (trust_builtin_len == 0) {
		diag_set(reterr, "no trust set was compiled in (build option "
				 "trusted_keys); name a file or directory of "
				 "certificates instead of 'builtin'");
		return -ENOENT;
	}
	r = keys_parse(trust_builtin, trust_builtin_len, &new, &why);
	if (r == 0)
		r = take_all(t, &new, &why);
	return r < 0 ? key_file_refuse(&f, r, why.msg, reterr) : 0;
}

/* Return: 1 if there is the extension; 0; -EBADMSG. */
static int get_extension(const X509 *cert, int nid, void **ret)
{
	int critical;

	*ret = X509_get_ext_d2i(cert, nid, &critical, NULL);
	if (*ret)
		return 1;
	(void)evp_drain();
	return critical == -1 ? 0 : -EBADMSG; /* -2: there are several */
}

static int check_usage(const X509 *cert, struct diag *reterr)
{
	CLEANUP(ASN1_BIT_STRING_freep) ASN1_BIT_STRING *usage = NULL;
	void *found;
	int r = get_extension(cert, NID_key_usage, &found);

	usage = found;
	if (r < 0) {
		diag_set(reterr, "damaged key usage");
		return r;
	}
	if (r == 0 ||
	    !ASN1_BIT_STRING_get_bit(usage, USAGE_DIGITAL_SIGNATURE)) {
		diag_set(reterr,
			 "its key usage does not have digitalSignature; issue "
			 "it with keyUsage=digitalSignature");
		return -ENOKEY;
	}
	if (ASN1_BIT_STRING_get_bit(usage, USAGE_KEY_CERT_SIGN)) {
		diag_set(reterr, "its key usage has keyCertSign: a key that "
				 "signs files must not sign certificates");
		return -ENOKEY;
	}
	return 0;
}

static int check_no_ca(const X509 *cert, struct diag *reterr)
{
	CLEANUP(BASIC_CONSTRAINTS_freep) BASIC_CONSTRAINTS *basic = NULL;
	void *found;
	int r = get_extension(cert, NID_basic_constraints, &found);

	basic = found;
	if (r < 0) {
		diag_set(reterr, "damaged basic constraints");
		return r;
	}
	if (r > 0 && basic->ca) {
		diag_set(reterr, "a CA certificate; use one that the CA "
				 "issued, with basicConstraints=CA:FALSE");
		return -ENOKEY;
	}
	return 0;
}

/* What the kernel's X.509 parser knows (x509_note_sig_algo()). */
static int check_algorithm(X509 *cert, struct diag *reterr)
{
	int hash = NID_undef, key = NID_undef;

	if (X509_get_signature_info(cert, &hash, &key, NULL, NULL) == 1 &&
	    (key == NID_rsaEncryption || key == NID_X9_62_id_ecPublicKey)) {
		switch (hash) {
		case NID_sha1:
		case NID_sha224:
		case NID_sha256:
		case NID_sha384:
		case NID_sha512:
		case NID_sha3_256:
		case NID_sha3_384:
		case NID_sha3_512:
			return evp_error(0);
		default:
			break;
		}
	}
	diag_set(reterr,
		 "signed with %s, which the kernel does not verify; use RSA "
		 "(PKCS #1 v1.5) or ECDSA with SHA-2",
		 OBJ_nid2ln(X509_get_signature_nid(cert)));
	return evp_error(-ENOPKG);
}

/* Does the extension's issuer and serial number name @issuer? */
static bool names_certificate(const AUTHORITY_KEYID *a, const X509 *issuer)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(a->issuer); i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(a->issuer, i);

		if (n->type == GEN_DIRNAME &&
		    X509_NAME_cmp(n->d.directoryName,
				  X509_get_issuer_name(issuer)) == 0 &&
		    ASN1_INTEGER_cmp(a->serial,
				     X509_get0_serialNumber(issuer)) == 0)
			return true;
	}
	return false;
}

/* All that the certificate says about its issuer must fit. */
static bool may_be_issuer(const X509 *cert, const AUTHORITY_KEYID *a,
			  const struct key *issuer)
{
	bool by_number = a && a->issuer && a->serial;

	if (a && a->keyid &&
	    ((size_t)ASN1_STRING_length(a->keyid) != issuer->skid_len ||
	     memcmp(ASN1_STRING_get0_data(a->keyid), issuer->skid,
		    issuer->skid_len) != 0))
		return false;
	if (by_number && !names_certificate(a, issuer->cert))
		return false;
	return by_number || (a && a->keyid) ||
	       X509_NAME_cmp(X509_get_issuer_name(cert),
			     X509_get_subject_name(issuer->cert)) == 0;
}

static int no_issuer(X509 *cert, const AUTHORITY_KEYID *a, struct diag *reterr)
{
	CLEANUP(openssl_freep) char *name = NULL;
	CLEANUP(buf_release) struct buf text = BUF_INIT;

	name = X509_NAME_oneline(X509_get_issuer_name(cert), NULL, 0);
	if (buf_append_escaped(&text, name ? name : "?") < 0 ||
	    (a && a->keyid &&
	     (buf_append_str(&text, ", key id ") < 0 ||
	      buf_append_hex(&text, ASN1_STRING_get0_data(a->keyid),
			     (size_t)ASN1_STRING_length(a->keyid)) < 0)))
		return evp_error(-ENOMEM);
	diag_set(reterr,
		 "its issuer is not in the trust set (%.*s); add the issuer's "
		 "certificate there, or issue this one with a trusted key",
		 (int)(text.len > 120 ? 120 : text.len),
		 (const char *)text.data);
	return evp_error(-ENOKEY);
}

/*
 * A key id can be claimed by anybody, and two certificates may share one: all
 * that fit are tried.
 */
static int check_issuer(const struct trust *t, X509 *cert, struct diag *reterr)
{
	CLEANUP(AUTHORITY_KEYID_freep) AUTHORITY_KEYID *a = NULL;
	bool tried = false;
	void *found;
	int r = get_extension(cert, NID_authority_key_identifier, &found);

	a = found;
	if (r < 0) {
		diag_set(reterr, "damaged authority key identifier");
		return r;
	}
	for (size_t i = 0; i < t->certs.n; i++) {
		const struct key *issuer = t->certs.key[i];

		if (!may_be_issuer(cert, a, issuer))
			continue;
		tried = true;
		if (X509_verify(cert, issuer->pkey) == 1)
			return evp_error(0);
	}
	if (!tried)
		return no_issuer(cert, a, reterr);
	diag_set(reterr, "its signature does not verify with the key of its "
			 "issuer: forged, damaged, or of another key of the "
			 "same name");
	return evp_error(-EKEYREJECTED);
}

int trust_check(const struct trust *t, const struct key *k, struct diag *reterr)
{
	int r;

	if (!k->cert) {
		diag_set(reterr, "a bare public key, which nobody signed; give "
				 "a certificate");
		return -ENOPKG;
	}
	r = check_usage(k->cert, reterr);
	if (r == 0)
		r = check_no_ca(k->cert, reterr);
	if (r == 0)
		r = check_algorithm(k->cert, reterr);
	return r < 0 ? r : check_issuer(t, k->cert, reterr);
}
