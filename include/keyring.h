/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys that signatures are checked with, and one private key to sign
 * with. Implemented in crypto/.
 */
#ifndef IMAFS_KEYRING_H
#define IMAFS_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "digest.h"

struct keyring; /* immutable after loading; may be shared between threads */

int keyring_new(struct keyring **ret); /* 0 or -ENOMEM */
void keyring_free(struct keyring *k);  /* accepts NULL */

/*
 * keyring_load() - add the keys of a file or of every file in a directory
 * @path: X.509 certificate or bare public key, DER or PEM (several in one PEM
 *        file are all taken); of a directory, the names *.der, *.pem, *.crt,
 *        *.cer, *.x509 in byte order, not recursive
 *
 * Admitted are the keys that the kernel can verify with: RSA of 512, 1024,
 * 1536, 2048, 3072 and 4096 bits, EC on P-192, P-256, P-384 and P-521. Validity
 * dates and key usage are not looked at.
 *
 * All or nothing; @reterr names the file and the reason. Return: 0; -ENOENT;
 * -EBADMSG: not a key, or a private one; -ENOKEY for a directory without any
 * key; -ENOPKG for a key that cannot verify anything; -ENOMEM; -errno of I/O.
 */
int keyring_load(struct keyring *k, const char *path, struct diag *reterr);

size_t keyring_count(const struct keyring *k);

/*
 * How many keys a signature header with this key id may mean; 0 is the reason
 * for SIG_NO_KEY.
 */
size_t keyring_find(const struct keyring *k, uint32_t keyid);

/*
 * One line about key @i < keyring_count(), appended without newline:
 * "CN=name: skid RSA 2048 keyid 01020304"; a bare key is "public key: ...".
 * Return: 0; -ERANGE; -ENOMEM.
 */
int keyring_describe(const struct keyring *k, size_t i, struct buf *to);

/* How checking one signature ended. Zero is "could not be done". */
enum sig_result {
	SIG_ERROR = 0, /* no memory, library failure */
	SIG_GOOD,
	SIG_BAD,	 /* EKEYREJECTED: does not verify */
	SIG_NO_KEY,	 /* ENOKEY: nobody here has that key id */
	SIG_UNSUPPORTED, /* ENOPKG: key type or algorithm cannot do this */
};

/*
 * keyring_check() - check a signature over a digest
 * @keyid: big-endian number from the signature header; every key whose SKID
 *         (certificate's, else SHA-1 of the public key), or whose serial
 *         number || issuer, ends in it is tried
 * RSA is EMSA-PKCS1-v1_5, ECDSA is a DER sequence. Thread-safe.
 */
enum sig_result keyring_check(const struct keyring *k, uint32_t keyid,
			      const struct digest *digest, const uint8_t *sig,
			      size_t len);

/* A private key; wiped when freed. */
struct signing_key;

/*
 * signing_key_load() - read a PEM private key (PKCS#8 or traditional)
 * @password: NULL: ask nobody, an encrypted key is -EKEYREJECTED
 * @cert:     path of its X.509 certificate whose SKID gives the key id, or
 *            NULL: SHA-1 of the public key
 * @reterr:   names the file and the reason
 *
 * Return: 0; -EKEYREJECTED: encrypted, and no or a wrong password; -EBADMSG: no
 * PEM private key, or @cert is no certificate; -ENOPKG: keyring_load() would
 * not admit its public half; -EINVAL: @cert is another key's; -ENOMEM; -errno
 * of I/O.
 */
int signing_key_load(const char *path, const char *password, const char *cert,
		     struct signing_key **ret, struct diag *reterr);
void signing_key_free(struct signing_key *k); /* accepts NULL */
uint32_t signing_key_id(const struct signing_key *k);

/*
 * signing_key_sign() - signature v2 over @digest: the whole security.ima value,
 * type byte 0x03 included, appended to @to, which is unchanged on error.
 * Thread-safe. Return: 0; -ENOPKG if key and hash do not go together; -EIO;
 * -ENOMEM.
 */
int signing_key_sign(const struct signing_key *k, const struct digest *digest,
		     struct buf *to);

#endif
