// SPDX-License-Identifier: Apache-2.0
/* Output of one task; see out.h. */
#include "out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"

static void append(struct out *o, const char *path, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void append(struct out *o, const char *path, const char *fmt, va_list ap)
{
	size_t before = o->to_stderr.len;
	char *text = NULL;
	int r;

	if (vasprintf(&text, fmt, ap) < 0) {
		cli_error("out of memory");
		return;
	}
	r = buf_append_str(&o->to_stderr, "imafs: ");
	if (r == 0)
		r = buf_append_escaped(&o->to_stderr, path);
	if (r == 0)
		r = buf_append_str(&o->to_stderr, ": ");
	if (r == 0)
		r = buf_append_str(&o->to_stderr, text);
	if (r == 0)
		r = buf_append_str(&o->to_stderr, "\n");
	if (r < 0) {
		/* out of turn is better than not at all */
		o->to_stderr.len = before;
		cli_error("%s", text);
	}
	free(text);
}

void out_error_at(struct out *o, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(o, path, fmt, ap);
	va_end(ap);
}

int out_flush(struct out *o)
{
	int r = 0;

	if (o->to_stdout.len && fwrite(o->to_stdout.data, 1, o->to_stdout.len,
				       stdout) != o->to_stdout.len)
		r = errno ? -errno : -EIO;
	/* nobody is left to be told that stderr is gone */
	if (o->to_stderr.len)
		(void)fwrite(o->to_stderr.data, 1, o->to_stderr.len, stderr);
	buf_release(&o->to_stdout);
	buf_release(&o->to_stderr);
	return r;
}
