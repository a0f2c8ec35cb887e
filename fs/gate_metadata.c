// SPDX-License-Identifier: Apache-2.0
/*
 * EVM's say in changes of metadata: what a portable signature covers stays as
 * it is, and what does not fit another label is not changed any further. As in
 * a kernel that has X.509 keys for EVM and can never have one for HMACs
 * (EVM_SETUP_COMPLETE): what has no label may get one.
 *
 * EVM: security/integrity/evm/evm_main.c, evm_protect_xattr(),
 * evm_inode_setattr(), evm_inode_set_acl()
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "denial.h"
#include "gate.h"
#include "metadata.h"
#include "metadata_read.h"
#include "xattr.h"

#define ACL_ACCESS "system.posix_acl_access"

/* include/uapi/linux/posix_acl.h, posix_acl_xattr.h */
#define ACL_VERSION   2
#define ACL_USER_OBJ  0x01
#define ACL_GROUP_OBJ 0x04
#define ACL_MASK      0x10
#define ACL_OTHER     0x20

int metadata_denied(struct fs *fs, struct node *n, const struct caller *c,
		    enum hook hook, const struct verdict *v)
{
	struct subject s;
	int r = subject_begin(fs, c, &s);

	if (r < 0)
		return r;
	s.inode = n->inode;
	s.st.st_nlink = 1;
	denials_add(fs->denials, v, s.policy, hook, subject_path(&s),
		    n->inode->dev, n->inode->ino, c, true);
	subject_end(&s);
	return 0;
}

/* The file as it is now. */
struct present {
	int fd;
	struct stat st;
	enum integrity_status status;
};

static void present_release(struct present *p)
{
	closep(&p->fd);
}

static int look(struct fs *fs, struct inode *i, struct present *ret)
{
	CLEANUP(metadata_release) struct metadata m = { 0 };
	int r = inode_open(fs->inodes, i, O_RDONLY, &ret->fd);

	if (r == 0 && fstat(ret->fd, &ret->st) < 0)
		r = -errno;
	if (r < 0)
		return r;
	ret->status = INTEGRITY_FAIL;
	if (metadata_read(fs, ret->fd, &ret->st, true, &m) == 0)
		ret->status = metadata_verify(fs, &m);
	return 0;
}

/* @changes: what is asked for differs from what is there */
static void decide(const struct present *p, bool changes, struct verdict *ret)
{
	switch (p->status) {
	case INTEGRITY_PASS:
	case INTEGRITY_FAIL_IMMUTABLE:
	case INTEGRITY_NOLABEL:
	case INTEGRITY_NOXATTRS:
	case INTEGRITY_UNKNOWN:
		ret->allow = true;
		return;
	case INTEGRITY_PASS_IMMUTABLE:
		ret->allow = !changes;
		break;
	case INTEGRITY_FAIL:
		ret->allow = false;
		break;
	}
	if (!ret->allow)
		verdict_deny(ret, "appraise_metadata",
			     integrity_status_name(p->status), EPERM, 0);
}

static bool xattr_changes(int fd, const char *name, const void *value,
			  size_t len)
{
	CLEANUP(buf_release) struct buf now = BUF_INIT;

	return !value || attr_read(fd, name, &now) < 0 || now.len != len ||
	       (len && memcmp(now.data, value, len) != 0);
}

/*
 * Does an ACL mean other permissions than @mode has? What is no ACL does. Its
 * class of the group is the mask, if there is one; that more entries are then
 * behind the mode is not EVM's to see.
 */
static bool acl_changes(const void *value, size_t len, mode_t mode)
{
	struct bytes b = bytes_of(value, len);
	mode_t group = mode & 070, mask = 0, to = mode & ~(mode_t)0777;
	bool masked = false;

	if (!value || bytes_le32(&b) != ACL_VERSION)
		return true;
	while (bytes_ok(&b) && b.left) {
		uint16_t tag = bytes_le16(&b);
		mode_t perm = bytes_le16(&b) & 07;

		(void)bytes_le32(&b); /* whose */
		if (tag == ACL_USER_OBJ)
			to |= perm << 6;
		else if (tag == ACL_GROUP_OBJ)
			group = perm << 3;
		else if (tag == ACL_OTHER)
			to |= perm;
		else if (tag == ACL_MASK)
			mask = perm << 3;
		masked |= tag == ACL_MASK;
	}
	return !bytes_ok(&b) || (to | (masked ? mask : group)) != mode;
}

int metadata_check_label(struct fs *fs, struct inode *i, const char *name,
			 const void *value, size_t len, struct verdict *ret)
{
	CLEANUP(present_release) struct present now = { .fd = -1 };
	bool changes;
	int r;

	*ret = (struct verdict){ 0 };
	if (!fs->evm_keys || !S_ISREG(i->type) || !metadata_covers(fs, name)) {
		ret->allow = true;
		return 0;
	}
	r = look(fs, i, &now);
	if (r < 0)
		return r;
	if (strcmp(name, ACL_ACCESS) == 0)
		changes = acl_changes(value, len, now.st.st_mode);
	else
		changes = xattr_changes(now.fd, name, value, len);
	decide(&now, changes, ret);
	return 0;
}

int gate_set_attr(struct fs *fs, struct node *n, const struct caller *c,
		  const struct attr_change *a, struct verdict *ret)
{
	CLEANUP(present_release) struct present now = { .fd = -1 };
	bool changes = false;
	int r;

	*ret = (struct verdict){ 0 };
	if (!fs->evm_keys || !S_ISREG(n->inode->type) ||
	    !(a->mode || a->uid || a->gid)) {
		ret->allow = true;
		return 0;
	}
	r = look(fs, n->inode, &now);
	if (r < 0)
		return r;
	if (a->mode)
		changes = (a->to->st_mode ^ now.st.st_mode) & ALLPERMS;
	if (a->uid)
		changes |= a->to->st_uid != now.st.st_uid;
	if (a->gid)
		changes |= a->to->st_gid != now.st.st_gid;
	decide(&now, changes, ret);
	return ret->allow ? 0
			  : metadata_denied(fs, n, c, HOOK_POST_SETATTR, ret);
}
