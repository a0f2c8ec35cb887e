// SPDX-License-Identifier: Apache-2.0
/*
 * The tree below: see source.h. The only file that opens by name in it.
 * Must not: follow a symlink in a request, leave the mount, or build paths.
 */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "source_facts.h"

/*
 * Single names only, so nothing is left to resolve but the name itself; the
 * kernel holds us to that even if a check above were wrong.
 */
#define RESOLVE_ONE                                                \
	(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | \
	 RESOLVE_NO_MAGICLINKS)

/* What is in a file_id, in this order; the handle's bytes follow. */
struct id_head {
	uint64_t dev, ino;
	union {
		struct {
			int64_t btime_sec;
			uint32_t btime_nsec;
			uint32_t has_btime;
		};
		struct {
			int64_t handle_type;
			uint64_t handle_size;
		};
	};
};
_Static_assert(sizeof(struct id_head) == 32, "no padding: compared as bytes");
_Static_assert(sizeof(struct id_head) + MAX_HANDLE_SZ <= FILE_ID_MAX,
	       "the largest file handle fits");

union handle_buf {
	struct file_handle fh;
	uint8_t bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
};

static int open_how(int dirfd, const char *path, const struct open_how *how,
		    int *ret_fd)
{
	int fd;

	do {
		fd = (int)syscall(SYS_openat2, dirfd, path, how, sizeof(*how));
		/* EAGAIN: a rename somewhere raced with the resolution */
	} while (fd < 0 && (errno == EAGAIN || errno == EINTR));
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int open_one(int dirfd, const char *name, uint64_t flags, int *ret_fd)
{
	struct open_how how = { .flags = flags | O_CLOEXEC | O_NOFOLLOW,
				.resolve = RESOLVE_ONE };

	return open_how(dirfd, name, &how, ret_fd);
}

static int handle_of_fd(int fd, union handle_buf *ret)
{
	int mount_id;

	memset(ret, 0, sizeof(*ret));
	ret->fh.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(fd, "", &ret->fh, &mount_id, AT_EMPTY_PATH))
		return -errno;
	if (ret->fh.handle_bytes > MAX_HANDLE_SZ)
		return -EOVERFLOW;
	return 0;
}

int source_identify(const struct source *s, int fd, const struct stat *st,
		    struct file_id *ret)
{
	struct id_head head = { .dev = st->st_dev, .ino = st->st_ino };
	union handle_buf h;
	struct statx sx;
	size_t extra = 0;
	int r;

	if (s->handles) {
		r = handle_of_fd(fd, &h);
		if (r)
			return r;
		head.handle_type = h.fh.handle_type;
		head.handle_size = extra = h.fh.handle_bytes;
	} else {
		if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
			  STATX_BTIME, &sx))
			return -errno;
		if (sx.stx_mask & STATX_BTIME) {
			head.btime_sec = sx.stx_btime.tv_sec;
			head.btime_nsec = sx.stx_btime.tv_nsec;
			head.has_btime = 1;
		}
	}
	memcpy(ret->bytes, &head, sizeof(head));
	if (extra)
		memcpy(ret->bytes + sizeof(head), h.fh.f_handle, extra);
	ret->size = (uint16_t)(sizeof(head) + extra);
	return 0;
}

/*
 * While the kernel makes a new file with the inode number of a deleted one,
 * iget_locked() finds neither, and ext4 calls that ENOMEM. It may take as long
 * as its maker has to wait, for a CPU or for the file system's journal; so let
 * others run at first, and then sleep, but not for long.
 */
#define YIELDS	 100
#define SLEEPS	 50
#define SLEEP_NS 1000000

static bool wait_for_number(unsigned tries)
{
	static const struct timespec pause = { .tv_nsec = SLEEP_NS };

	if (tries < YIELDS)
		(void)sched_yield(); /* cannot fail */
	else if (tries < YIELDS + SLEEPS)
		(void)nanosleep(&pause, NULL); /* early is as good */
	return tries < YIELDS + SLEEPS;
}

int source_by_handle(const struct source *s, const struct file_id *id,
		     int flags, int *ret_fd)
{
	struct id_head head;
	union handle_buf h;
	unsigned tries = 0;
	int fd;

	if (!s->handles || id->size < sizeof(head))
		return -EINVAL;
	memcpy(&head, id->bytes, sizeof(head));
	if (head.handle_size != id->size - sizeof(head) ||
	    head.handle_size > MAX_HANDLE_SZ)
		return -EINVAL;
	memset(&h, 0, sizeof(h));
	h.fh.handle_bytes = (unsigned)head.handle_size;
	h.fh.handle_type = (int)head.handle_type;
	memcpy(h.fh.f_handle, id->bytes + sizeof(head), head.handle_size);
	do {
		fd = open_by_handle_at(s->mount, &h.fh,
				       flags | O_NOFOLLOW | O_CLOEXEC);
	} while (fd < 0 && (errno == EINTR ||
			    (errno == ENOMEM && wait_for_number(tries++))));
	if (fd < 0)
		/*
		 * Some file systems say ENOENT for an inode that is gone. And
		 * who still makes a new one of its number has it for sure.
		 */
		return errno == ENOENT || errno == ENOMEM ? -ESTALE : -errno;
	*ret_fd = fd;
	return 0;
}

