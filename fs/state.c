// SPDX-License-Identifier: Apache-2.0
/*
 * Finding, making and locking the state directory. Whoever can write there can
 * replace the journal, so nothing that others own or can write is accepted,
 * and no symlink is followed in the part that is made here.
 */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

#define RUN_ROOT      "/run"
#define RUN_NAME      "imafs"
#define LOCK_NAME     "mount.lock"

#define LOCK_WAIT_MS  3000
#define LOCK_PAUSE_MS 20

/* DEFAULT_OVERFLOWUID, include/linux/highuid.h */
#define OVERFLOW_UID 65534

int state_escape(const char *path, struct buf *to)
{
	bool any = false;
	int r = 0;

	while (*path == '/')
		path++;
	for (; r == 0 && *path; path++) {
		bool plain = (*path >= 'a' && *path <= 'z') ||
			     (*path >= 'A' && *path <= 'Z') ||
			     (*path >= '0' && *path <= '9') || *path == ':' ||
			     *path == '_' || (*path == '.' && any);

		if (*path == '/' && path[1] == '\0')
			break;
		if (*path == '/')
			r = buf_append_u8(to, '-');
		else if (plain)
			r = buf_append_u8(to, (uint8_t)*path);
		else
			r = buf_printf(to, "\\x%02x", (unsigned char)*path);
		any = true;
	}
	return r == 0 && !any ? buf_append_u8(to, '-') : r;
}

/* May only its owner, who is us, change what is in there? */
static int check_private(int fd, const char *path, struct diag *reterr)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_uid != geteuid()) {
		diag_set(reterr,
			 "state directory %s belongs to user %u; remove it or "
			 "choose another one with state=DIR",
			 path, st.st_uid);
		return -EPERM;
	}
	if (st.st_mode & 022) {
		diag_set(reterr,
			 "state directory %s can be written by others (mode "
			 "%04o); chmod 0700 it after looking at what is there",
			 path, st.st_mode & 07777u);
		return -EPERM;
	}
	return 0;
}

/*
 * What the owner of a file looks like whom our user namespace does not know:
 * the system's own root among them, so they cannot all be mistrusted there.
 */
static bool is_unknown_user(uid_t uid)
{
	CLEANUP(buf_release) struct buf map = BUF_INIT;
	CLEANUP(freep) char *text = NULL;
	unsigned first, below, count;

	if (uid != OVERFLOW_UID ||
	    io_read_file(AT_FDCWD, "/proc/self/uid_map", 65536, &map))
		return false;
	text = buf_steal_str(&map);
	return text && sscanf(text, "%u %u %u", &first, &below, &count) == 3 &&
	       count != UINT32_MAX;
}

/*
 * Could somebody else take our directory away, or put another in its place?
 * The software TPM is found by path. Not in our own or root's; not in a sticky
 * one.
 */
static int check_parent(int fd, const char *path, struct diag *reterr)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if ((st.st_uid != 0 && st.st_uid != geteuid() &&
	     !is_unknown_user(st.st_uid)) ||
	    ((st.st_mode & 022) && !(st.st_mode & S_ISVTX))) {
		diag_set(reterr,
			 "%s, where the state directory would be, belongs to "
			 "others or can be written by them; choose another "
			 "place with state=DIR",
			 path);
		return -EPERM;
	}
	return 0;
}

/* Opens @name in @parent, makes it if it is not there. @path: for messages. */
static int open_private(int parent, const char *name, const char *path,
			struct state *ret, struct diag *reterr)
{
	CLEANUP(closep) int fd = -1;
	bool made = mkdirat(parent, name, 0700) == 0;
	int r;

	if (!made && errno != EEXIST) {
		r = -errno;
		diag_set(reterr, "cannot make state directory %s: %s", path,
			 strerror(-r));
		return r;
	}
	fd = openat(parent, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		diag_set(reterr, "cannot open state directory %s: %s%s", path,
			 strerror(-r),
			 r == -ELOOP || r == -ENOTDIR ? " (a symlink?)" : "");
		return r;
	}
	r = check_private(fd, path, reterr);
	if (r)
		return r;
	ret->fd = STEAL_FD(fd);
	ret->made = made;
	return 0;
}

/* <base>/imafs/<escaped mount point> */
static int open_default(const char *base, const char *mountpoint,
			struct state *ret, struct diag *reterr)
{
	CLEANUP(state_release) struct state imafs = STATE_INIT;
	CLEANUP(buf_release) struct buf name = BUF_INIT;
	CLEANUP(freep) char *last = NULL;
	CLEANUP(freep) char *all = NULL;
	CLEANUP(freep) char *path = NULL;
	CLEANUP(closep) int parent = -1;
	int r;

