// SPDX-License-Identifier: Apache-2.0
/*
 * A private swtpm for one mount. It is started with sockets that already
 * listen, so the first connect() works without waiting, and it is not a child
 * of ours: it outlives a crash of the daemon with its PCRs, and the next mount
 * with the same state directory finds it by connecting.
 */
#include "swtpm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

/* What the children of spawn() tell, in any order; silence: exec() worked. */
struct message {
	enum {
		STARTED,
		FAILED
	} kind;
	int value; /* pid, errno */
};

/* Descriptors of the listening sockets in swtpm. */
#define FD_DATA	   3
#define FD_CONTROL 4

#define END_MS	   2000

static int address_of(const char *dirname, const char *name,
		      struct sockaddr_un *ret)
{
	int n;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(ret->sun_path, sizeof(ret->sun_path), "%s/%s", dirname,
		     name);
	return n < 0 || (size_t)n >= sizeof(ret->sun_path) ? -ENAMETOOLONG : 0;
}

/* Who listens on the socket? Return: a connection, or -errno. */
static int connect_to(const char *dirname, const char *name, pid_t *ret_pid)
{
	CLEANUP(closep) int fd = -1;
	struct ucred peer;
	socklen_t len = sizeof(peer);
	struct sockaddr_un a;
	int r = address_of(dirname, name, &a);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* EAGAIN: others are waiting, too: it lives */
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 &&
	    errno != EAGAIN)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	*ret_pid = peer.pid;
	return STEAL_FD(fd);
}

static int bind_new(int dirfd, const char *dirname, const char *name)
{
	CLEANUP(closep) int fd = -1;
	struct sockaddr_un a;
	mode_t before;
	int r = address_of(dirname, name, &a);

	if (r < 0)
		return r;
	if (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	before = umask(0177);
	r = bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? -errno : 0;
	(void)umask(before);
	return r < 0 ? r : STEAL_FD(fd);
}

/*
 * In the child that becomes swtpm: async-signal-safe calls only. listen() is
 * called here, because SO_PEERCRED names the process that did.
 */
static void become_swtpm(int data, int control, int report,
			 const char *const *argv)
{
	int null = open("/dev/null", O_RDWR), high_data, high_control;
	struct message m = { .kind = FAILED };
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	high_data = fcntl(data, F_DUPFD, 64);
	high_control = fcntl(control, F_DUPFD, 64);
	report = fcntl(report, F_DUPFD_CLOEXEC, 64);
	if (null < 0 || high_data < 0 || high_control < 0 || report < 0 ||
	    listen(high_data, 64) < 0 || listen(high_control, 64) < 0 ||
	    dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
	    dup2(high_data, FD_DATA) < 0 || dup2(high_control, FD_CONTROL) < 0)
		_exit(127);
	(void)close_range(5, (unsigned)report - 1, 0);
	(void)close_range((unsigned)report + 1, ~0u, 0);
	(void)execvp("swtpm", (char *const *)(uintptr_t)argv);
	m.value = errno;
	if (write(report, &m, sizeof(m)) < 0)
		_exit(126);
	_exit(127);
}

/* Forks twice, so that init inherits it. 0 or -errno of what failed. */
static int spawn(int data, int control, const char *const *argv, pid_t *ret_pid)
{
	struct message m = { .kind = STARTED };
	int report[2], r = 0;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		(void)setsid();
		m.value = fork();
		if (m.value == 0)
			become_swtpm(data, control, report[1], argv);
		_exit(write(report[1], &m, sizeof(m)) == sizeof(m) ? 0 : 1);
	}
	if (pid < 0)
		r = -errno;
	(void)close(report[1]); /* a pipe */
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*ret_pid = -1;
	while (r == 0 && read(report[0], &m, sizeof(m)) == sizeof(m)) {
		if (m.kind == FAILED)
			r = -m.value;
		else
			*ret_pid = m.value;
	}
	(void)close(report[0]); /* a pipe */
	return r == 0 && *ret_pid <= 0 ? -EAGAIN : r;
}

