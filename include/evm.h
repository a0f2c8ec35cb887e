/* SPDX-License-Identifier: Apache-2.0 */
/*
 * security.evm: a signature over a file's metadata. Implemented in
 * crypto/evm.c; pure but for the public key operation.
 */
#ifndef IMAFS_EVM_H
#define IMAFS_EVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "digest.h"
#include "keyring.h"
#include "verdict.h"

/*
 * The attributes that EVM covers, in the order in which they are hashed. The
 * kernel skips those of security modules that it was built without when it
 * hashes for types 2 and 3; here all count for every type.
 */
enum evm_xattr {
	EVM_SELINUX = 0,
	EVM_SMACK64,
	EVM_SMACK64EXEC,
	EVM_SMACK64TRANSMUTE,
	EVM_SMACK64MMAP,
	EVM_APPARMOR,
	EVM_IMA,
	EVM_CAPS,
	EVM_XATTRS
};

/* "security.ima" for EVM_IMA ...; static storage. */
const char *evm_xattr_name(enum evm_xattr i);
/* Is @name one of them? security.evm itself is not. */
bool evm_xattr_protected(const char *name);

/* What is signed. Pointers are borrowed. */
struct evm_metadata {
	struct {
		bool present;
		const uint8_t *data;
		size_t len;
	} xattr[EVM_XATTRS];
	uid_t uid;
	gid_t gid;
	mode_t mode; /* with the bits of the file type */

	/* Only for signatures that are bound to one inode (type 3). */
	bool bound; /* these are known */
	uint64_t ino;
	uint32_t generation;
	uint8_t fsuuid[16];
};

/*
 * evm_digest() - the digest that a security.evm of this type signs
 * @type: EVM_XATTR_PORTABLE_DIGSIG or EVM_IMA_XATTR_DIGSIG
 * @ret:  written on success only
 * Return: 0; -ENODATA: no protected attribute at all; -EPERM: portable, and
 * there is no security.ima; -ESTALE: type 3, and !@m->bound; -EINVAL: another
 * type; -ENOPKG: @alg is not available; -ENOMEM; -EIO.
 */
int evm_digest(const struct evm_metadata *m, unsigned type, unsigned alg,
	       struct digest *ret);

/*
 * evm_status() - does security.evm fit the metadata?
 * @evm: its value; @err: 0, or -errno with which it could not be read
 *
 * Follows the kernel's evm_verify_hmac() with an X.509 key and without the key
 * for HMACs:
 *
 *   good portable signature (type 5)      PASS_IMMUTABLE
 *   any other of type 5                   FAIL_IMMUTABLE
 *   good signature of this inode (type 3) PASS
 *   no security.evm                       NOLABEL if there is anything to
 *                                         protect, else NOXATTRS
 *   the file system has no attributes     UNKNOWN
 *   an HMAC (type 2), anything else       FAIL
 *
 * A signature of version 3 (Linux 7.1) signs the digest of type, algorithm and
 * digest. What could not be found out is FAIL or FAIL_IMMUTABLE, never UNKNOWN,
 * because that would let IMA decide alone. Thread-safe.
 */
enum integrity_status evm_status(const struct evm_metadata *m,
				 const uint8_t *evm, size_t len, int err,
				 const struct keyring *keys);

#endif
