// SPDX-License-Identifier: Apache-2.0
/*
 * What EVM signs, and whether a signature fits; see include/evm.h. Reads no
 * file: values in, status out. The bytes that are hashed:
 *
 *   value of each attribute that is there, without name or length
 *   ino      unsigned long   0 if portable
 *   generation         u32   0 if portable
 *   uid, gid           u32 each
 *   mode               u16
 *   zeros until the size is a multiple of that of unsigned long
 *   UUID of the file system, 16 bytes, unless portable
 *
 * Integers are in the machine's byte order.
 *
 * EVM: security/integrity/evm/evm_crypto.c, hmac_add_misc()
 */
#include "evm.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypto/header.h"
#include "xattr.h"

/* EVM: security/integrity/evm/evm_main.c, evm_config_default_xattrnames */
static const char *const names[EVM_XATTRS] = {
	[EVM_SELINUX] = "security.selinux",
	[EVM_SMACK64] = "security.SMACK64",
	[EVM_SMACK64EXEC] = "security.SMACK64EXEC",
	[EVM_SMACK64TRANSMUTE] = "security.SMACK64TRANSMUTE",
	[EVM_SMACK64MMAP] = "security.SMACK64MMAP",
	[EVM_APPARMOR] = "security.apparmor",
	[EVM_IMA] = XATTR_NAME_IMA,
	[EVM_CAPS] = XATTR_NAME_CAPS,
};

/* EVM: a value must be longer than the header of a signature */
#define SIGNATURE_MIN 10

DEFINE_FREEP(struct digest_ctx, digest);

const char *evm_xattr_name(enum evm_xattr i)
{
	return names[i];
}

bool evm_xattr_protected(const char *name)
{
	for (size_t i = 0; i < EVM_XATTRS; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static bool any_present(const struct evm_metadata *m)
{
	for (size_t i = 0; i < EVM_XATTRS; i++) {
		if (m->xattr[i].present)
			return true;
	}
	return false;
}

struct misc {
	uint8_t bytes[64];
	size_t len;
};

static void put(struct misc *to, const void *value, size_t size)
{
	memcpy(to->bytes + to->len, value, size);
	to->len += size;
}

static void encode_misc(const struct evm_metadata *m, bool portable,
			struct misc *to)
{
	unsigned long ino = portable ? 0 : (unsigned long)m->ino;
	uint32_t generation = portable ? 0 : m->generation;
	uint32_t uid = m->uid, gid = m->gid;
	uint16_t mode = (uint16_t)m->mode;

	*to = (struct misc){ 0 };
	put(to, &ino, sizeof(ino));
	put(to, &generation, sizeof(generation));
	put(to, &uid, sizeof(uid));
	put(to, &gid, sizeof(gid));
	put(to, &mode, sizeof(mode));
	to->len += sizeof(ino) - 1;
	to->len -= to->len % sizeof(ino);
	if (!portable)
		put(to, m->fsuuid, sizeof(m->fsuuid));
}

int evm_digest(const struct evm_metadata *m, unsigned type, unsigned alg,
	       struct digest *ret)
{
	bool portable = type == EVM_XATTR_PORTABLE_DIGSIG;
	CLEANUP(digest_freep) struct digest_ctx *ctx = NULL;
	struct misc misc;
	int r;

	if (!portable && type != EVM_IMA_XATTR_DIGSIG)
		return -EINVAL;
	if (portable && !m->xattr[EVM_IMA].present)
		return -EPERM;
	if (!any_present(m))
		return -ENODATA;
	if (!portable && !m->bound)
		return -ESTALE;
	r = digest_new(alg, &ctx);
	for (size_t i = 0; i < EVM_XATTRS && r == 0; i++) {
		if (m->xattr[i].present && m->xattr[i].len)
			r = digest_update(ctx, m->xattr[i].data,
					  m->xattr[i].len);
	}
	encode_misc(m, portable, &misc);
	if (r == 0)
		r = digest_update(ctx, misc.bytes, misc.len);
	return r < 0 ? r : digest_final(ctx, ret);
}

static enum integrity_status check_signature(const struct evm_metadata *m,
					     const uint8_t *evm, size_t len,
					     const struct keyring *keys)
{
	bool portable = evm[0] == EVM_XATTR_PORTABLE_DIGSIG;
	enum integrity_status bad =
		portable ? INTEGRITY_FAIL_IMMUTABLE : INTEGRITY_FAIL;
	struct sig_header h;
	struct digest d;
	int r;

	if (sig_header_parse(evm, len, &h) < 0)
		return bad;
	r = evm_digest(m, h.type, h.alg, &d);
	if (r == -ENODATA)
		return INTEGRITY_NOXATTRS;
	if (r < 0 || header_check(&h, &d, keys) != SIG_GOOD)
		return bad;
	return portable ? INTEGRITY_PASS_IMMUTABLE : INTEGRITY_PASS;
}

static enum integrity_status no_signature(const struct evm_metadata *m, int err)
{
	bool any = any_present(m);

	if (err == -ENODATA)
		return any ? INTEGRITY_NOLABEL : INTEGRITY_NOXATTRS;
	/* attributes that are there and a file system that has none: a lie */
	if (err == -EOPNOTSUPP && !any)
		return INTEGRITY_UNKNOWN;
	return INTEGRITY_FAIL;
}

enum integrity_status evm_status(const struct evm_metadata *m,
				 const uint8_t *evm, size_t len, int err,
				 const struct keyring *keys)
{
	if (err)
		return no_signature(m, err);
	if (len < SIGNATURE_MIN)
		return INTEGRITY_FAIL;
	switch (evm[0]) {
	case EVM_IMA_XATTR_DIGSIG:
	case EVM_XATTR_PORTABLE_DIGSIG:
		return check_signature(m, evm, len, keys);
	default:
		/* an HMAC needs a key that only the kernel's keyring has */
		return INTEGRITY_FAIL;
	}
}