int source_child(const struct source *s, int dirfd, const char *name,
		 int *ret_fd, struct stat *ret_st, struct file_id *ret_id)
{
	CLEANUP(closep) int fd = -1;
	struct file_id id;
	struct stat st;
	int r;

	if (!*name || strchr(name, '/') || !strcmp(name, ".."))
		return -EINVAL;
	r = open_one(dirfd, name, O_PATH, &fd);
	if (r)
		return r;
	if (fstat(fd, &st))
		return -errno;
	r = source_identify(s, fd, &st, &id);
	if (r)
		return r;
	*ret_st = st;
	*ret_id = id;
	*ret_fd = STEAL_FD(fd);
	return 0;
}

int source_path(const struct source *s, const char *path, int *ret_fd)
{
	struct open_how how = { .flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_XDEV |
					   RESOLVE_NO_MAGICLINKS };

	return open_how(s->root, path, &how, ret_fd);
}

int source_reopen(int fd, int flags, int *ret_fd)
{
	char path[sizeof("/proc/self/fd/") + 11];
	int r;

	(void)snprintf(path, sizeof(path), "%s/self/fd/%d", proc_dir(), fd);
	do {
		/* O_NOFOLLOW would refuse the magic link itself */
		r = open(path, (flags & ~O_NOFOLLOW) | O_CLOEXEC);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	*ret_fd = r;
	return 0;
}

/*
 * Handles that are good only while the inode is in the cache of the file
 * system below would make files vanish under memory pressure.
 */
static bool handles_last(uint64_t fsmagic)
{
	return fsmagic != FUSE_SUPER_MAGIC && fsmagic != MSDOS_SUPER_MAGIC;
}

/* Can a file really be found by handle here? Privileges decide, too. */
static bool handles_work(struct source *s, const struct stat *root)
{
	CLEANUP(closep) int fd = -1;
	struct file_id id;
	struct stat st;

	if (s->mount < 0 || !handles_last(s->fsmagic))
		return false;
	s->handles = true;
	if (source_identify(s, s->root, root, &id) ||
	    source_by_handle(s, &id, O_PATH, &fd) || fstat(fd, &st))
		s->handles = false;
	else
		s->handles =
			st.st_dev == root->st_dev && st.st_ino == root->st_ino;
	return s->handles;
}

/*
 * A mount of our own of the same directory, attached nowhere: what is mounted
 * over something in the tree is not in it, and it is not unmounted with the
 * original. Private, or mounts on the original would propagate to it.
 */
static int clone_mount(int fd, int *ret_fd)
{
	struct mount_attr private = { .propagation = MS_PRIVATE };
	CLEANUP(closep) int tree = -1;

	tree = open_tree(fd, "",
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree < 0)
		return -errno;
	if (mount_setattr(tree, "", AT_EMPTY_PATH, &private, sizeof(private)))
		return -errno;
	*ret_fd = STEAL_FD(tree);
	return 0;
}

static int open_root(const char *path, struct source *s, struct diag *reterr)
{
	struct statfs sf;
	int fd = -1, r;

	s->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->root < 0) {
		r = -errno;
		diag_set(reterr,
			 "cannot open the source directory %s: %s; name an "
			 "existing directory that you may search",
			 path, strerror(-r));
		return r;
	}
	source_read_fstype(s); /* by mount id: before there is another mount */
	if (!clone_mount(s->root, &fd)) {
		(void)close(s->root);
		s->root = fd;
	}
	if (fstatfs(s->root, &sf)) {
		r = -errno;
		diag_set(reterr, "cannot read about the file system of %s: %s",
			 path, strerror(-r));
		return r;
	}
	s->fsmagic = (uint64_t)sf.f_type;
	r = open_one(s->root, ".", O_RDONLY | O_DIRECTORY, &s->mount);
	if (r == -ENOSYS || r == -E2BIG) {
		diag_set(reterr,
			 "this kernel has no openat2(2), which confines"
			 " imafs to %s; Linux 5.6 or later is needed",
			 path);
		return r;
	}
	return 0; /* unreadable: then there are no handles and no UUID */
}

int source_open(const char *path, struct source *ret, struct diag *reterr)
{
	struct source s = { .root = -1, .mount = -1 };
	struct stat st;
	int r;

	s.path = realpath(path, NULL);
	if (!s.path) {
		r = -errno;
		diag_set(reterr, "cannot find the source directory %s: %s",
			 path, strerror(-r));
		return r;
	}
	r = open_root(s.path, &s, reterr);
	if (!r && fstat(s.root, &st)) {
		r = -errno;
		diag_set(reterr, "cannot look at the source directory %s: %s",
			 path, strerror(-r));
	}
	if (r) {
		source_close(&s);
		return r;
	}
	s.handles = handles_work(&s, &st);
	source_read_uuid(&s, &st);
	*ret = s;
	return 0;
}

void source_close(struct source *s)
{
	if (s->root >= 0)
		(void)close(s->root); /* O_PATH and read-only: nothing to */
	if (s->mount >= 0)
		(void)close(s->mount); /* lose in either */
	free(s->path);
	*s = (struct source){ .root = -1, .mount = -1 };
}
