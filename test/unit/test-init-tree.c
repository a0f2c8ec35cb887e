// SPDX-License-Identifier: Apache-2.0
/* init/prepare.c, init/tree.c: a device that comes late, or is read-only. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "init/prepare.h"
#include "init/tree.h"

/* Below /dev, and everybody may make files there. */
#define SHM "/dev/shm/"

static int make_place(void **state)
{
	static char dir[] = SHM "imafs-test.XXXXXX";

	strcpy(dir, SHM "imafs-test.XXXXXX");
	*state = dir;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_place(void **state)
{
	return rmdir(*state);
}

static void sleep_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

struct late {
	char dir[PATH_MAX], file[PATH_MAX];
};

/* As udev does: the directory of the link, and then the link. */
static void *come_late(void *arg)
{
	struct late *l = arg;

	sleep_ms(300);
	(void)mkdir(l->dir, 0700);
	sleep_ms(300);
	(void)!symlink("/dev/null", l->file);
	return NULL;
}

static void a_link_in_a_directory_that_comes_late_is_waited_for(void **state)
{
	struct timespec from, to;
	struct late l;
	pthread_t t;
	int r;

	(void)snprintf(l.dir, sizeof(l.dir), "%s/by-id", (char *)*state);
	/* the name of a real disk may be as long */
	(void)snprintf(l.file, sizeof(l.file), "%s/by-id/%0100d",
		       (char *)*state, 1);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(pthread_create(&t, NULL, come_late, &l), 0);
	r = prepare_device(l.file + strlen("/dev/"), 20);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_int_equal(pthread_join(t, NULL), 0);
	(void)unlink(l.file);
	(void)rmdir(l.dir);
	assert_int_equal(r, 0);
	assert_in_range(to.tv_sec - from.tv_sec, 0, 15);
}

static void what_does_not_come_is_told(void **state)
{
	(void)state;
	assert_int_equal(prepare_device("imafs/there-is-none", 0), -ETIMEDOUT);
}

static bool make_image(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	int status = -1;
	pid_t pid;

	if (fd < 0 || ftruncate(fd, 4 << 20) || close(fd))
		return false;
	pid = fork();
	if (pid == 0) {
		(void)execlp("mkfs.ext4", "mkfs.ext4", "-q", "-F", path, NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* A loop device of @path, read-only. Return: a descriptor that keeps it; -1. */
static int attach(const char *path, char device[32])
{
	struct loop_config c = { .info.lo_flags = LO_FLAGS_READ_ONLY |
						  LO_FLAGS_AUTOCLEAR };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int image = open(path, O_RDONLY | O_CLOEXEC), loop = -1;

	c.fd = (uint32_t)image;
	for (int tries = 0; control >= 0 && image >= 0 && tries < 20; tries++) {
		(void)snprintf(device, 32, "/dev/loop%d",
			       ioctl(control, LOOP_CTL_GET_FREE));
		loop = open(device, O_RDONLY | O_CLOEXEC);
		if (loop >= 0 && ioctl(loop, LOOP_CONFIGURE, &c) == 0)
			break;
		if (loop >= 0) /* somebody else was faster */
			(void)close(loop);
		loop = -1;
	}
	(void)close(image);
	(void)close(control);
	return loop;
}

static void a_device_that_cannot_be_written_is_mounted_read_only(void **state)
{
	char image[PATH_MAX], at[PATH_MAX], device[32] = "";
	struct diag d = { 0 };
	struct statvfs st = { 0 };
	int loop = -1, r;

	(void)snprintf(image, sizeof(image), "%s/image", (char *)*state);
	(void)snprintf(at, sizeof(at), "%s/at", (char *)*state);
	if (geteuid() == 0 && make_image(image))
		loop = attach(image, device);
	(void)unlink(image);
	if (loop < 0)
		skip();
	assert_int_equal(mkdir(at, 0700), 0);
	r = tree_mount(device, at, *state, &d);
	(void)statvfs(at, &st);
	if (r == 0)
		(void)umount2(at, MNT_DETACH);
	(void)close(loop);
	(void)rmdir(at);
	assert_string_equal(d.msg, "");
	assert_int_equal(r, 0);
	assert_true(st.f_flag & ST_RDONLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_link_in_a_directory_that_comes_late_is_waited_for,
			make_place, remove_place),
		cmocka_unit_test(what_does_not_come_is_told),
		cmocka_unit_test_setup_teardown(
			a_device_that_cannot_be_written_is_mounted_read_only,
			make_place, remove_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
