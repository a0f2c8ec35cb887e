// SPDX-License-Identifier: Apache-2.0
/*
 * The operations of a case. Each returns 0 or -errno and may leave a remark;
 * what it opens stays open under the name that the case gives it, until
 * `close` or the end of the case. "-" is the name of what is closed at once.
 *
 *   open H PATH FLAG,...   r w rw append trunc creat excl tmp direct path
 *   close H   fread H   fwrite H TEXT   ftrunc H SIZE   pread H OFF LEN
 *   mmap H PROT shared|private   mprotect H PROT   munmap H   (rwx or none)
 *   read PATH   write PATH TEXT   append PATH TEXT   pwrite PATH OFF TEXT
 *   truncate PATH SIZE   mknod PATH   mkdir PATH   unlink PATH   rmdir PATH
 *   rename A B   exchange A B   link A B   symlink TARGET PATH
 *   linkfd H PATH   chmod PATH MODE   chown PATH UID GID
 *   setxattr PATH NAME HEX   removexattr PATH NAME   getxattr PATH NAME
 *   copyxattr FROM TO NAME   fsetxattr H NAME HEX
 *   verity PATH              fs-verity: sha256, 4096, no salt
 *   addkey PATH KEYRING      a certificate (DER), to a keyring of that name
 *   exec PATH ARG...         exec.c
 *   rule TEXT...             one write of a rule, in a session that fails
 *   policyopen H   policywrite H TEXT   policyclose H     the same by steps
 *   policy TEXT...           one write of a rule or path, session closed well
 */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fsverity.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

struct handle {
	char name[16];
	int fd;
	void *map;
	size_t map_len;
};

static struct handle handles[32];

const char *in_base(const char *path)
{
	static char buf[4][PATH_MAX];
	static unsigned turn;
	char *to = buf[turn++ % 4];

	if (*path == '/')
		return path;
	snprintf(to, PATH_MAX, "%s/%s", base_dir, path);
	return to;
}

static struct handle *handle_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(handles) / sizeof(*handles); i++)
		if (!strcmp(handles[i].name, name))
			return &handles[i];
	return NULL;
}

static int result(long r)
{
	return r < 0 ? -errno : 0;
}

/* Shows content: enough to tell old bytes from new ones. */
static int show(int fd, char *remark, size_t size)
{
	struct text all = { 0 }, shown = { 0 };
	char buf[16384];
	ssize_t n;

	text_add(&all, "", 0);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		text_add(&all, buf, n);
	if (n < 0)
		return -errno;
	text_add_escaped(&shown, all.at, all.len < 24 ? all.len : 24);
	snprintf(remark, size, " len=%zu \"%s\"", all.len,
		 shown.at ? shown.at : "");
	free(all.at);
	free(shown.at);
	return 0;
}

static int parse_flags(const char *s)
{
	static const struct {
		const char *name;
		int flag;
	} names[] = {
		{ "r", O_RDONLY },	{ "w", O_WRONLY },
		{ "rw", O_RDWR },	{ "append", O_APPEND },
		{ "trunc", O_TRUNC },	{ "creat", O_CREAT },
		{ "excl", O_EXCL },	{ "tmp", O_TMPFILE },
		{ "direct", O_DIRECT }, { "path", O_PATH },
	};
	int flags = O_CLOEXEC;
	size_t i, len;

	for (; *s; s += len + (s[len] == ',')) {
		len = strcspn(s, ",");
		for (i = 0; i < sizeof(names) / sizeof(*names); i++)
			if (strlen(names[i].name) == len &&
			    !memcmp(names[i].name, s, len))
				break;
		if (i == sizeof(names) / sizeof(*names))
			die("unknown open flag: %s", s);
		flags |= names[i].flag;
	}
	return flags;
}

