// SPDX-License-Identifier: Apache-2.0
/*
 * Starting swtpm without a shell; see swtpm_exec.h. Between fork() and exec
 * only what signal handlers may call is called: others of our threads may have
 * held any lock when we forked.
 */
#include "tpm/swtpm_exec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

/* swtpm serves one connection; the others wait here. */
#define BACKLOG 64

/* Where the new process finds its descriptors. */
enum {
	FD_DATA = 3,
	FD_CTRL = 4,
	FD_REPORT = 5, /* closed by exec, or tells why there was none */
};

struct child {
	int dirfd, data, ctrl, words, null, report;
	char state[128]; /* "dir=..." */
	bool spare;
};

/* Moves all of them out of the way first: the numbers may overlap. */
static int place_descriptors(struct child *c)
{
	const int from[] = { c->null, c->null, c->words,
			     c->data, c->ctrl, c->report };
	int high[6];

	for (int i = 0; i < 6; i++) {
		high[i] = fcntl(from[i], F_DUPFD, 16);
		if (high[i] < 0)
			return -errno;
	}
	c->report = high[5]; /* what is below may be overwritten now */
	for (int i = 0; i < 6; i++) {
		if (dup2(high[i], i) < 0)
			return -errno;
	}
	c->report = FD_REPORT;
	if (fcntl(FD_REPORT, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	if (close_range(FD_REPORT + 1, ~0u, 0) == 0)
		return 0;
	/* an old kernel: ours are O_CLOEXEC, but for these copies */
	for (int i = 0; i < 6; i++)
		(void)fcntl(high[i], F_SETFD, FD_CLOEXEC);
	return 0;
}

static void default_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		(void)sigaction(s, &dfl, NULL); /* not all can be set */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * All that it needs are its files, and these are its user's. A program of root
 * gets all capabilities back in exec, but not with this.
 */
static void drop_privileges(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		(void)syscall(SYS_capset, &head, none); /* fewer: no error */
}

/* Return: -errno; or not at all. */
static int become_swtpm(struct child *c)
{
	/*
	 * systemd spares processes with such a name when it leaves the
	 * initrd, and at the end: the mount that we serve goes on
	 * (ROOT_STORAGE_DAEMONS).
	 */
	char plain[] = "swtpm", spared[] = "@swtpm", socket_word[] = "socket",
	     tpm2[] = "--tpm2", tpmstate[] = "--tpmstate",
	     server[] = "--server", server_fd[] = "type=unixio,fd=3",
	     ctrl[] = "--ctrl", ctrl_fd[] = "type=unixio,fd=4",
	     flags[] = "--flags", start[] = "not-need-init,startup-clear";
	char *argv[] = { c->spare ? spared : plain,
			 socket_word,
			 tpm2,
			 tpmstate,
			 c->state,
			 server,
			 server_fd,
			 ctrl,
			 ctrl_fd,
			 flags,
			 start,
			 NULL };
	int r;

	default_signals();
	(void)umask(077);
	/* options are split at commas, so no path may be in one */
	if (fchdir(c->dirfd) < 0)
		return -errno;
	r = place_descriptors(c);
	if (r < 0)
		return r;
	if (listen(FD_DATA, BACKLOG) < 0 || listen(FD_CTRL, BACKLOG) < 0)
		return -errno;
	drop_privileges();
	(void)execvp("swtpm", argv);
	return -errno;
}

static void report(const struct child *c, int r)
{
	/* if even that fails, the one who reads sees no swtpm either */
	if (write(c->report, &r, sizeof(r)) < 0)
		_exit(1);
}

static _Noreturn void in_child(struct child *c)
{
	pid_t pid;

	if (setsid() < 0) {
		report(c, -errno);
		_exit(1);
	}
	pid = fork();
	if (pid < 0)
		report(c, -errno);
	if (pid == 0)
		report(c, become_swtpm(c));
	_exit(0);
}

/* Return: what the child reported; 0 if exec closed the pipe. */
static int read_report(int fd)
{
	int r = 0;
	ssize_t n;

	do {
		n = read(fd, &r, sizeof(r));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(r) ? r : 0;
}

int swtpm_exec(int dirfd, const char *state, int data, int ctrl, int words)
{
	CLEANUP(closep) int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	CLEANUP(closep) int end = -1;
	CLEANUP(closep) int child_end = -1;
	struct child c = { .dirfd = dirfd,
			   .data = data,
			   .ctrl = ctrl,
			   .words = words,
			   .null = null };
	int pipe_fd[2];
	pid_t pid;

	if (null < 0 || pipe2(pipe_fd, O_CLOEXEC) < 0)
		return -errno;
	end = pipe_fd[0];
	child_end = c.report = pipe_fd[1];
	/* whoever is spared needs its TPM */
	c.spare = program_invocation_name[0] == '@' ||
		  access("/etc/initrd-release", F_OK) == 0;
	if (snprintf(c.state, sizeof(c.state), "dir=%s,mode=0600", state) >=
	    (int)sizeof(c.state))
		return -ENAMETOOLONG;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		in_child(&c);
	closep(&child_end);
	child_end = -1;
	/* only the one in between; ECHILD where SIGCHLD is ignored */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return read_report(end);
}

int swtpm_remove_state(int dirfd, const char *state)
{
	int fd = openat(dirfd, state,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	int error = errno;

	if (!dir) {
		closep(&fd);
		return error == ENOENT ? 0 : -error;
	}
	while ((e = readdir(dir)) != NULL) {
		/* "." and ".." are directories and stay */
		if (e->d_type != DT_DIR)
			(void)unlinkat(fd, e->d_name, 0); /* or rmdir fails */
	}
	(void)closedir(dir); /* only read from */
	return unlinkat(dirfd, state, AT_REMOVEDIR) < 0 ? -errno : 0;
}
