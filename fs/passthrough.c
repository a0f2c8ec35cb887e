// SPDX-License-Identifier: Apache-2.0
/*
 * The FUSE passthrough ABI of Linux 6.9 (include/uapi/linux/fuse.h, protocol
 * 7.40), declared here because the headers of older systems lack it. Must not
 * decide which file is served from where.
 */
#include "passthrough.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/fuse.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/* FUSE_INIT_EXT and FUSE_PASSTHROUGH (bit 37, so bit 5 of flags2). */
#define WIRE_INIT_EXT	      (1u << 30)
#define WIRE_INIT_PASSTHROUGH (1u << (37 - 32))
#define WIRE_OPEN_DIRECT_IO   (1u << 0)
#define WIRE_OPEN_NOFLUSH     (1u << 5)
#define WIRE_OPEN_PASSTHROUGH (1u << 7)

/* Backing files on a file system that is not stacked itself. */
#define STACK_DEPTH 1

struct wire_backing_map {
	int32_t fd;
	uint32_t flags;
	uint64_t padding;
};

#define WIRE_BACKING_OPEN  _IOW(229, 1, struct wire_backing_map)
#define WIRE_BACKING_CLOSE _IOW(229, 2, uint32_t)

/* struct fuse_init_in as far as it is looked at, protocol 7.36 */
struct wire_init_in {
	uint32_t major, minor, max_readahead, flags, flags2;
};

/* struct fuse_init_out as far as it is changed, protocol 7.40 */
struct wire_init_out {
	uint32_t major, minor, max_readahead, flags;
	uint16_t max_background, congestion_threshold;
	uint32_t max_write, time_gran;
	uint16_t max_pages, map_alignment;
	uint32_t flags2, max_stack_depth;
};

/* struct fuse_open_out */
struct wire_open_out {
	uint64_t fh;
	uint32_t open_flags;
	int32_t backing_id;
};

struct wire_create_out {
	struct fuse_entry_out entry;
	struct wire_open_out open;
};

_Static_assert(sizeof(struct wire_backing_map) == 16, "kernel ABI");
_Static_assert(sizeof(struct wire_init_in) == 20, "kernel ABI");
_Static_assert(offsetof(struct wire_init_out, flags2) == 32, "kernel ABI");
_Static_assert(sizeof(struct wire_init_out) == 40, "kernel ABI");
_Static_assert(sizeof(struct wire_open_out) == 16, "kernel ABI");
_Static_assert(sizeof(struct fuse_attr) == 88, "kernel ABI");
_Static_assert(sizeof(struct fuse_entry_out) == 128, "kernel ABI");
_Static_assert(sizeof(struct wire_create_out) == 144, "kernel ABI");

/* Without this capability every registration would fail: do not ask for it. */
static bool may_register(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, caps))
		return false;
	return caps[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &
	       CAP_TO_MASK(CAP_SYS_ADMIN);
}

void passthrough_see_request(struct passthrough_offer *o, const void *request,
			     size_t len)
{
	struct fuse_in_header head;
	struct wire_init_in init;

	if (len < sizeof(head) + sizeof(init))
		return;
	memcpy(&head, request, sizeof(head));
	if (head.opcode != FUSE_INIT)
		return;
	memcpy(&init, (const uint8_t *)request + sizeof(head), sizeof(init));
	o->unique = head.unique;
	o->offered = (init.flags & WIRE_INIT_EXT) &&
		     (init.flags2 & WIRE_INIT_PASSTHROUGH);
}

void passthrough_complete_reply(struct passthrough_offer *o,
				const struct iovec *iov, int count)
{
	struct fuse_out_header head;
	struct wire_init_out out;

	if (!o->offered || count != 2 || iov[0].iov_len != sizeof(head) ||
	    iov[1].iov_len < sizeof(out))
		return;
	memcpy(&head, iov[0].iov_base, sizeof(head));
	if (head.unique != o->unique || head.error || !may_register())
		return;
	memcpy(&out, iov[1].iov_base, sizeof(out));
	out.flags |= WIRE_INIT_EXT;
	out.flags2 |= WIRE_INIT_PASSTHROUGH;
	out.max_stack_depth = STACK_DEPTH;
	memcpy(iov[1].iov_base, &out, sizeof(out));
	o->accepted = true;
}