static int do_open(const char *name, const char *path, const char *flags)
{
	struct handle *h;
	int fd = open(in_base(path), parse_flags(flags), 0644);

	if (fd < 0)
		return -errno;
	if (!strcmp(name, "-"))
		return result(close(fd));
	h = handle_find("");
	if (!h)
		die("too many handles");
	snprintf(h->name, sizeof(h->name), "%s", name);
	h->fd = fd;
	return 0;
}

static int do_close(struct handle *h)
{
	int r = h->fd >= 0 ? result(close(h->fd)) : 0;

	h->fd = -1;
	if (!h->map)
		h->name[0] = '\0';
	return r;
}

static int parse_prot(const char *s)
{
	return (strchr(s, 'r') ? PROT_READ : 0) |
	       (strchr(s, 'w') ? PROT_WRITE : 0) |
	       (strchr(s, 'x') ? PROT_EXEC : 0);
}

static int do_mmap(struct handle *h, const char *prot, const char *how)
{
	void *map = mmap(
		NULL, 4096, strcmp(prot, "none") ? parse_prot(prot) : 0,
		strcmp(how, "shared") ? MAP_PRIVATE : MAP_SHARED, h->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	h->map = map;
	h->map_len = 4096;
	return 0;
}

static int do_munmap(struct handle *h)
{
	int r = h->map ? result(munmap(h->map, h->map_len)) : -EBADF;

	h->map = NULL;
	if (h->fd < 0)
		h->name[0] = '\0';
	return r;
}

/* Opens, writes all of @text at @off (-1: where the open put it), closes. */
static int put(const char *path, int flags, off_t off, const char *text)
{
	int fd = open(in_base(path), flags | O_WRONLY | O_CLOEXEC, 0644);
	ssize_t n;
	int r;

	if (fd < 0)
		return -errno;
	n = off < 0 ? write(fd, text, strlen(text))
		    : pwrite(fd, text, strlen(text), off);
	r = result(n);
	if (close(fd) && r == 0)
		r = -errno;
	return r;
}

static int do_read(const char *path, char *remark, size_t size)
{
	int fd = open(in_base(path), O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = show(fd, remark, size);
	close(fd);
	return r;
}

static int do_pread(struct handle *h, off_t off, size_t len, char *remark,
		    size_t size)
{
	char buf[64];
	ssize_t n = pread(h->fd, buf, len < 64 ? len : 64, off);
	struct text t = { 0 };

	if (n < 0)
		return -errno;
	text_add_escaped(&t, buf, n);
	snprintf(remark, size, " \"%s\"", t.at ? t.at : "");
	free(t.at);
	return 0;
}

static size_t unhex(const char *hex, uint8_t *to, size_t room)
{
	size_t n;
	unsigned byte;

	for (n = 0; n < room && sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
		to[n] = byte;
	return n;
}

static int do_setxattr(const char *path, struct handle *h, const char *name,
		       const char *hex)
{
	uint8_t value[4096];
	size_t len = strcmp(hex, "empty") ? unhex(hex, value, 4096) : 0;

	if (h)
		return result(fsetxattr(h->fd, name, value, len, 0));
	return result(lsetxattr(in_base(path), name, value, len, 0));
}

static int do_getxattr(const char *path, const char *name, char *remark,
		       size_t size)
{
	uint8_t value[4096];
	ssize_t n = lgetxattr(in_base(path), name, value, sizeof(value));
	ssize_t i;
	size_t at = 0;

	if (n < 0)
		return -errno;
	if (size < 2 * (size_t)n + 2)
		return -E2BIG;
	remark[at++] = ' ';
	for (i = 0; i < n; i++)
		at += sprintf(remark + at, "%02x", value[i]);
	return 0;
}

static int do_copyxattr(const char *from, const char *to, const char *name)
{
	uint8_t value[4096];
	ssize_t n = lgetxattr(in_base(from), name, value, sizeof(value));

	if (n < 0)
		return -errno;
	return result(lsetxattr(in_base(to), name, value, n, 0));
}

/*
 * Writes to the policy file. A session that holds a bad line is discarded when
 * it is closed, so a good line followed by a bad one changes nothing.
 */
static int write_policy(const char *text, bool keep, char *remark, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd, r;

	snprintf(path, sizeof(path), "%s/policy", log_dir);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	r = result(n);
	if (r == 0)
		snprintf(remark, size, " n=%zd", n);
	if (!keep) {
		n = write(fd, "bad\n", 4);
		(void)n;
	}
	if (close(fd) && r == 0 && keep)
		r = -errno;
	return r;
}

/* The line's words again as one line: they were split in place. */
static int policy_open(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/policy", log_dir);
	return do_open(name, path, "w,append");
}

static int do_policy(int n, char *words[], bool keep, char *remark, size_t size)
{
	struct text t = { 0 };
	int i, r;

	for (i = 1; i < n; i++) {
		text_add(&t, words[i], strlen(words[i]));
		text_add(&t, i + 1 < n ? " " : "\n", 1);
	}
	r = write_policy(t.at, keep, remark, size);
	free(t.at);
	return r;
}

static int do_verity(const char *path)
{
	struct fsverity_enable_arg arg = { .version = 1,
					   .hash_algorithm = 1,
					   .block_size = 4096 };
	int fd = open(in_base(path), O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = result(ioctl(fd, FS_IOC_ENABLE_VERITY, &arg));
	close(fd);
	return r;
}

static int do_addkey(const char *path, const char *keyring)
{
	struct text der = { 0 };
	long ring = syscall(SYS_add_key, "keyring", keyring, NULL, 0,
			    KEY_SPEC_SESSION_KEYRING);
	int r;

	if (ring < 0)
		return -errno;
	if (!text_read_file(&der, in_base(path)))
		return -errno;
	r = result(syscall(SYS_add_key, "asymmetric", NULL, der.at, der.len,
			   ring));
	free(der.at);
	return r;
}

static int do_linkfd(struct handle *h, const char *path)
{
	char fd[40];

	snprintf(fd, sizeof(fd), "/proc/self/fd/%d", h->fd);
	return result(linkat(AT_FDCWD, fd, AT_FDCWD, in_base(path),
			     AT_SYMLINK_FOLLOW));
}

static int on_handle(int n, char *w[], char *remark, size_t size)
{
	struct handle *h;

	if (!strcmp(w[0], "open") && n == 4)
		return do_open(w[1], w[2], w[3]);
	if (!strcmp(w[0], "policyopen") && n == 2)
		return policy_open(w[1]);
	h = handle_find(w[1]);
	if (!h)
		return -EBADF; /* its open failed */
	if (!strcmp(w[0], "close") || !strcmp(w[0], "policyclose"))
		return do_close(h);
	if (!strcmp(w[0], "fread"))
		return lseek(h->fd, 0, SEEK_SET) ? -errno
						 : show(h->fd, remark, size);
	if (!strcmp(w[0], "munmap"))
		return do_munmap(h);
	if ((!strcmp(w[0], "fwrite") || !strcmp(w[0], "policywrite")) && n == 3)
		return result(write(h->fd, w[2], strlen(w[2])));
	if (!strcmp(w[0], "ftrunc") && n == 3)
		return result(ftruncate(h->fd, atoll(w[2])));
	if (!strcmp(w[0], "mprotect") && n == 3)
		return result(mprotect(h->map, h->map_len, parse_prot(w[2])));
	if (!strcmp(w[0], "linkfd") && n == 3)
		return do_linkfd(h, w[2]);
	if (!strcmp(w[0], "mmap") && n == 4)
		return do_mmap(h, w[2], w[3]);
	if (!strcmp(w[0], "pread") && n == 4)
		return do_pread(h, atoll(w[2]), atoll(w[3]), remark, size);
	if (!strcmp(w[0], "fsetxattr") && n == 4)
		return do_setxattr(NULL, h, w[2], w[3]);
	die("wrong operation: %s, %d words", w[0], n);
}

static int exchange(const char *a, const char *b)
{
	return result(syscall(SYS_renameat2, AT_FDCWD, in_base(a), AT_FDCWD,
			      in_base(b), 2 /* RENAME_EXCHANGE */));
}

/* -ENOSYS: not one of these. */
static int on_path(int n, char *w[], char *remark, size_t size)
{
	if (!strcmp(w[0], "read") && n == 2)
		return do_read(w[1], remark, size);
	if (!strcmp(w[0], "addkey") && n == 3)
		return do_addkey(w[1], w[2]);
	if (!strcmp(w[0], "verity") && n == 2)
		return do_verity(w[1]);
	if (!strcmp(w[0], "write") && n == 3)
		return put(w[1], O_CREAT | O_TRUNC, -1, w[2]);
	if (!strcmp(w[0], "append") && n == 3)
		return put(w[1], O_APPEND, -1, w[2]);
	if (!strcmp(w[0], "pwrite") && n == 4)
		return put(w[1], 0, atoll(w[2]), w[3]);
	if (!strcmp(w[0], "truncate") && n == 3)
		return result(truncate(in_base(w[1]), atoll(w[2])));
	if (!strcmp(w[0], "mknod") && n == 2)
		return result(mknod(in_base(w[1]), S_IFREG | 0644, 0));
	if (!strcmp(w[0], "mkdir") && n == 2)
		return result(mkdir(in_base(w[1]), 0755));
	if (!strcmp(w[0], "unlink") && n == 2)
		return result(unlink(in_base(w[1])));
	if (!strcmp(w[0], "rmdir") && n == 2)
		return result(rmdir(in_base(w[1])));
	if (!strcmp(w[0], "rename") && n == 3)
		return result(rename(in_base(w[1]), in_base(w[2])));
	if (!strcmp(w[0], "exchange") && n == 3)
		return exchange(w[1], w[2]);
	if (!strcmp(w[0], "link") && n == 3)
		return result(link(in_base(w[1]), in_base(w[2])));
	if (!strcmp(w[0], "symlink") && n == 3)
		return result(symlink(w[1], in_base(w[2])));
	if (!strcmp(w[0], "chmod") && n == 3)
		return result(chmod(in_base(w[1]), strtoul(w[2], NULL, 8)));
	if (!strcmp(w[0], "chown") && n == 4)
		return result(lchown(in_base(w[1]), atoi(w[2]), atoi(w[3])));
	if (!strcmp(w[0], "setxattr") && n == 4)
		return do_setxattr(w[1], NULL, w[2], w[3]);
	if (!strcmp(w[0], "removexattr") && n == 3)
		return result(lremovexattr(in_base(w[1]), w[2]));
	if (!strcmp(w[0], "getxattr") && n == 3)
		return do_getxattr(w[1], w[2], remark, size);
	if (!strcmp(w[0], "copyxattr") && n == 4)
		return do_copyxattr(w[1], w[2], w[3]);
	return -ENOSYS;
}

void verb_do(int n, char *words[], char *reply, size_t size)
{
	char remark[MAX_LINE / 2] = "";
	const char *name;
	int r;

	if (n < 2)
		die("an operation wants an operand: %s", n ? words[0] : "");
	if (!strcmp(words[0], "exec"))
		r = verb_exec(n, words, remark, sizeof(remark));
	else if (!strcmp(words[0], "rule") || !strcmp(words[0], "policy"))
		r = do_policy(n, words, words[0][0] == 'p', remark,
			      sizeof(remark));
	else
		r = on_path(n, words, remark, sizeof(remark));
	if (r == -ENOSYS)
		r = on_handle(n, words, remark, sizeof(remark));
	name = r ? strerrorname_np(-r) : "ok";
	snprintf(reply, size, "%s%s", name ? name : "E?", remark);
}
