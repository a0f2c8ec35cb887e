// SPDX-License-Identifier: Apache-2.0
/* Mounts and devices that imafs needs; see prepare.h. Loads no modules. */
#include "init/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

struct place {
	const char *path, *type;
	unsigned long flags;
	const char *data;
	bool optional; /* a kernel may not have it */
};

static bool is_mounted(const char *path)
{
	struct statx x;

	return statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW, 0,
		     &x) == 0 &&
	       (x.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) &&
	       (x.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static int mount_one(const struct place *p, struct diag *reterr)
{
	int r;

	if (is_mounted(p->path))
		return 0;
	if (mount(p->type, p->path, p->type, p->flags, p->data) == 0)
		return 0;
	r = -errno;
	if (r == -EBUSY || p->optional)
		return 0;
	if (r == -ENOENT)
		diag_set(reterr,
			 "the root file system has no directory %s; make it "
			 "('mkdir %s' from another system)",
			 p->path, p->path);
	else
		diag_set(reterr, "cannot mount %s on %s: %s", p->type, p->path,
			 strerror(-r));
	return r;
}

int prepare_mounts(struct diag *reterr)
{
	static const struct place places[] = {
		{ "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL,
		  false },
		{ "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL,
		  false },
		{ "/dev", "devtmpfs", MS_NOSUID, "mode=0755", false },
		{ "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755", false },
		/* the kernel's own measurement list is there */
		{ "/sys/kernel/security", "securityfs",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, true },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(places) / sizeof(places[0]);
	     i++)
		r = mount_one(&places[i], reterr);
	return r;
}

static int64_t now_ms(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * Watches the directories that lead to @path, as far as they exist: udev makes
 * those of its links when it needs them.
 */
static int watch_way(int watch, char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		int r = 0;

		*p = '\0';
		if (inotify_add_watch(watch, path, IN_CREATE | IN_MOVED_TO) < 0)
			r = -errno;
		*p = '/';
		if (r == -ENOENT)
			return 0; /* that it is made, its parent's watch says */
		if (r < 0)
			return r;
	}
	return 0;
}

int prepare_device(const char *name, unsigned seconds)
{
	int64_t until = now_ms() + (int64_t)seconds * 1000, left;
	CLEANUP(closep) int watch = -1;
	char path[PATH_MAX], events[4096];
	struct pollfd p;
	int r;

	r = snprintf(path, sizeof(path), "/dev/%s", name);
	if (r < 0 || (size_t)r >= sizeof(path))
		return -ENAMETOOLONG;
	watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch < 0)
		return -errno;
	for (;;) {
		r = watch_way(watch, path);
		if (r < 0)
			return r;
		/* after the watch began: nothing can come in between */
		if (access(path, F_OK) == 0)
			return 0;
		left = until - now_ms();
		if (left <= 0)
			return -ETIMEDOUT;
		p = (struct pollfd){ .fd = watch, .events = POLLIN };
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			return -errno;
		/* what it was, access() tells */
		while (read(watch, events, sizeof(events)) > 0)
			;
	}
}
