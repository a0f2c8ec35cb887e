// SPDX-License-Identifier: Apache-2.0
/*
 * File system calls that no standard program makes, one for each command, for
 * the cases test/cases/ops-*.sh. Prints one line: what came of it, or the
 * error. Exit status 1 after an error, 2 for wrong arguments.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int say_errno(void)
{
	printf("%s\n", strerror(errno));
	return 1;
}

static int say_ok(int r)
{
	if (r < 0)
		return say_errno();
	printf("ok\n");
	return 0;
}

static int say_number(off_t n)
{
	if (n < 0)
		return say_errno();
	printf("%lld\n", (long long)n);
	return 0;
}

static off_t number(const char *text)
{
	return strtoll(text, NULL, 0);
}

/* rename none|noreplace|exchange|whiteout FROM TO */
static int do_rename(char **a)
{
	unsigned flags = 0;

	if (!strcmp(a[0], "noreplace"))
		flags = RENAME_NOREPLACE;
	else if (!strcmp(a[0], "exchange"))
		flags = RENAME_EXCHANGE;
	else if (!strcmp(a[0], "whiteout"))
		flags = RENAME_WHITEOUT;
	return say_ok(renameat2(AT_FDCWD, a[1], AT_FDCWD, a[2], flags));
}

/* seek data|hole|end FILE OFFSET */
static int do_seek(char **a)
{
	int fd = open(a[1], O_RDONLY);
	int whence = !strcmp(a[0], "data")   ? SEEK_DATA
		     : !strcmp(a[0], "hole") ? SEEK_HOLE
					     : SEEK_END;

	return fd < 0 ? say_errno()
		      : say_number(lseek(fd, number(a[2]), whence));
}

/* fallocate grow|keep|punch|zero|collapse FILE OFFSET LENGTH */
static int do_fallocate(char **a)
{
	int fd = open(a[1], O_RDWR), mode = 0;

	if (!strcmp(a[0], "keep"))
		mode = FALLOC_FL_KEEP_SIZE;
	else if (!strcmp(a[0], "punch"))
		mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	else if (!strcmp(a[0], "zero"))
		mode = FALLOC_FL_ZERO_RANGE;
	else if (!strcmp(a[0], "collapse"))
		mode = FALLOC_FL_COLLAPSE_RANGE;
	if (fd < 0)
		return say_errno();
	return say_ok(fallocate(fd, mode, number(a[2]), number(a[3])));
}

/* copy FROM OFFSET TO OFFSET LENGTH: all of it; prints bytes copied */
static int do_copy(char **a)
{
	int in = open(a[0], O_RDONLY);
	int out = open(a[2], O_WRONLY | O_CREAT, 0644);
	off_t from = number(a[1]), to = number(a[3]), left = number(a[4]);
	off_t done = 0;

	if (in < 0 || out < 0)
		return say_errno();
	while (left > 0) {
		ssize_t n =
			copy_file_range(in, &from, out, &to, (size_t)left, 0);

		if (n < 0)
			return say_errno();
		if (n == 0)
			break;
		left -= n;
		done += n;
	}
	return say_number(done);
}

/* mapwrite FILE OFFSET TEXT: through a shared mapping */
static int do_mapwrite(char **a)
{
	int fd = open(a[0], O_RDWR);
	off_t at = number(a[1]);
	struct stat st;
	char *p;

	if (fd < 0 || fstat(fd, &st))
		return say_errno();
	p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		 fd, 0);
	if (p == MAP_FAILED)
		return say_errno();
	memcpy(p + at, a[2], strlen(a[2]));
	return say_ok(msync(p, (size_t)st.st_size, MS_SYNC));
}

/*
 * orphan FILE: opens it, removes it, and does everything to it that can be
 * done to a file without a name; then gives it a name again if it may
 */
static int do_orphan(char **a)
{
	int fd = open(a[0], O_RDWR | O_CREAT, 0600);
	char text[8] = "";
	struct stat st;

	if (fd < 0 || pwrite(fd, "before", 6, 0) != 6 || unlink(a[0]))
		return say_errno();
	if (pwrite(fd, "after", 5, 0) != 5 || pread(fd, text, 7, 0) != 6)
		return say_errno();
	if (fchmod(fd, 0640) || (fchown(fd, 1, 2) && fchown(fd, 0, 0)) ||
	    ftruncate(fd, 3) ||
	    futimens(fd, (struct timespec[2]){ { 1, 2 }, { 3, 4 } }) ||
	    fsync(fd) || fstat(fd, &st))
		return say_errno();
	printf("%s %o %u:%u size %lld links %u mtime %lld.%09ld\n", text,
	       st.st_mode & 07777, st.st_uid, st.st_gid, (long long)st.st_size,
	       (unsigned)st.st_nlink, (long long)st.st_mtim.tv_sec,
	       st.st_mtim.tv_nsec);
	return 0;
}