	if (state_escape(mountpoint, &name))
		return -ENOMEM;
	last = buf_steal_str(&name);
	if (!last)
		return -ENOMEM;
	if (asprintf(&all, "%s/" RUN_NAME, base) < 0) {
		all = NULL;
		return -ENOMEM;
	}
	if (asprintf(&path, "%s/%s", all, last) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	parent = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0) {
		r = -errno;
		diag_set(reterr,
			 "cannot open %s: %s; choose a state directory with "
			 "state=DIR",
			 base, strerror(-r));
		return r;
	}
	r = check_parent(parent, base, reterr);
	if (r == 0)
		r = open_private(parent, RUN_NAME, all, &imafs, reterr);
	if (r == 0)
		r = open_private(imafs.fd, last, path, ret, reterr);
	if (r == 0)
		ret->path = STEAL(path);
	return r;
}

static int open_given(const char *path, struct state *ret, struct diag *reterr)
{
	CLEANUP(freep) char *dir = strdup(path);
	CLEANUP(freep) char *whole = NULL;
	CLEANUP(freep) char *real = NULL;
	CLEANUP(closep) int parent = -1;
	size_t len;
	char *name;
	int r;

	if (!dir)
		return -ENOMEM;
	for (len = strlen(dir); len > 1 && dir[len - 1] == '/'; len--)
		dir[len - 1] = '\0';
	name = strrchr(dir, '/') + 1; /* @path is absolute */
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		diag_set(reterr, "state=%s: name a directory of its own", path);
		return -EINVAL;
	}
	name[-1] = '\0';
	real = realpath(*dir ? dir : "/", NULL);
	if (real)
		parent = open(real, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0) {
		r = -errno;
		diag_set(reterr, "state=%s: cannot open its parent: %s", path,
			 strerror(-r));
		return r;
	}
	if (asprintf(&whole, "%s/%s", strcmp(real, "/") ? real : "", name) <
	    0) {
		whole = NULL;
		return -ENOMEM;
	}
	r = check_parent(parent, real, reterr);
	if (r == 0)
		r = open_private(parent, name, whole, ret, reterr);
	if (r == 0)
		ret->path = STEAL(whole);
	return r;
}

/* In a user namespace "root" does not own /run. */
static bool owns_run(void)
{
	struct stat st;

	return geteuid() == 0 && stat(RUN_ROOT, &st) == 0 && st.st_uid == 0;
}

/*
 * umount(8) returns before the daemon has closed its journal and ended its
 * software TPM, and the next mount may come at once: it waits for that.
 */
static int wait_for_lock(int fd)
{
	static const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS *
							  1000000 };
	int r;

	for (int ms = 0; ms < LOCK_WAIT_MS; ms += LOCK_PAUSE_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		r = -errno;
		if (r != -EWOULDBLOCK && r != -EINTR)
			return r;
		(void)nanosleep(&pause, NULL);
	}
	return -EBUSY;
}

/*
 * Not the directory itself: others may be able to open that, and then could
 * lock it and keep it from being mounted.
 */
static int lock(struct state *s)
{
	s->lock = openat(s->fd, LOCK_NAME,
			 O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return s->lock < 0 ? -errno : wait_for_lock(s->lock);
}

static bool has_no_name(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0;
}

/* Another mount that failed may have removed it while this one waited. */
static bool is_gone(const struct state *s)
{
	return has_no_name(s->fd) || has_no_name(s->lock);
}

static int find(const char *path, const char *mountpoint, struct state *ret,
		struct diag *reterr)
{
	const char *base = owns_run() ? RUN_ROOT : getenv("XDG_RUNTIME_DIR");

	if (path)
		return open_given(path, ret, reterr);
	if (base && *base == '/')
		return open_default(base, mountpoint, ret, reterr);
	diag_set(reterr, "no place for the journal: XDG_RUNTIME_DIR is not "
			 "set; choose a state directory with state=DIR");
	return -ENOENT;
}

int state_open(const char *path, const char *mountpoint, struct state *ret,
	       struct diag *reterr)
{
	CLEANUP(state_release) struct state f = STATE_INIT;
	int r;

	do {
		state_release(&f);
		r = find(path, mountpoint, &f, reterr);
		if (r)
			return r;
		r = lock(&f);
	} while (is_gone(&f));
	if (r) {
		diag_set(reterr, "state directory %s: %s", f.path,
			 r == -EBUSY ? "another imafs is using it; is it "
				       "mounted already?"
				     : strerror(-r));
		return r;
	}
	*ret = f;
	f = (struct state)STATE_INIT;
	return 0;
}

void state_release(struct state *s)
{
	if (s->lock >= 0)
		(void)close(s->lock); /* releases it */
	if (s->fd >= 0)
		(void)close(s->fd); /* O_RDONLY */
	free(s->path);
	*s = (struct state)STATE_INIT;
}

void state_discard(struct state *s)
{
	/*
	 * With the lock, which who waits for it finds gone. What is not empty
	 * is of use to somebody, and stays.
	 */
	if (!s->made || !s->path)
		return;
	(void)unlinkat(s->fd, LOCK_NAME, 0);
	(void)rmdir(s->path);
}
