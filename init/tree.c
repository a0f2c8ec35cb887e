// SPDX-License-Identifier: Apache-2.0
/* Mounts the tree's file system; see tree.h. Checks nothing that is in it. */
#include "init/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "init/prepare.h"

#define DEV		"/dev/"
#define FILESYSTEMS	"/proc/filesystems"
#define TIMEOUT_SECONDS 10

bool tree_is_device(const char *source)
{
	return strncmp(source, DEV, strlen(DEV)) == 0;
}

static unsigned long flags_like(const char *path)
{
	struct statvfs st;

	if (statvfs(path, &st) == 0 && (st.f_flag & ST_RDONLY))
		return MS_NODEV | MS_RDONLY;
	return MS_NODEV;
}

/*
 * Tries each type, as the kernel does for the root file system. -EINVAL is a
 * type's word for "not mine"; what else it says is about this device. One that
 * cannot be written is -EACCES, or -EROFS.
 */
static int mount_any(const char *device, const char *at, unsigned long flags)
{
	CLEANUP(fclosep) FILE *f = fopen(FILESYSTEMS, "re");
	char line[128], type[64];
	int r = -ENODEV;

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		/* "\text4"; those that need no device begin with "nodev" */
		if (line[0] != '\t' || sscanf(line, " %63s", type) != 1)
			continue;
		if (mount(device, at, type, flags, NULL) == 0)
			return 0;
		if (errno != EINVAL)
			r = -errno;
	}
	return r;
}

int tree_mount(const char *device, const char *at, const char *like,
	       struct diag *reterr)
{
	unsigned long flags;
	struct stat st;
	int r = prepare_device(device + strlen(DEV), TIMEOUT_SECONDS);

	if (r == 0 && stat(device, &st) < 0)
		r = -errno;
	if (r < 0) {
		diag_set(reterr, "source %s: %s", device, strerror(-r));
		return r;
	}
	if (!S_ISBLK(st.st_mode)) {
		diag_set(reterr, "source %s is no block device", device);
		return -ENOTBLK;
	}
	flags = flags_like(like);
	r = mount_any(device, at, flags);
	if ((r == -EACCES || r == -EROFS) && !(flags & MS_RDONLY))
		r = mount_any(device, at, flags | MS_RDONLY);
	if (r < 0)
		diag_set(reterr, "cannot mount source %s on %s: %s", device, at,
			 r == -ENODEV ? "no file system on it that the kernel "
					"knows without a module"
				      : strerror(-r));
	return r;
}
