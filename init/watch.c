// SPDX-License-Identifier: Apache-2.0
/*
 * Starts the daemon and watches it; see watch.h.
 *
 * launcher -> watcher -> daemon. The launcher becomes the real init, which
 * inherits the watcher; the daemon is the watcher's child, so that its end and
 * the reason of it are known. All that the watcher needs is opened before:
 * after switch_root there is no /proc and no /dev where it looks.
 */
#include "init/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "init/console.h"

/* What the daemon may find in its environment, and NOTIFY_SOCKET. */
#define DAEMON_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"

struct watcher {
	const struct watch *asked;
	int told;     /* pipe to the launcher: one byte when mounted; -1 */
	int notify;   /* socket on which the daemon says READY=1 */
	int messages; /* the daemon's stderr */
	int kmsg, sysrq;
	pid_t daemon;
	int daemon_fd;
	char line[1024]; /* of the daemon, as far as it came */
	size_t used;
};

/* Nothing here may be the reason why memory runs out, or be its victim. */
static void keep_alive(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "-1000", 5) < 0)
		console_note("may be killed when memory runs out: %s",
			     strerror(errno));
	if (fd >= 0)
		(void)close(fd); /* proc: nothing is left to be written */
}

static void print_kmsg(const struct watcher *w, int level, const char *text)
{
	char line[1200];
	int n = snprintf(line, sizeof(line), "<%d>%s\n", level, text);

	/* it drops what comes too fast, and never blocks */
	if (w->kmsg >= 0 && n > 0 &&
	    write(w->kmsg, line,
		  (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1) < 0)
		return;
}

/* A line of the daemon's: "imafs: error: ..." */
static void pass_line(struct watcher *w)
{
	int level = strstr(w->line, ": error: ")     ? 3
		    : strstr(w->line, ": warning: ") ? 4
						     : 6;

	w->line[w->used] = '\0';
	w->used = 0;
	if (w->told < 0) {
		print_kmsg(w, level, w->line);
		return;
	}
	/* until it is mounted, people wait at the console */
	if (level < 6)
		(void)dprintf(STDERR_FILENO, "%s\n", w->line);
	print_kmsg(w, 7, w->line);
}

/* Return: false at the end of them. */
static bool pass_messages(struct watcher *w)
{
	char some[512];
	ssize_t n = read(w->messages, some, sizeof(some));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	for (ssize_t i = 0; i < n; i++) {
		if (some[i] != '\n')
			w->line[w->used++] = some[i];
		if (some[i] == '\n' || w->used == sizeof(w->line) - 1)
			pass_line(w);
	}
	if (n == 0 && w->used)
		pass_line(w);
	return n > 0;
}

static int open_notify(struct watcher *w, char *name, size_t size)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa_family_t);
	int one = 1;

	w->notify =
		socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->notify < 0)
		return -errno;
	/* an abstract name that the kernel chooses: unix(7), autobind */
	if (bind(w->notify, (struct sockaddr *)&a, len) < 0 ||
	    setsockopt(w->notify, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) <
		    0)
		return -errno;
	len = sizeof(a);
	if (getsockname(w->notify, (struct sockaddr *)&a, &len) < 0)
		return -errno;
	(void)snprintf(name, size, "NOTIFY_SOCKET=@%.*s",
		       (int)(len - offsetof(struct sockaddr_un, sun_path) - 1),
		       a.sun_path + 1);
	return 0;
}

