// SPDX-License-Identifier: Apache-2.0
/* Executes what is signed, or says why not; see enter.h. */
#include "init/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

#define DENIALS_MAX ((size_t)1 << 20)

/* Is a FUSE file system mounted at exactly this directory? */
static int check_mount(const char *mountpoint, struct diag *reterr)
{
	struct statx x;
	struct statfs fs;

	if (statx(AT_FDCWD, mountpoint,
		  AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, 0,
		  &x) ||
	    statfs(mountpoint, &fs)) {
		int r = -errno;

		diag_set(reterr, "%s: %s", mountpoint, strerror(-r));
		return r;
	}
	if (!(x.stx_attributes & STATX_ATTR_MOUNT_ROOT) ||
	    fs.f_type != FUSE_SUPER_MAGIC) {
		diag_set(reterr, "nothing is mounted at %s", mountpoint);
		return -ENOTCONN;
	}
	return 0;
}

/* The last denial that the mount remembers; a line or nothing. */
static char *last_denial(const char *mountpoint)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *all = NULL;
	size_t len;
	char *line;

	if (asprintf(&path, "%s/.ima/denials", mountpoint) < 0) {
		path = NULL;
		return NULL;
	}
	if (io_read_file(AT_FDCWD, path, DENIALS_MAX, &b) < 0)
		return NULL;
	all = buf_steal_str(&b);
	if (!all)
		return NULL;
	len = strlen(all);
	if (len && all[len - 1] == '\n')
		all[len - 1] = '\0';
	line = strrchr(all, '\n');
	return strdup(line ? line + 1 : all);
}

/* The kernel's causes speak of HMACs also where EVM's signatures are meant. */
static const char *remedy(const char *denial)
{
	if (strstr(denial, "-HMAC ") ||
	    strstr(denial, "cause=invalid-fail-immutable "))
		return "sign its metadata with a key of evm_keys= ('evmctl "
		       "sign --portable')";
	return "sign it with a key that is trusted here ('imafs sign')";
}

static int explain(int r, const char *mountpoint, const char *path,
		   struct diag *reterr)
{
	CLEANUP(freep) char *denial = NULL;

	if (r == -EACCES)
		denial = last_denial(mountpoint);
	if (denial && *denial)
		diag_set(reterr, "%s was refused (%s); %s", path, denial,
			 remedy(denial));
	else if (r == -EACCES)
		diag_set(reterr, "%s: Permission denied; is it executable?",
			 path);
	else if (r == -ENOENT)
		diag_set(reterr,
			 "%s, or the interpreter that it names, is not in the "
			 "protected tree",
			 path);
	else
		diag_set(reterr, "%s: %s", path, strerror(-r));
	return r;
}

int enter_exec(const char *mountpoint, const char *path, char *const *argv,
	       struct diag *reterr)
{
	int r = check_mount(mountpoint, reterr);

	if (r < 0)
		return r;
	(void)execv(path, argv);
	return explain(-errno, mountpoint, path, reterr);
}

int enter_try(const char *mountpoint, const char *path, struct diag *reterr)
{
	CLEANUP(closep) int fd = -1;
	int r = check_mount(mountpoint, reterr);

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd < 0 ? explain(-errno, mountpoint, path, reterr) : 0;
}