/* append FILE COUNT: lines of 10 bytes, each with one write, O_APPEND */
static int do_append(char **a)
{
	int fd = open(a[0], O_WRONLY | O_APPEND | O_CREAT, 0644);

	if (fd < 0)
		return say_errno();
	for (off_t i = 0; i < number(a[1]); i++) {
		char line[16];

		snprintf(line, sizeof(line), "%09lld\n", (long long)i % 1000);
		if (write(fd, line, 10) != 10)
			return say_errno();
	}
	return say_ok(close(fd));
}

/* mapappend FILE TEXT: O_APPEND, but through a shared mapping at its start */
static int do_mapappend(char **a)
{
	int fd = open(a[0], O_RDWR | O_APPEND);
	char *p = MAP_FAILED;

	if (fd >= 0)
		p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return say_errno();
	memcpy(p, a[1], strlen(a[1]));
	return say_ok(msync(p, 4096, MS_SYNC));
}

/*
 * setappend on|off FILE TEXT: opened the other way, then fcntl(F_SETFL), and
 * only then written at the start, or at the end
 */
static int do_setappend(char **a)
{
	int to = !strcmp(a[0], "on") ? O_APPEND : 0;
	int fd = open(a[1], O_WRONLY | (O_APPEND - to));

	if (fd < 0 || fcntl(fd, F_SETFL, to) ||
	    pwrite(fd, a[2], strlen(a[2]), 0) != (ssize_t)strlen(a[2]))
		return say_errno();
	return say_ok(close(fd));
}

/* open r|w|rw|rwa|x|dir FILE: just that; x: O_CREAT|O_EXCL */
static int do_open(char **a)
{
	static const struct {
		const char *name;
		int flags;
	} how[] = {
		{ "r", O_RDONLY },
		{ "w", O_WRONLY },
		{ "rw", O_RDWR },
		{ "trunc", O_RDONLY | O_TRUNC },
		{ "x", O_RDWR | O_CREAT | O_EXCL },
		{ "create", O_RDWR | O_CREAT },
		{ "dir", O_RDONLY | O_DIRECTORY },
		{ "nofollow", O_RDONLY | O_NOFOLLOW },
	};

	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++)
		if (!strcmp(how[i].name, a[0]))
			return say_ok(open(a[1], how[i].flags, 0666));
	return 2;
}

/* linkfd FILE NEW: link what a descriptor refers to */
static int do_linkfd(char **a)
{
	int fd = open(a[0], O_RDONLY);
	char path[64];

	if (fd < 0)
		return say_errno();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return say_ok(
		linkat(AT_FDCWD, path, AT_FDCWD, a[1], AT_SYMLINK_FOLLOW));
}

/* tmpfile DIR NAME: made without a name, then given one; O_EXCL forbids that */
static int do_tmpfile(char **a)
{
	int fd = open(a[0], O_TMPFILE | O_RDWR, 0666);
	int once = open(a[0], O_TMPFILE | O_RDWR | O_EXCL, 0666);
	char path[64], text[8] = "";
	struct stat st;

	if (fd < 0 || once < 0 || write(fd, "nameless", 8) != 8 ||
	    fstat(fd, &st) || pread(fd, text, 4, 4) != 4)
		return say_errno();
	printf("%s %o %u:%u links %u\n", text, st.st_mode & 07777, st.st_uid,
	       st.st_gid, (unsigned)st.st_nlink);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", once);
	if (!linkat(AT_FDCWD, path, AT_FDCWD, a[1], AT_SYMLINK_FOLLOW))
		printf("O_EXCL was forgotten\n");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return say_ok(
		linkat(AT_FDCWD, path, AT_FDCWD, a[1], AT_SYMLINK_FOLLOW));
}

/* mknod MODE NAME: with umask and all; MODE is octal, with its S_IFMT bits */
static int do_mknod(char **a)
{
	return say_ok(mknod(a[1], (mode_t)strtoul(a[0], NULL, 8), 0));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		int (*run)(char **args);
	} commands[] = {
		{ "rename", 3, do_rename },
		{ "seek", 3, do_seek },
		{ "fallocate", 4, do_fallocate },
		{ "copy", 5, do_copy },
		{ "mapwrite", 3, do_mapwrite },
		{ "orphan", 1, do_orphan },
		{ "append", 2, do_append },
		{ "open", 2, do_open },
		{ "linkfd", 2, do_linkfd },
		{ "tmpfile", 2, do_tmpfile },
		{ "mknod", 2, do_mknod },
		{ "setappend", 3, do_setappend },
		{ "mapappend", 2, do_mapappend },
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc > 1 && !strcmp(argv[1], commands[i].name) &&
		    argc == commands[i].args + 2)
			return commands[i].run(argv + 2);
	fprintf(stderr, "fsop: wrong arguments\n");
	return 2;
}
