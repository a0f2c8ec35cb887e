// SPDX-License-Identifier: Apache-2.0
/*
 * Collects what EVM covers and asks crypto/ whether the signature fits. Reads
 * only; the decisions about changes are in gate_metadata.c.
 */
#include "metadata.h"

#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/attr.h"
#include "base/cleanup.h"
#include "metadata_read.h"
#include "xattr.h"

#define ACL_PREFIX "system.posix_acl_"

void metadata_release(struct metadata *m)
{
	for (size_t i = 0; i < EVM_XATTRS; i++)
		buf_release(&m->storage[i]);
	buf_release(&m->evm);
}

/* The kernel writes an int, whatever the number of the request says. */
static bool read_generation(int fd, uint32_t *ret)
{
	union {
		uint32_t generation;
		long room;
	} v = { .room = 0 };

	if (ioctl(fd, FS_IOC_GETVERSION, &v) < 0)
		return false;
	*ret = v.generation;
	return true;
}

/* The UUID that is known is that of the file system below the mount. */
static bool is_ours(const struct fs *fs, const struct stat *st)
{
	struct stat root;

	return fstat(fs->source.root, &root) == 0 && root.st_dev == st->st_dev;
}

/*
 * An attribute that is there and cannot be read is not the same as none: the
 * kernel would go on without it.
 */
static int read_xattrs(int fd, struct metadata *m)
{
	for (size_t i = 0; i < EVM_XATTRS; i++) {
		struct buf *b = &m->storage[i];
		int r = attr_read(fd, evm_xattr_name((enum evm_xattr)i), b);

		if (r == -ENODATA || r == -EOPNOTSUPP)
			continue;
		if (r < 0)
			return r;
		m->value.xattr[i].present = true;
		m->value.xattr[i].data = b->data;
		m->value.xattr[i].len = b->len;
	}
	return 0;
}

int metadata_read(const struct fs *fs, int fd, const struct stat *st,
		  bool inside, struct metadata *ret)
{
	struct evm_metadata *v = &ret->value;

	*ret = (struct metadata){ 0 };
	v->uid = st->st_uid;
	v->gid = st->st_gid;
	v->mode = st->st_mode;
	v->ino = st->st_ino;
	memcpy(v->fsuuid, fs->source.fsuuid, sizeof(v->fsuuid));
	v->bound = (inside || is_ours(fs, st)) &&
		   read_generation(fd, &v->generation);
	ret->evm_err = attr_read(fd, XATTR_NAME_EVM, &ret->evm);
	return read_xattrs(fd, ret);
}

enum integrity_status metadata_verify(const struct fs *fs,
				      const struct metadata *m)
{
	return evm_status(&m->value, m->evm.data, m->evm.len, m->evm_err,
			  fs->evm_keys);
}

static void vouch(const struct metadata *m, struct vouched *ret)
{
	*ret = (struct vouched){ .yes = true,
				 .mode = m->value.mode,
				 .uid = m->value.uid,
				 .gid = m->value.gid };
	if (m->value.xattr[EVM_CAPS].present)
		vouched_set_caps(ret, m->value.xattr[EVM_CAPS].data,
				 m->value.xattr[EVM_CAPS].len);
}

enum integrity_status metadata_status(struct subject *s)
{
	CLEANUP(metadata_release) struct metadata m = { 0 };
	enum integrity_status status = INTEGRITY_FAIL;

	if (!s->fs->evm_keys)
		return INTEGRITY_UNKNOWN;
	if (collect_label(s) == 0 &&
	    metadata_read(s->fs, s->fd, &s->st, s->inode != NULL, &m) == 0) {
		m.value.xattr[EVM_IMA].present = s->ima_err == 0;
		m.value.xattr[EVM_IMA].data = s->ima.data;
		m.value.xattr[EVM_IMA].len = s->ima.len;
		status = metadata_verify(s->fs, &m);
	}
	if (integrity_good(status))
		vouch(&m, &s->it->vouched);
	else
		integrity_drop_appraisal(s->it);
	s->vouched = s->it->vouched;
	return status;
}

bool metadata_remembered(struct subject *s)
{
	const struct vouched *v = &s->it->vouched;

	if (v->yes && !vouched_covers(v, &s->st))
		return false;
	s->vouched = *v;
	return true;
}

bool metadata_covers(const struct fs *fs, const char *name)
{
	if (strcmp(name, XATTR_NAME_IMA) == 0)
		return true;
	return fs->evm_keys &&
	       (strcmp(name, XATTR_NAME_EVM) == 0 ||
		evm_xattr_protected(name) ||
		strncmp(name, ACL_PREFIX, strlen(ACL_PREFIX)) == 0);
}
