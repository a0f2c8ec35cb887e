// SPDX-License-Identifier: Apache-2.0
/*
 * One process per user. It lives until the end of the case, so what one
 * operation leaves open, another finds. Request and reply are one datagram
 * each on a socket pair.
 */
#include "op.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* An operation that takes longer hangs. Emulated machines are slow. */
#define OP_TIMEOUT_MS 20000

struct actor {
	char who[64];
	pid_t pid;
	int fd; /* -1 once it was killed */
};

static struct actor actors[16];
static size_t n_actors;

static const char *parse_pair(const char *s, unsigned *u, unsigned *g)
{
	char *end;

	if (!strncmp(s, "root", 4)) {
		*u = 0;
		end = (char *)s + 4;
	} else if (!strncmp(s, "user", 4)) {
		*u = 1000;
		end = (char *)s + 4;
	} else {
		*u = strtoul(s, &end, 10);
		if (end == s)
			die("no such user: %s", s);
	}
	*g = *u;
	if (*end == ':')
		*g = strtoul(end + 1, &end, 10);
	return end;
}

static void become(const char *who)
{
	unsigned ruid, rgid, euid, egid;
	const char *rest = parse_pair(who, &ruid, &rgid);

	euid = ruid;
	egid = rgid;
	if (*rest == '/')
		rest = parse_pair(rest + 1, &euid, &egid);
	if (*rest)
		die("no such user: %s", who);
	if (setgroups(0, NULL) || setresgid(rgid, egid, egid) ||
	    setresuid(ruid, euid, euid))
		die("become %s: %s", who, strerror(errno));
}

__attribute__((noreturn)) static void act(int fd)
{
	char line[MAX_LINE], reply[MAX_LINE];
	char *words[MAX_WORDS];
	ssize_t n;

	while ((n = recv(fd, line, sizeof(line) - 1, 0)) > 0) {
		line[n] = '\0';
		reply[0] = '\0';
		verb_do(words_split(line, words), words, reply, sizeof(reply));
		if (send(fd, reply, strlen(reply), 0) < 0)
			break;
	}
	_exit(0);
}

struct actor *actor_get(const char *who)
{
	struct actor *a;
	size_t i;
	int sv[2];

	for (i = 0; i < n_actors; i++)
		if (!strcmp(actors[i].who, who))
			return &actors[i];
	if (n_actors == sizeof(actors) / sizeof(*actors))
		die("too many users in one case");
	a = &actors[n_actors++];
	snprintf(a->who, sizeof(a->who), "%s", who);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv))
		die("socketpair: %s", strerror(errno));
	a->fd = sv[0];
	a->pid = fork();
	if (a->pid < 0)
		die("fork: %s", strerror(errno));
	if (a->pid == 0) {
		/* Else it would keep its elders' sockets from closing. */
		for (i = 0; i < n_actors; i++)
			close(actors[i].fd);
		become(who);
		act(sv[1]);
	}
	close(sv[1]);
	return a;
}

void actor_do(struct actor *a, const char *line, char *reply, size_t size)
{
	struct pollfd p = { .fd = a->fd, .events = POLLIN };
	ssize_t n;

	if (a->fd < 0 || send(a->fd, line, strlen(line), MSG_NOSIGNAL) < 0) {
		snprintf(reply, size, "GONE");
		return;
	}
	if (poll(&p, 1, OP_TIMEOUT_MS) == 0) {
		kill(a->pid, SIGKILL);
		close(a->fd);
		a->fd = -1;
		snprintf(reply, size, "TIMEOUT");
		return;
	}
	n = recv(a->fd, reply, size - 1, 0);
	reply[n > 0 ? n : 0] = '\0';
	if (n <= 0)
		snprintf(reply, size, "GONE");
}

void actors_end(void)
{
	size_t i;

	for (i = 0; i < n_actors; i++) {
		if (actors[i].fd >= 0) {
			close(actors[i].fd);
			waitpid(actors[i].pid, NULL, 0);
		}
		/* A killed one may never die: it hangs in the kernel. */
	}
	n_actors = 0;
}
