// SPDX-License-Identifier: Apache-2.0
/* Runs a program of the tree: what execve() said, what the program said. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_all(int fd, struct text *t)
{
	char buf[4096];
	ssize_t n;

	text_add(t, "", 0);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		text_add(t, buf, n);
	close(fd);
}

/* Errors of execve() come through a pipe that a good execve() closes. */
__attribute__((noreturn)) static void child(char *words[], int out, int err)
{
	static char *const no_environment[] = { NULL };
	int e;

	dup2(out, 1);
	dup2(out, 2);
	execve(in_base(words[1]), words + 1, no_environment);
	e = errno;
	if (write(err, &e, sizeof(e)) != sizeof(e))
		_exit(126);
	_exit(127);
}

int verb_exec(int n, char *words[], char *reply, size_t size)
{
	struct text said = { 0 }, shown = { 0 }, error = { 0 };
	int out[2], err[2], status, e = 0;
	char *argv[MAX_WORDS + 1];
	pid_t pid;

	memcpy(argv, words, n * sizeof(*words));
	argv[n] = NULL;
	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid == 0)
		child(argv, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	read_all(err[0], &error);
	read_all(out[0], &said);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid: %s", strerror(errno));
	if (error.len == sizeof(e))
		memcpy(&e, error.at, sizeof(e));
	if (!e) {
		text_add_escaped(&shown, said.at, said.len);
		if (WIFSIGNALED(status))
			snprintf(reply, size, " signal=%s \"%s\"",
				 sigabbrev_np(WTERMSIG(status)),
				 shown.at ? shown.at : "");
		else
			snprintf(reply, size, " exit=%d \"%s\"",
				 WEXITSTATUS(status), shown.at ? shown.at : "");
	}
	free(said.at);
	free(shown.at);
	free(error.at);
	return -e;
}