/* Has the daemon itself, and nobody else, said that it serves? */
static bool is_ready(const struct watcher *w)
{
	char text[256], control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec io = { text, sizeof(text) - 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(w->notify, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	struct ucred from;

	if (!c || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_CREDENTIALS)
		return false;
	memcpy(&from, CMSG_DATA(c), sizeof(from));
	text[n] = '\0';
	return from.pid == w->daemon && strstr(text, "READY=1");
}

/* In the child. */
static void become_daemon(const struct watch *asked, int messages,
			  char *notify_socket)
{
	char path[] = DAEMON_PATH;
	char *env[] = { path, notify_socket, NULL };
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(messages, 1) < 0 ||
	    dup2(messages, 2) < 0)
		_exit(126);
	(void)close_range(3, ~0u, 0);
	(void)execve(asked->program, asked->argv, env);
	(void)dprintf(2,
		      "imafs-init: error: cannot run %s: %s; install imafs "
		      "there or set program=\n",
		      asked->program, strerror(errno));
	_exit(127);
}

static int start_daemon(struct watcher *w)
{
	char notify_socket[160];
	int messages[2];
	int r = open_notify(w, notify_socket, sizeof(notify_socket));

	if (r < 0)
		return r;
	if (pipe2(messages, O_CLOEXEC))
		return -errno;
	w->messages = messages[0];
	w->daemon = fork();
	if (w->daemon == 0)
		become_daemon(w->asked, messages[1], notify_socket);
	r = w->daemon < 0 ? -errno : 0;
	(void)close(messages[1]); /* the daemon's end */
	if (r == 0) {
		w->daemon_fd = (int)syscall(SYS_pidfd_open, w->daemon, 0);
		if (w->daemon_fd < 0)
			r = -errno;
	}
	return r;
}

static void tell_launcher(struct watcher *w)
{
	static const char mounted = 'm';

	if (write(w->told, &mounted, 1) < 0)
		console_note("nobody waits for the mount");
	(void)close(w->told); /* a pipe */
	w->told = -1;
}

/* How the child ended, as in "was killed by signal 9". */
static void describe_end(int status, char *to, size_t size)
{
	if (WIFSIGNALED(status))
		(void)snprintf(to, size, "was killed by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void)snprintf(to, size, "ended with status %d",
			       WEXITSTATUS(status));
}

static void mourn(struct watcher *w, const char *how)
{
	const struct watch *a = w->asked;
	char text[512];

	(void)snprintf(text, sizeof(text),
		       "imafs-init: the daemon of %s %s: nothing below %s can "
		       "be opened any more; %s",
		       a->mountpoint, how, a->mountpoint,
		       a->panic ? "imafs.panic=1 ends the system"
				: "reboot the system (imafs.panic=0)");
	print_kmsg(w, 0, text);
	if (!a->panic)
		return;
	if (w->sysrq < 0 || write(w->sysrq, "c", 1) < 0)
		console_end(a->failure);
}

static void daemon_ended(struct watcher *w)
{
	char how[80];
	int status = 0;

	while (waitpid(w->daemon, &status, 0) < 0 && errno == EINTR)
		;
	describe_end(status, how, sizeof(how));
	if (w->told >= 0)
		console_say("the daemon %s before %s was mounted", how,
			    w->asked->mountpoint);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		console_note("%s was unmounted", w->asked->mountpoint);
	else
		mourn(w, how);
}

/* Until the daemon's end. */
static void serve(struct watcher *w)
{
	struct pollfd p[] = {
		{ .fd = w->daemon_fd, .events = POLLIN },
		{ .fd = w->notify, .events = POLLIN },
		{ .fd = w->messages, .events = POLLIN },
	};

	for (;;) {
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			break;
		if (p[2].revents && !pass_messages(w))
			p[2].fd = -1;
		if (p[1].revents && w->told >= 0 && is_ready(w)) {
			tell_launcher(w);
			p[1].fd = -1;
		}
		/* its last words first */
		if (p[0].revents && !p[2].revents)
			break;
	}
	daemon_ended(w);
}

static void become_watcher(const struct watch *asked, int told)
{
	struct watcher w = { .asked = asked,
			     .told = told,
			     .notify = -1,
			     .messages = -1,
			     .daemon_fd = -1 };
	sigset_t all;
	int r;

	(void)sigfillset(&all);
	asked->self[0] = '@'; /* as the daemon's; arguments.h */
	(void)prctl(PR_SET_NAME, "imafs-watch");
	if (setsid() < 0 || chdir("/") < 0)
		console_note("setsid or chdir: %s", strerror(errno));
	keep_alive();
	w.kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	w.sysrq = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	r = start_daemon(&w);
	/* the daemon wants its signals; this process has no use for any */
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	if (mlockall(MCL_CURRENT) < 0)
		console_note("mlockall: %s", strerror(errno));
	if (r < 0) {
		console_say("cannot start the daemon: %s", strerror(-r));
		if (w.daemon > 0)
			(void)kill(w.daemon, SIGKILL);
		_exit(1);
	}
	serve(&w);
	_exit(0);
}

int watch_start(const struct watch *w)
{
	int told[2];
	char answer;
	ssize_t n;
	pid_t pid;

	if (pipe2(told, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid == 0) {
		(void)close(told[0]); /* the launcher's end */
		become_watcher(w, told[1]);
	}
	n = pid < 0 ? -errno : 0;
	(void)close(told[1]); /* the watcher's end */
	if (pid > 0) {
		do {
			n = read(told[0], &answer, 1);
		} while (n < 0 && errno == EINTR);
		n = n == 1 ? 0 : -ECHILD;
	}
	(void)close(told[0]); /* a pipe */
	return (int)n;
}
