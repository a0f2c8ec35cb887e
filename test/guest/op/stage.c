// SPDX-License-Identifier: Apache-2.0
/*
 * Sets the stage: a session whose keyring holds the trusted keys, the one
 * policy that this kernel takes, and afterwards a listing of a tree.
 */
#include "op.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static long add_key(const char *type, const char *name, const void *payload,
		    size_t len, long ring)
{
	return syscall(SYS_add_key, type, name, payload, len, ring);
}

static int ends_in_der(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return dot && !strcmp(dot, ".der");
}

/* A keyring of the session with the keys of a directory. */
static void fill_keyring(const char *name, const char *keys)
{
	struct dirent **names;
	char path[PATH_MAX];
	long ring;
	int i, n;

	ring = add_key("keyring", name, NULL, 0, KEY_SPEC_SESSION_KEYRING);
	if (ring < 0)
		die("keyring %s: %s", name, strerror(errno));
	n = scandir(keys, &names, ends_in_der, alphasort);
	for (i = 0; i < n; i++) {
		struct text der = { 0 };

		snprintf(path, sizeof(path), "%s/%s", keys, names[i]->d_name);
		if (!text_read_file(&der, path))
			die("%s: %s", path, strerror(errno));
		if (add_key("asymmetric", NULL, der.at, der.len, ring) < 0)
			die("key %s: %s", path, strerror(errno));
		free(der.at);
	}
}

/*
 * op session KEYDIR COMMAND...: the kernel looks for keyrings named _ima and
 * _evm in the keyrings of whoever needs a signature checked first. All of a
 * case's users are children of this session and possess them.
 */
int cmd_session(int argc, char **argv)
{
	if (argc < 3)
		die("usage: op session KEYDIR COMMAND...");
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		die("join session: %s", strerror(errno));
	fill_keyring("_ima", argv[1]);
	fill_keyring("_evm", argv[1]);
	execvp(argv[2], argv + 2);
	die("%s: %s", argv[2], strerror(errno));
}

/* op policy FILE POLICY: one session, one rule a write. Names a bad line. */
int cmd_policy(int argc, char **argv)
{
	char line[MAX_LINE];
	unsigned number = 0;
	FILE *f;
	int fd;

	if (argc != 3)
		die("usage: op policy FILE POLICYFILE");
	f = fopen(argv[1], "r");
	if (!f)
		die("%s: %s", argv[1], strerror(errno));
	fd = open(argv[2], O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s: %s", argv[2], strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		number++;
		if (write(fd, line, strlen(line)) < 0)
			die("%s:%u: %s: %s", argv[1], number, strerror(errno),
			    line);
	}
	fclose(f);
	if (close(fd))
		die("%s: %s", argv[2], strerror(errno));
	return 0;
}

/* By path: to open the file would be an access like any other. */
static void print_xattr(const char *path, const char *name)
{
	uint8_t value[4096];
	ssize_t i, n = lgetxattr(path, name, value, sizeof(value));

	if (n < 0)
		return;
	printf(" %s=", name);
	for (i = 0; i < n; i++)
		printf("%02x", value[i]);
}

static void walk(const char *path, const char *shown)
{
	struct dirent **names;
	struct stat st;
	char below[PATH_MAX], below_shown[PATH_MAX];
	int i, n;

	if (lstat(path, &st))
		die("%s: %s", path, strerror(errno));
	printf("%s %o %u:%u links=%u size=%lld", shown, st.st_mode, st.st_uid,
	       st.st_gid, S_ISDIR(st.st_mode) ? 0 : (unsigned)st.st_nlink,
	       S_ISREG(st.st_mode) ? (long long)st.st_size : 0LL);
	print_xattr(path, "security.ima");
	print_xattr(path, "security.evm");
	print_xattr(path, "security.capability");
	putchar('\n');
	if (!S_ISDIR(st.st_mode))
		return;
	n = scandir(path, &names, NULL, alphasort);
	for (i = 0; i < n; i++) {
		const char *name = names[i]->d_name;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    !strcmp(name, "lost+found"))
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, name);
		snprintf(below_shown, sizeof(below_shown), "%s/%s", shown,
			 name);
		walk(below, below_shown);
	}
}

/* op walk DIR: owner, mode, size and integrity xattrs of all below. */
int cmd_walk(int argc, char **argv)
{
	if (argc != 2)
		die("usage: op walk DIR");
	walk(argv[1], ".");
	return 0;
}
