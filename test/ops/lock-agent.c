// SPDX-License-Identifier: Apache-2.0
/*
 * A process that takes locks when it is told to. Reads commands, one a line,
 * and answers each with a line, so that a shell can lead several of them:
 *
 *     open r|w|rw FILE                 the number of the descriptor
 *     close FD
 *     set FD r|w|u START LENGTH        fcntl(F_SETLK)
 *     wait FD r|w START LENGTH         fcntl(F_SETLKW)
 *     get FD r|w START LENGTH          "free" or "r|w START LENGTH PID"
 *     flock FD sh|ex|un nb|wait
 *     lease FD                         fcntl(F_SETLEASE) for reading, and kept
 *     alarm MILLISECONDS               a signal that interrupts what waits
 *     fork                             a child that closes all and ends
 *     quit
 *
 * Answers "ok", a value, or the name of an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void answer(int r)
{
	const char *name = r < 0 ? strerrorname_np(errno) : "ok";

	printf("%s\n", name ? name : "no errno at all");
}

static void on_alarm(int number)
{
	(void)number;
}

static short lock_type(const char *t)
{
	return *t == 'r' ? F_RDLCK : *t == 'w' ? F_WRLCK : F_UNLCK;
}

static void do_lock(const char *what, int fd, const char *type, long start,
		    long len)
{
	struct flock l = { .l_type = lock_type(type),
			   .l_whence = SEEK_SET,
			   .l_start = start,
			   .l_len = len };

	if (!strcmp(what, "set")) {
		answer(fcntl(fd, F_SETLK, &l));
	} else if (!strcmp(what, "wait")) {
		answer(fcntl(fd, F_SETLKW, &l));
	} else if (fcntl(fd, F_GETLK, &l) < 0) {
		answer(-1);
	} else if (l.l_type == F_UNLCK) {
		printf("free\n");
	} else {
		printf("%s %ld %ld %d\n", l.l_type == F_RDLCK ? "r" : "w",
		       (long)l.l_start, (long)l.l_len, (int)l.l_pid);
	}
}

static void do_flock(int fd, const char *type, const char *how)
{
	int op = !strcmp(type, "sh")   ? LOCK_SH
		 : !strcmp(type, "ex") ? LOCK_EX
				       : LOCK_UN;

	answer(flock(fd, op | (!strcmp(how, "nb") ? LOCK_NB : 0)));
}

/* Whoever breaks it is to wait: he is not answered. */
static void do_lease(int fd)
{
	(void)signal(SIGIO, SIG_IGN);
	answer(fcntl(fd, F_SETLEASE, F_RDLCK));
}

static void do_alarm(long ms)
{
	struct itimerval in = { .it_value = { ms / 1000, ms % 1000 * 1000 } };
	struct sigaction a = { .sa_handler = on_alarm };

	(void)sigaction(SIGALRM, &a, NULL);
	answer(setitimer(ITIMER_REAL, &in, NULL));
}

static void do_fork(void)
{
	pid_t child = fork();

	if (child == 0) {
		for (int fd = 3; fd < 32; fd++)
			(void)close(fd);
		_exit(0);
	}
	answer(waitpid(child, NULL, 0) == child ? 0 : -1);
}

static void do_open(const char *how, const char *file)
{
	int fd = open(file, !strcmp(how, "r")	? O_RDONLY
			    : !strcmp(how, "w") ? O_WRONLY
						: O_RDWR);

	if (fd < 0)
		answer(-1);
	else
		printf("%d\n", fd);
}

int main(void)
{
	char line[4096], word[4][2048];

	while (fgets(line, sizeof(line), stdin)) {
		long start = 0, len = 0;
		int fd;

		memset(word, 0, sizeof(word));
		(void)sscanf(line, "%2047s %2047s %2047s %ld %ld", word[0],
			     word[1], word[2], &start, &len);
		(void)sscanf(line, "%*s %*s %*s %2047s", word[3]);
		fd = atoi(word[1]);
		if (!strcmp(word[0], "quit"))
			break;
		if (!strcmp(word[0], "open"))
			do_open(word[1], word[2]);
		else if (!strcmp(word[0], "close"))
			answer(close(fd));
		else if (!strcmp(word[0], "flock"))
			do_flock(fd, word[2], word[3]);
		else if (!strcmp(word[0], "lease"))
			do_lease(fd);
		else if (!strcmp(word[0], "alarm"))
			do_alarm(atol(word[1]));
		else if (!strcmp(word[0], "fork"))
			do_fork();
		else
			do_lock(word[0], fd, word[2], start, len);
		fflush(stdout);
	}
	return 0;
}
