// SPDX-License-Identifier: Apache-2.0
/*
 * Finding, starting and ending the private swtpm; see swtpm.h.
 *
 * Which process it is: the one that listens. SO_PEERCRED of a connection says
 * who called listen(), and the process does that itself before it becomes
 * swtpm, so its pid is known without trusting a file or a name. swtpm.pid is
 * for people and scripts.
 *
 * When it is ready: both sockets listen before exec, so a connection made
 * after exec waits in the queue until swtpm takes it. Nothing polls.
 *
 * It is a child of nobody here (forked twice), in a session of its own, and so
 * survives us; a service manager must be told to leave it alone
 * (KillMode=process).
 */
#include "tpm/swtpm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "tpm/swtpm_exec.h"

#define DATA_SOCKET "swtpm.sock"
/* the swtpm TCTI adds this to the path */
#define CTRL_SOCKET  DATA_SOCKET ".ctrl"
#define PID_FILE     "swtpm.pid"
#define LOCK_FILE    "swtpm.lock"
#define STATE_DIR    "swtpm"
#define TERM_WAIT_MS 5000
#define KILL_WAIT_MS 5000
/* A swtpm whose control socket is held by somebody does not answer. */
#define CONNECT_WAIT_S 5

/* swtpm.lock; released by closing it. */
static int lock(int dirfd)
{
	int fd = openat(dirfd, LOCK_FILE,
			O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX) < 0) {
		int error = errno;

		if (error == EINTR)
			continue;
		(void)close(fd); /* empty */
		return -error;
	}
	return fd;
}

/* Directories are named by descriptor: any path is short enough then. */
static struct sockaddr_un address(int dirfd, const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%s",
		       dirfd, name);
	return a;
}

struct running {
	int fd;	   /* a connection to its control socket */
	pid_t pid; /* 0: in a pid namespace that we cannot see */
};

/* Return: 1; 0 if none runs; -EPERM if it is another user's; -errno. */
static int find(int dirfd, struct running *ret)
{
	CLEANUP(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = address(dirfd, CTRL_SOCKET);
	struct timeval patience = { .tv_sec = CONNECT_WAIT_S };
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
				 sizeof(patience)) < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&a, sizeof(a)) < 0)
		return errno == ENOENT || errno == ECONNREFUSED ? 0 : -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	if (peer.uid != geteuid())
		return -EPERM;
	ret->fd = STEAL_FD(fd);
	ret->pid = peer.pid;
	return 1;
}

bool swtpm_runs(int dirfd)
{
	struct running found = { .fd = -1 };
	bool runs = find(dirfd, &found) != 0;

	closep(&found.fd);
	return runs;
}

