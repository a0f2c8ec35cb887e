// SPDX-License-Identifier: Apache-2.0
/* Reads key files; see key_file.h. What the bytes mean, key_parse.c knows. */
#include "crypto/key_file.h"

#include <errno.h>
#include <string.h>

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
