// SPDX-License-Identifier: Apache-2.0
/* Process hardening. Decides nothing about requests. */
#include "privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

/*
 * What serving a tree takes. CAP_SYS_RESOURCE is not among them: quotas and
 * reserved blocks then count for the callers as they do below.
 */
static const unsigned kept[] = {
	CAP_CHOWN,	     /* the caller's chown, allowed by the kernel */
	CAP_DAC_OVERRIDE,    /* so are these: the kernel has checked the */
	CAP_DAC_READ_SEARCH, /* caller; and open_by_handle_at() */
	CAP_FOWNER,	     /* chmod, utimes, sticky directories */
	CAP_FSETID,	     /* setgid bits that the caller may set */
	CAP_SETUID,	     /* new files belong to the caller: setfsuid() */
	CAP_SETGID,	     /* likewise */
	CAP_MKNOD,	     /* device nodes */
	CAP_SETFCAP,	     /* security.capability */
	CAP_MAC_ADMIN,	     /* labels that the loaded policy lacks */
	CAP_LEASE,	     /* is a file open for writing? (store) */
	CAP_IPC_LOCK,	     /* locked content beyond RLIMIT_MEMLOCK */
	CAP_SYS_PTRACE,	     /* /proc/PID of callers under hidepid= */
	CAP_SYS_ADMIN,	     /* unmount, passthrough, security.* xattrs */
	CAP_KILL,	     /* end the private software TPM */
};

/* systemd sets this for services; a mount from fstab has nobody to do it. */
static void keep_alive(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "-1000", 5) < 0)
		log_debug("may be killed when memory runs out error=%s",
			  strerror(errno));
	(void)close(fd); /* proc: nothing is left to be written */
}

/*
 * Each open file of a caller takes a descriptor here, and so does each locked
 * content that is kept: the limit of the login shell that gave the mount
 * command would be the limit of the whole file system. 1048576 is what the
 * kernel grants at most unless fs.nr_open was changed.
 */
#define FILES_MOST 1048576

static void raise_files_limit(void)
{
	struct rlimit most = { FILES_MOST, FILES_MOST };
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	if (files.rlim_max >= FILES_MOST || setrlimit(RLIMIT_NOFILE, &most))
		(void)setrlimit(RLIMIT_NOFILE, &files);
}

/* Nor is its largest file ours: it would be for all callers and contents. */
static void raise_size_limit(void)
{
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit size;

	if (setrlimit(RLIMIT_FSIZE, &none) == 0 ||
	    getrlimit(RLIMIT_FSIZE, &size))
		return;
	size.rlim_cur = size.rlim_max;
	(void)setrlimit(RLIMIT_FSIZE, &size);
}

void privilege_harden(void)
{
	static const struct rlimit no_core;

	keep_alive();
	/* each of these may be forbidden, and helps where it is not */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	raise_files_limit();
	raise_size_limit();
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)umask(077);
}

static void drop_bounding_set(uint64_t keep)
{
	for (unsigned cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0;
	     cap++) {
		/* not ours to drop without CAP_SETPCAP; no_new_privs is */
		if (!(keep >> cap & 1))
			(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	}
}

int privilege_drop(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];
	uint64_t keep = 0;

	if (geteuid() != 0)
		return 0;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		keep |= UINT64_C(1) << kept[i];
	drop_bounding_set(keep);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (syscall(SYS_capget, &head, caps))
		return -errno;
	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t word = (uint32_t)(keep >> (32 * i));

		caps[i].permitted &= word;
		caps[i].effective = caps[i].permitted;
		caps[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &head, caps))
		return -errno;
	return 0;
}
