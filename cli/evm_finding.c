// SPDX-License-Identifier: Apache-2.0
/* Collects what EVM covers; the answer is crypto/evm.c's. See evm_finding.h. */
#include "evm_finding.h"

#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/cleanup.h"
#include "evm.h"
#include "xattr.h"

/* Linux 6.9, include/uapi/linux/fs.h; newer than the headers we build with. */
struct fsuuid {
	uint8_t len;
	uint8_t uuid[16];
};
#define IOC_GETFSUUID _IOR(0x15, 0, struct fsuuid)

struct values {
	struct buf of[EVM_XATTRS];
};

static void values_release(struct values *v)
{
	for (size_t i = 0; i < EVM_XATTRS; i++)
		buf_release(&v->of[i]);
}

/* Which inode it is. The kernel writes a generation of 32 bits. */
static bool read_place(int fd, const struct stat *st, struct evm_metadata *to)
{
	union {
		uint32_t generation;
		long room;
	} v = { .room = 0 };
	struct fsuuid u;

	if (ioctl(fd, FS_IOC_GETVERSION, &v) < 0 ||
	    ioctl(fd, IOC_GETFSUUID, &u) < 0 || u.len != sizeof(to->fsuuid))
		return false;
	to->ino = st->st_ino;
	to->generation = v.generation;
	memcpy(to->fsuuid, u.uuid, sizeof(to->fsuuid));
	return true;
}

static int read_values(int fd, const struct buf *ima, struct values *v,
		       struct evm_metadata *to)
{
	for (size_t i = 0; i < EVM_XATTRS; i++) {
		const struct buf *b = i == EVM_IMA ? ima : &v->of[i];
		int r = i == EVM_IMA
				? (ima ? 0 : -ENODATA)
				: attr_read(fd,
					    evm_xattr_name((enum evm_xattr)i),
					    &v->of[i]);

		if (r == -ENODATA || r == -EOPNOTSUPP)
			continue;
		if (r < 0)
			return r;
		to->xattr[i].present = true;
		to->xattr[i].data = b->data;
		to->xattr[i].len = b->len;
	}
	return 0;
}

int evm_finding_check(int fd, const struct buf *ima, const struct keyring *keys,
		      struct evm_finding *ret)
{
	CLEANUP(values_release) struct values v = { 0 };
	struct evm_metadata m = { 0 };
	struct stat st;
	int err, r;

	*ret = (struct evm_finding){ .status = INTEGRITY_FAIL };
	if (fstat(fd, &st) < 0)
		return 0;
	m.uid = st.st_uid;
	m.gid = st.st_gid;
	m.mode = st.st_mode;
	m.bound = read_place(fd, &st, &m);
	ret->place_unknown = !m.bound;
	err = attr_read(fd, XATTR_NAME_EVM, &ret->evm);
	r = read_values(fd, ima, &v, &m);
	if (r == 0 && err != -ENOMEM)
		ret->status =
			evm_status(&m, ret->evm.data, ret->evm.len, err, keys);
	return r == -ENOMEM || err == -ENOMEM ? -ENOMEM : 0;
}

void evm_finding_release(struct evm_finding *m)
{
	buf_release(&m->evm);
}

int evm_finding_explain(const struct evm_finding *m, const struct keyring *keys,
			struct buf *to)
{
	struct sig_header h;

	if (m->status == INTEGRITY_NOLABEL || m->status == INTEGRITY_NOXATTRS)
		return buf_append_str(to, "it has no security.evm");
	if (m->evm.len && m->evm.data[0] == EVM_XATTR_HMAC)
		return buf_append_str(to, "security.evm is an HMAC, whose key "
					  "only a kernel has");
	if (sig_header_parse(m->evm.data, m->evm.len, &h) < 0 ||
	    h.type == IMA_VERITY_DIGSIG)
		return buf_append_str(to, "security.evm is not a signature "
					  "that can be checked");
	if (keyring_find(keys, h.keyid) == 0)
		return buf_printf(to,
				  "none of the %zu keys for EVM has the id "
				  "%08x",
				  keyring_count(keys), h.keyid);
	if (h.type == EVM_IMA_XATTR_DIGSIG && m->place_unknown)
		return buf_append_str(to, "security.evm is bound to an inode, "
					  "and which one this is cannot be "
					  "learnt from this system");
	return buf_append_str(to, "security.evm does not fit owner, mode, "
				  "attributes or, unless portable, inode");
}