/* A socket that others than us cannot connect to, at no time. */
static int make_socket(int dirfd, const char *name)
{
	CLEANUP(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = address(dirfd, name);

	/* the file that bind() makes takes the mode of the socket */
	if (fd < 0 || fchmod(fd, 0600) < 0)
		return -errno;
	/* whoever listened there is gone, find() has seen to that */
	if (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0)
		return -errno;
	return STEAL_FD(fd);
}

static int write_pid(int dirfd, pid_t pid)
{
	CLEANUP(closep) int fd = -1;
	char text[32];
	int n = snprintf(text, sizeof(text), "%d\n", (int)pid);

	fd = openat(dirfd, PID_FILE,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		    0600);
	if (fd < 0)
		return -errno;
	return io_pwrite_full(&io_system, fd, text, (size_t)n, 0);
}

static int start(int dirfd, int words, struct diag *reterr)
{
	CLEANUP(closep) int data = -1;
	CLEANUP(closep) int ctrl = -1;
	int r = 0;

	if (mkdirat(dirfd, STATE_DIR, 0700) < 0 && errno != EEXIST)
		return -errno;
	data = make_socket(dirfd, DATA_SOCKET);
	ctrl = data < 0 ? data : make_socket(dirfd, CTRL_SOCKET);
	if (ctrl < 0)
		return ctrl;
	r = swtpm_exec(dirfd, STATE_DIR, data, ctrl, words);
	if (r == -ENOENT)
		diag_set(reterr,
			 "swtpm is not installed: install the package swtpm, "
			 "or name a TPM (tpm=), or do without (tpm=none)");
	return r;
}

/* Holding the lock. @words: given if one is started. */
static int find_or_start(int dirfd, int *words, struct diag *reterr)
{
	struct running found = { .fd = -1 };
	int r = find(dirfd, &found);

	if (r == 0) {
		*words = memfd_create("swtpm", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		r = *words < 0 ? -errno : start(dirfd, *words, reterr);
		if (r == 0)
			r = find(dirfd, &found);
		if (r == 0)
			r = -EIO; /* it ended at once; .words knows why */
	}
	/* also where a crash came between the start and this */
	if (r > 0 && found.pid > 0)
		r = write_pid(dirfd, found.pid);
	closep(&found.fd);
	return r < 0 ? r : 0;
}

int swtpm_ensure(int dirfd, const char *dirname, int *ret_words,
		 struct diag *reterr)
{
	int words = -1, lock_fd = lock(dirfd), r = lock_fd;

	diag_set(reterr, "%s", "");
	if (r >= 0)
		r = find_or_start(dirfd, &words, reterr);
	closep(&lock_fd);
	if (r == 0) {
		*ret_words = words;
		return 0;
	}
	if (reterr && !reterr->msg[0])
		diag_set(reterr, "cannot start a software TPM in %s: %s",
			 dirname,
			 r == -EPERM ? "another user's process listens there"
				     : strerror(-r));
	swtpm_started(dirfd, dirname, words, r, reterr);
	return r;
}

/* Puts what swtpm wrote in front of what we know, on one line. */
static void add_words(int words, const char *dirname, struct diag *reterr)
{
	char text[256];
	ssize_t n = pread(words, text, sizeof(text) - 1, 0);
	struct diag before = *reterr;

	while (n > 0 && text[n - 1] == '\n')
		n--;
	if (n <= 0)
		return;
	text[n] = '\0';
	for (ssize_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	}
	diag_set(reterr, "the software TPM in %s failed: %s%s%.150s", dirname,
		 text, before.msg[0] ? "; " : "", before.msg);
}

void swtpm_started(int dirfd, const char *dirname, int words, int error,
		   struct diag *reterr)
{
	if (words < 0)
		return; /* it ran before, and goes on */
	if (error && reterr)
		add_words(words, dirname, reterr);
	/*
	 * It writes a line whenever a client hangs up, that is after every
	 * command. Nobody would ever read them, and they must not add up: from
	 * now on there is no room for them. In this order: it may be writing.
	 */
	if (fcntl(words, F_ADD_SEALS, F_SEAL_GROW) < 0 ||
	    ftruncate(words, 0) < 0)
		error = -errno;
	(void)close(words); /* memory */
	if (error)
		(void)swtpm_end(dirfd); /* .reterr says enough */
}

static int pidfd_open_(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Return: 1 if the process has ended, 0 if not yet, -errno. */
static int wait_end(int pidfd, int ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int r;

	do {
		r = poll(&p, 1, ms);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

static bool hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static int end_process(const struct running *found)
{
	CLEANUP(closep) int pidfd = -1;
	int r;

	if (found->pid <= 0)
		return -ESRCH;
	pidfd = pidfd_open_(found->pid);
	if (pidfd < 0)
		return errno == ESRCH ? 0 : -errno;
	/* it is still connected: so it lives, and the pid is not another's */
	if (hung_up(found->fd))
		return 0;
	if (syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0) < 0)
		return errno == ESRCH ? 0 : -errno;
	r = wait_end(pidfd, TERM_WAIT_MS);
	if (r != 0)
		return r < 0 ? r : 0;
	if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) < 0)
		return errno == ESRCH ? 0 : -errno;
	r = wait_end(pidfd, KILL_WAIT_MS);
	if (r < 0)
		return r;
	return r ? 0 : -ETIMEDOUT;
}

static int remove_file(int dirfd, const char *name)
{
	return unlinkat(dirfd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

static int remove_files(int dirfd)
{
	int r = swtpm_remove_state(dirfd, STATE_DIR), e;

	e = remove_file(dirfd, DATA_SOCKET);
	r = r < 0 ? r : e;
	e = remove_file(dirfd, CTRL_SOCKET);
	r = r < 0 ? r : e;
	e = remove_file(dirfd, PID_FILE);
	return r < 0 ? r : e;
}

int swtpm_end(int dirfd)
{
	CLEANUP(closep) int lock_fd = lock(dirfd);
	struct running found = { .fd = -1 };
	int r = lock_fd;

	if (r >= 0)
		r = find(dirfd, &found);
	if (r > 0)
		r = end_process(&found);
	closep(&found.fd);
	return r < 0 ? r : remove_files(dirfd);
}
