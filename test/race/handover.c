// SPDX-License-Identifier: Apache-2.0
/*
 * One writer closes a file while another one's open is still being looked at;
 * then that one writes and closes, too. Each time the file must be readable:
 * its label must be that of its content.
 *
 *     handover FILE ROUNDS
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path;
static int second;

static void *open_second(void *arg)
{
	second = open(path, O_WRONLY | O_CLOEXEC);
	return arg;
}

/* @delay: of the first one's close, in microseconds */
static int hand_over(char fill, useconds_t delay)
{
	int first = open(path, O_WRONLY | O_CLOEXEC), fd;
	pthread_t other;

	/* other times: the content has to be looked at again */
	if (first < 0 || futimens(first, NULL) ||
	    pthread_create(&other, NULL, open_second, NULL))
		return -1;
	(void)usleep(delay);
	(void)close(first);
	(void)pthread_join(other, NULL);
	if (second < 0)
		return -1;
	(void)usleep(30000); /* the first one's release is done */
	if (pwrite(second, &fill, 1, 64) != 1 || close(second))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -1 : close(fd);
}

int main(int argc, char **argv)
{
	int rounds = argc == 3 ? atoi(argv[2]) : 0;

	path = argv[1];
	for (int i = 0; i < rounds; i++) {
		if (hand_over((char)('a' + i % 26),
			      1000 * (useconds_t)(i % 20 + 1))) {
			perror(path);
			(void)fprintf(stderr, "in round %d\n", i);
			return 1;
		}
	}
	return rounds > 0 ? 0 : 2;
}