static int backing_open(const struct fs *fs, int fd)
{
	struct wire_backing_map map = { .fd = fd };
	int id = ioctl(fuse_session_fd(fs->session), WIRE_BACKING_OPEN, &map);

	if (id < 0)
		return -errno;
	return id > 0 ? id : -EIO; /* 0 would read as "none" everywhere */
}

static void backing_close(const struct fs *fs, int id)
{
	uint32_t wire_id = (uint32_t)id;

	/* at worst the kernel keeps the file until the mount ends */
	(void)ioctl(fuse_session_fd(fs->session), WIRE_BACKING_CLOSE, &wire_id);
}

int passthrough_probe(struct fs *fs, const struct passthrough_offer *o)
{
	CLEANUP(closep) int fd = -1;
	int id;

	if (!o->accepted)
		return o->offered ? -EPERM : -EOPNOTSUPP;
	fd = memfd_create("imafs-probe", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	id = backing_open(fs, fd);
	if (id < 0)
		return id;
	backing_close(fs, id);
	return 0;
}

int passthrough_register(struct fs *fs, int fd)
{
	return fs->passthrough ? backing_open(fs, fd) : -EOPNOTSUPP;
}

void passthrough_unregister(struct fs *fs, int id)
{
	if (fs->passthrough && id > 0)
		backing_close(fs, id);
}

static struct wire_open_out open_out(const struct fuse_file_info *fi, int id)
{
	struct wire_open_out out = { .fh = fi->fh,
				     .open_flags = WIRE_OPEN_PASSTHROUGH,
				     .backing_id = id };

	if (fi->direct_io)
		out.open_flags |= WIRE_OPEN_DIRECT_IO;
	if (fi->noflush)
		out.open_flags |= WIRE_OPEN_NOFLUSH;
	return out;
}

int passthrough_reply_open(fuse_req_t req, const struct fuse_file_info *fi,
			   int id)
{
	struct wire_open_out out = open_out(fi, id);

	return fuse_reply_buf(req, (const char *)&out, sizeof(out));
}

/* A timeout as the wire has it: whole seconds and nanoseconds. */
static void wire_timeout(double t, uint64_t *ret_sec, uint32_t *ret_nsec)
{
	if (!(t > 0))
		t = 0;
	if (t > INT_MAX)
		t = INT_MAX;
	*ret_sec = (uint64_t)t;
	*ret_nsec = (uint32_t)((t - (double)*ret_sec) * 1e9);
}

static struct fuse_attr wire_attr(const struct stat *st)
{
	return (struct fuse_attr){
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.blocks = (uint64_t)st->st_blocks,
		.atime = (uint64_t)st->st_atim.tv_sec,
		.mtime = (uint64_t)st->st_mtim.tv_sec,
		.ctime = (uint64_t)st->st_ctim.tv_sec,
		.atimensec = (uint32_t)st->st_atim.tv_nsec,
		.mtimensec = (uint32_t)st->st_mtim.tv_nsec,
		.ctimensec = (uint32_t)st->st_ctim.tv_nsec,
		.mode = st->st_mode,
		.nlink = (uint32_t)st->st_nlink,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.rdev = (uint32_t)st->st_rdev,
		.blksize = (uint32_t)st->st_blksize,
	};
}

int passthrough_reply_create(fuse_req_t req, const struct fuse_entry_param *e,
			     const struct fuse_file_info *fi, int id)
{
	struct wire_create_out out;

	/* no padding goes out unset */
	memset(&out, 0, sizeof(out));
	out.entry.nodeid = e->ino;
	out.entry.generation = e->generation;
	wire_timeout(e->entry_timeout, &out.entry.entry_valid,
		     &out.entry.entry_valid_nsec);
	wire_timeout(e->attr_timeout, &out.entry.attr_valid,
		     &out.entry.attr_valid_nsec);
	out.entry.attr = wire_attr(&e->attr);
	out.open = open_out(fi, id);
	return fuse_reply_buf(req, (const char *)&out, sizeof(out));
}
