// SPDX-License-Identifier: Apache-2.0
/*
 * The caller's identity on our threads, and facts about callers from /proc.
 * Must not decide anything: who may do what is for the kernel and the gate.
 */
#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/proc.h"

/*
 * Credentials, and after unshare(CLONE_FS) the umask, belong to one thread.
 * glibc's setfsuid() and setfsgid() are the bare system calls, unlike its
 * setuid(), which changes all threads.
 */
static __thread struct {
	bool ready;
	uid_t uid;
	gid_t gid;
	mode_t umask;
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];
} self;

static int set_effective(unsigned drop)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	memcpy(caps, self.caps, sizeof(caps));
	if (drop)
		caps[CAP_TO_INDEX(drop)].effective &= ~CAP_TO_MASK(drop);
	return syscall(SYS_capset, &head, caps) ? -errno : 0;
}

/* Neither call reports failure: -1 changes nothing and tells what is set. */
static bool set_ids(uid_t uid, gid_t gid)
{
	(void)setfsgid(gid);
	(void)setfsuid(uid);
	return (uid_t)setfsuid((uid_t)-1) == uid &&
	       (gid_t)setfsgid((gid_t)-1) == gid;
}

int caller_thread_init(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};

	if (unshare(CLONE_FS))
		return -errno;
	if (syscall(SYS_capget, &head, self.caps))
		return -errno;
	self.uid = (uid_t)setfsuid((uid_t)-1);
	self.gid = (gid_t)setfsgid((gid_t)-1);
	self.umask = umask(0);
	(void)umask(self.umask);
	self.ready = true;
	return 0;
}

void caller_restore(void)
{
	if (!set_ids(self.uid, self.gid) || set_effective(0)) {
		log_err("cannot take back the daemon's own identity; ending");
		abort();
	}
	(void)umask(self.umask);
}

int caller_become(const struct caller *c)
{
	if (!self.ready)
		return -EPERM;
	(void)umask(c->umask);
	if (c->fsuid == self.uid && c->fsgid == self.gid)
		return 0;
	/*
	 * Leaving fsuid 0 drops the file capabilities from the effective set;
	 * they are needed, see caller.h.
	 */
	if (!set_ids(c->fsuid, c->fsgid) ||
	    set_effective(c->fsuid == self.uid ? 0 : CAP_SYS_RESOURCE)) {
		caller_restore();
		return -EPERM;
	}
	return 0;
}

/* One line of /proc/PID/status into @a. Return: the FACT_* it belongs to. */
static unsigned take_status_line(const char *line, struct access *a)
{
	unsigned real, effective, saved, fs;
	uint64_t caps;

	if (sscanf(line, "Uid: %u %u %u %u", &real, &effective, &saved, &fs) ==
	    4) {
		a->uid = real;
		a->euid = effective;
		a->suid = saved;
		return FACT_IDS;
	}
	if (sscanf(line, "Gid: %u %u %u %u", &real, &effective, &saved, &fs) ==
	    4) {
		a->gid = real;
		a->egid = effective;
		a->sgid = saved;
		return FACT_IDS;
	}
	if (sscanf(line, "CapEff: %" SCNx64, &caps) == 1) {
		a->cap_setuid = caps >> CAP_SETUID & 1;
		a->cap_setgid = caps >> CAP_SETGID & 1;
		return FACT_CAPS;
	}
	return 0;
}

static int read_status(pid_t pid, unsigned need, struct access *a)
{
	CLEANUP(fclosep) FILE *f = NULL;
	CLEANUP(freep) char *line = NULL;
	char path[sizeof("/proc//status") + 11];
	unsigned ids = 0, caps = 0;
	size_t cap = 0;

	(void)snprintf(path, sizeof(path), "%s/%d/status", proc_dir(), pid);
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? -ESRCH : -errno;
	while ((ids < 2 || !caps) && getline(&line, &cap, f) > 0) {
		switch (take_status_line(line, a)) {
		case FACT_IDS:
			ids++;
			break;
		case FACT_CAPS:
			caps++;
			break;
		default:
			break;
		}
	}
	if (((need & FACT_IDS) && ids < 2) || ((need & FACT_CAPS) && !caps))
		return -ESRCH;
	return 0;
}

int caller_facts(const struct caller *c, unsigned need, struct access *a)
{
	int r;

	if (need & (FACT_IDS | FACT_CAPS)) {
		if (c->pid <= 0)
			return -ESRCH;
		r = read_status(c->pid, need, a);
		if (r)
			return r;
	}
	if (!(need & FACT_IDS)) {
		a->uid = a->euid = a->suid = c->fsuid;
		a->gid = a->egid = a->sgid = c->fsgid;
	}
	a->have |= need & (FACT_IDS | FACT_CAPS);
	return 0;
}

void caller_comm(const struct caller *c, struct buf *to)
{
	CLEANUP(closep) int fd = -1;
	char path[sizeof("/proc//comm") + 11];
	char comm[17] = "";
	ssize_t n = -1;

	(void)snprintf(path, sizeof(path), "%s/%d/comm", proc_dir(), c->pid);
	if (c->pid > 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		n = read(fd, comm, sizeof(comm) - 1);
	if (n > 0)
		comm[strcspn(comm, "\n")] = '\0';
	/* without memory the line lacks the name; nobody depends on it */
	(void)buf_append_escaped(to, n > 0 ? comm : "?");
}
