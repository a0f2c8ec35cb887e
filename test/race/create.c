// SPDX-License-Identifier: Apache-2.0
/*
 * A race for a name: one process moves a file there below the mount, another
 * opens the name with O_CREAT through the mount. Prints how often the opener
 * made a file of its own, was refused, and got the one that was moved.
 *
 *     create BELOW MOUNT FILE TURNS      (directories, a name in them, a
 * number)
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void path_of(char *to, size_t size, const char *dir, long turn)
{
	(void)snprintf(to, size, "%s/turn-%ld", dir, turn);
}

/* Each turn, a little later than the opener: moves the file to its name. */
static void move(const char *dir, const char *file, atomic_long *turn)
{
	char from[4096], to[4096];
	long last = 0;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)snprintf(from, sizeof(from), "%s/%s", dir, file);
	for (;;) {
		long t = atomic_load(turn), until;

		if (t <= 0 || t == last)
			continue;
		last = t;
		until = now_ns() + t * 997 % 150000;
		while (now_ns() < until)
			;
		path_of(to, sizeof(to), dir, t);
		(void)rename(from, to);
		atomic_store(turn, -t); /* done */
	}
}

int main(int argc, char **argv)
{
	long made = 0, refused = 0, got = 0;
	char path[4096], back[4096], was[4096];
	atomic_long *turn;
	pid_t mover;

	if (argc != 5)
		return 2;
	turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (turn == MAP_FAILED)
		return 2;
	(void)snprintf(back, sizeof(back), "%s/%s", argv[1], argv[3]);
	mover = fork();
	if (mover == 0)
		move(argv[1], argv[3], turn);
	for (long t = 1; t <= atol(argv[4]); t++) {
		char first = 0;
		int fd;

		path_of(path, sizeof(path), argv[2], t);
		path_of(was, sizeof(was), argv[1], t);
		atomic_store(turn, t);
		fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EACCES && errno != ESTALE) {
			perror(path);
			return 2;
		}
		if (fd < 0)
			refused++;
		else if (read(fd, &first, 1) == 1)
			got++;
		else
			made++;
		if (fd >= 0)
			(void)close(fd);
		while (atomic_load(turn) != -t)
			;
		/* the file that was moved; its own one was replaced */
		(void)rename(was, back);
	}
	(void)kill(mover, SIGKILL);
	(void)waitpid(mover, NULL, 0);
	(void)printf("made %ld refused %ld got %ld\n", made, refused, got);
	return 0;
}
