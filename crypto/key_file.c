// SPDX-License-Identifier: Apache-2.0
/* Reads key files; see key_file.h. What the bytes mean, key_parse.c knows. */
#include "crypto/key_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/io.h"

/* A bundle of some thousand certificates. */
#define FILE_MAX (16U << 20)

int key_file_refuse(const struct key_file *f, int r, const char *why,
		    struct diag *reterr)
{
	if (!why || !why[0])
		why = strerrordesc_np(-r);
	/* the reason is worth more than a long path's end */
	diag_set(reterr, "%.120s%s%.180s: %.200s", f->dir ? f->dir : "",
		 f->dir ? "/" : "", f->name, why);
	return r;
}

int key_file_read(const struct key_file *f, struct key_list *to,
		  struct diag *reterr)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct diag why = { 0 };
	int r;

	r = io_read_file(f->dirfd, f->name, FILE_MAX, &b);
	if (r < 0)
		return key_file_refuse(f, r, NULL, reterr);
	r = keys_parse(b.data, b.len, to, &why);
	if (r < 0)
		return key_file_refuse(f, r, r == -ENOMEM ? NULL : why.msg,
				       reterr);
	return 0;
}

int key_file_read_one(const struct key_file *f, struct key **ret,
		      struct diag *reterr)
{
	CLEANUP(key_list_release) struct key_list l = KEY_LIST_INIT;
	int r;

	r = key_file_read(f, &l, reterr);
	if (r < 0)
		return r;
	if (l.n != 1)
		return key_file_refuse(
			f, -EBADMSG, "holds more than one certificate", reterr);
	*ret = l.key[0];
	l.n = 0;
	return 0;
}

static int is_key_name(const struct dirent *e)
{
	static const char *const ending[] = { ".der", ".pem", ".crt", ".cer",
					      ".x509" };
	size_t len = strlen(e->d_name);

	if (e->d_name[0] == '.')
		return 0;
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		size_t n = strlen(ending[i]);

		if (len > n && strcmp(e->d_name + len - n, ending[i]) == 0)
			return 1;
	}
	return 0;
}

/* Not alphasort(): that would depend on the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int each_entry(const struct key_file *f, key_file_fn fn, void *arg,
		      struct diag *reterr)
{
	struct stat st;

	/* through symbolic links, as /etc/ssl/certs has them */
	if (fstatat(f->dirfd, f->name, &st, 0) < 0)
		return key_file_refuse(f, -errno, NULL, reterr);
	if (!S_ISREG(st.st_mode))
		return 0;
	return fn(f, arg, reterr);
}

static int each_of_dir(int dirfd, const struct key_file *dir, key_file_fn fn,
		       void *arg, struct diag *reterr)
{
	struct dirent **list = NULL;
	int n, r = 0;

	n = scandirat(dirfd, ".", &list, is_key_name, by_bytes);
	if (n < 0)
		return key_file_refuse(dir, -errno, NULL, reterr);
	for (int i = 0; i < n; i++) {
		struct key_file f = { dirfd, dir->name, list[i]->d_name };

		if (r == 0)
			r = each_entry(&f, fn, arg, reterr);
		free(list[i]);
	}
	free(list);
	return r;
}

int key_files_of(const char *path, key_file_fn fn, void *arg,
		 struct diag *reterr)
{
	const struct key_file f = { AT_FDCWD, NULL, path };
	CLEANUP(closep) int dirfd = -1;

	dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd >= 0)
		return each_of_dir(dirfd, &f, fn, arg, reterr);
	if (errno == ENOTDIR)
		return fn(&f, arg, reterr);
	return key_file_refuse(&f, -errno, NULL, reterr);
}