static int write_pid(int dirfd, pid_t pid)
{
	CLEANUP(closep) int fd = -1;
	char text[32];
	int n = snprintf(text, sizeof(text), "%d\n", pid);

	fd = openat(dirfd, SWTPM_PID,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return -errno;
	return write(fd, text, (size_t)n) == n ? 0 : -EIO;
}

static int start_new(int dirfd, const char *dirname, struct diag *reterr)
{
	CLEANUP(closep) int data = -1;
	CLEANUP(closep) int control = -1;
	CLEANUP(freep) char *state = NULL;
	/* systemd's final killing spree spares processes that begin with @ */
	bool initrd = access("/etc/initrd-release", F_OK) == 0;
	pid_t pid = -1;
	int r;

	if (mkdirat(dirfd, SWTPM_STATE, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (asprintf(&state, "dir=%s/" SWTPM_STATE, dirname) < 0) {
		state = NULL;
		return -ENOMEM;
	}
	data = bind_new(dirfd, dirname, SWTPM_SOCKET);
	if (data < 0)
		return data;
	control = bind_new(dirfd, dirname, SWTPM_CONTROL);
	if (control < 0)
		return control;
	r = spawn(data, control,
		  (const char *const[]){
			  initrd ? "@swtpm" : "swtpm", "socket", "--tpm2",
			  "--tpmstate", state, "--server", "type=unixio,fd=3",
			  "--ctrl", "type=unixio,fd=4", "--flags",
			  "not-need-init,startup-clear", NULL },
		  &pid);
	if (r == -ENOENT)
		diag_set(reterr,
			 "swtpm is not installed (package swtpm); install it, "
			 "name another TPM with tpm=, or use tpm=none");
	return r < 0 ? r : write_pid(dirfd, pid);
}

int swtpm_start(int dirfd, const char *dirname, struct diag *reterr)
{
	pid_t pid;
	int r = connect_to(dirname, SWTPM_SOCKET, &pid);

	if (r >= 0) {
		(void)close(r); /* only asked whether somebody is there */
		return 0;
	}
	if (r == -ENOENT || r == -ECONNREFUSED)
		r = start_new(dirfd, dirname, reterr);
	if (r == -ENAMETOOLONG)
		diag_set(reterr,
			 "%s/" SWTPM_SOCKET " is too long for a socket's name; "
			 "name a shorter state directory with state=",
			 dirname);
	else if (r < 0 && reterr && !reterr->msg[0])
		diag_set(reterr, "cannot start swtpm in %s: %s", dirname,
			 strerror(-r));
	return r;
}

/* Its own files only: whatever else is there stays, and the directory then. */
static void remove_state(int dirfd)
{
	int fd = openat(dirfd, SWTPM_STATE,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *e;
	DIR *d;

	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			(void)close(fd); /* a directory */
		return;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.' || strcmp(e->d_name, ".lock") == 0)
			(void)unlinkat(fd, e->d_name, 0);
	}
	(void)closedir(d);
	(void)unlinkat(dirfd, SWTPM_STATE, AT_REMOVEDIR);
}

/* The process behind the socket: asked to end, made to end. */
static int end_process(pid_t pid)
{
	CLEANUP(closep) int fd = -1;
	struct pollfd p;

	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		return errno == ESRCH ? 0 : -errno;
	p = (struct pollfd){ .fd = fd, .events = POLLIN };
	if (syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0) < 0)
		return errno == ESRCH ? 0 : -errno;
	if (poll(&p, 1, END_MS) == 1)
		return 0;
	(void)syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
	return poll(&p, 1, END_MS) == 1 ? 0 : -ETIMEDOUT;
}

int swtpm_end(int dirfd, const char *dirname)
{
	pid_t pid;
	int fd = connect_to(dirname, SWTPM_SOCKET, &pid), r = 0;

	if (fd >= 0) {
		/* the open connection keeps the pid from being another's */
		r = pid > 0 ? end_process(pid) : -ESRCH;
		(void)close(fd); /* a socket nobody answers on */
	} else if (fd != -ENOENT && fd != -ECONNREFUSED) {
		return fd;
	}
	if (r < 0)
		return r;
	(void)unlinkat(dirfd, SWTPM_SOCKET, 0);
	(void)unlinkat(dirfd, SWTPM_CONTROL, 0);
	(void)unlinkat(dirfd, SWTPM_PID, 0);
	remove_state(dirfd);
	return 0;
}
