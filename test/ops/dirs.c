// SPDX-License-Identifier: Apache-2.0
/*
 * Directories with many names, read while they change:
 *
 *     dirs fill DIR COUNT       makes files 0 ... COUNT-1
 *     dirs drain DIR            removes each file as soon as it was read
 *     dirs thin DIR             removes every second one while reading: all
 *                               that stay must be read, none twice
 *     dirs seek DIR             telldir() everywhere, then seekdir() back in
 *                               another order: the same name must follow
 *     dirs rewind DIR           a file made after opendir() is read after
 *                               rewinddir(), a removed one is not
 *     dirs stat DIR             looks at each file, by name
 *
 * Prints a number of names. Exit status 1 and a reason if something is wrong.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)))
__attribute__((noreturn));

static void wrong(const char *fmt, ...)
{
	va_list ap;

	printf("wrong: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	exit(1);
}

static void fill(int dir, long count)
{
	char name[32];
	int fd;

	for (long i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%ld", i);
		fd = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY, 0644);
		if (fd < 0)
			wrong("create %s: %s", name, strerror(errno));
		close(fd);
	}
	printf("%ld\n", count);
}

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static struct dirent *next(DIR *d)
{
	struct dirent *e;

	errno = 0;
	do {
		e = readdir(d);
	} while (e && is_dots(e->d_name));
	if (!e && errno)
		wrong("readdir: %s", strerror(errno));
	return e;
}

/* Numbers that were seen, to notice those seen twice. */
static bool *seen;
static long seen_size;

static void note_seen(const char *name)
{
	long n = atol(name);

	if (n >= seen_size) {
		seen = realloc(seen, (size_t)n * 2 + 1);
		if (!seen)
			wrong("no memory");
		memset(seen + seen_size, 0, (size_t)(n * 2 + 1 - seen_size));
		seen_size = n * 2 + 1;
	}
	if (seen[n])
		wrong("%s was read twice", name);
	seen[n] = true;
}

static void drain(DIR *d, bool thin)
{
	struct dirent *e;
	long n = 0;

	while ((e = next(d))) {
		note_seen(e->d_name);
		if (thin && atol(e->d_name) % 2)
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0))
			wrong("unlink %s: %s", e->d_name, strerror(errno));
		n++;
	}
	for (long i = 0; thin && i < n * 2; i++)
		if (!seen[i])
			wrong("%ld was not read", i);
	printf("%ld\n", n);
}

static void seek(DIR *d)
{
	struct place {
		long at;
		char name[256];
	} *p = NULL;
	size_t n = 0;
	struct dirent *e;
	long at = telldir(d);

	while ((e = readdir(d))) {
		p = realloc(p, (n + 1) * sizeof(*p));
		if (!p)
			wrong("no memory");
		p[n].at = at;
		snprintf(p[n].name, sizeof(p[n].name), "%s", e->d_name);
		n++;
		at = telldir(d);
	}
	for (size_t i = 0; i < n; i++) {
		const struct place *q = &p[i * 7919 % n];

		seekdir(d, q->at);
		e = readdir(d);
		if (!e || strcmp(e->d_name, q->name))
			wrong("at %ld there is %s, there was %s", q->at,
			      e ? e->d_name : "nothing", q->name);
	}
	free(p);
	printf("%zu\n", n);
}

static bool has(DIR *d, const char *name)
{
	struct dirent *e;
	bool found = false;

	while ((e = next(d)))
		found |= !strcmp(e->d_name, name);
	return found;
}

static void rewind_it(DIR *d)
{
	close(openat(dirfd(d), "first", O_CREAT | O_WRONLY, 0644));
	if (!has(d, "first"))
		wrong("a file made before the first readdir is not read");
	close(openat(dirfd(d), "second", O_CREAT | O_WRONLY, 0644));
	unlinkat(dirfd(d), "first", 0);
	rewinddir(d);
	if (!has(d, "second"))
		wrong("a new file is not read after rewinddir");
	rewinddir(d);
	if (has(d, "first"))
		wrong("a removed file is read after rewinddir");
	unlinkat(dirfd(d), "second", 0);
	printf("0\n");
}

static void stat_all(DIR *d)
{
	struct dirent *e;
	struct stat st;
	long n = 0;

	while ((e = next(d))) {
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW))
			wrong("stat %s: %s", e->d_name, strerror(errno));
		if (st.st_ino != e->d_ino)
			wrong("%s: two inode numbers", e->d_name);
		n++;
	}
	printf("%ld\n", n);
}

int main(int argc, char **argv)
{
	DIR *d = argc > 2 ? opendir(argv[2]) : NULL;

	if (!d)
		wrong("opendir: %s", strerror(errno));
	if (!strcmp(argv[1], "fill") && argc > 3)
		fill(dirfd(d), atol(argv[3]));
	else if (!strcmp(argv[1], "drain"))
		drain(d, false);
	else if (!strcmp(argv[1], "thin"))
		drain(d, true);
	else if (!strcmp(argv[1], "seek"))
		seek(d);
	else if (!strcmp(argv[1], "rewind"))
		rewind_it(d);
	else if (!strcmp(argv[1], "stat"))
		stat_all(d);
	else
		wrong("arguments");
	return closedir(d) ? 1 : 0;
}
