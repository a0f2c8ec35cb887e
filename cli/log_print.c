// SPDX-License-Identifier: Apache-2.0
/* Printing measurement lists; see log_print.h. */
#include "log_print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/hex.h"
#include "cli.h"
#include "json.h"

static int print_json(uint64_t number, const struct journal_entry *e,
		      const char *hex, const char *text)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT;
	int r;

	r = buf_printf(&line,
		       "{\"number\": %llu, \"pcr\": %u, \"violation\": %s",
		       (unsigned long long)number, e->pcr,
		       e->violation ? "true" : "false");
	if (r == 0)
		r = json_member(&line, hash_alg_name(e->digest.alg), hex);
	if (r == 0)
		r = json_member(&line, "template", e->name);
	if (r == 0)
		r = json_member(&line, "fields", text);
	if (r == 0)
		(void)printf("%.*s}\n", (int)line.len, (char *)line.data);
	return r;
}

/*
 * A name in the list is as its owner wrote it. In a file it stays so, byte for
 * byte as in the kernel's list; a terminal would obey it.
 */
static int print_escaped(const struct journal_entry *e, const char *hex,
			 const char *text)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT;
	int r = buf_append_escaped(&line, e->name);

	if (r == 0)
		r = buf_append_escaped(&line, text);
	if (r == 0)
		(void)printf("%2u %s %.*s\n", e->pcr, hex, (int)line.len,
			     (char *)line.data);
	return r;
}

static int print_entry(const struct log_printer *p,
		       const struct journal_entry *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	char hex[2 * DIGEST_MAX + 1];
	int r = template_ascii(e->name, e->data, e->data_len, &text);

	if (r == 0)
		r = buf_append_u8(&text, 0);
	if (r < 0)
		return r;
	hex_encode(hex, e->digest.bytes, e->digest.size);
	if (p->json) /* without the leading space */
		return print_json(p->number, e, hex,
				  (char *)text.data + (text.len > 1));
	if (p->terminal)
		return print_escaped(e, hex, (char *)text.data);
	(void)printf("%2u %s %s%s\n", e->pcr, hex, e->name, (char *)text.data);
	return 0;
}

int log_print(struct log_printer *p, const uint8_t *list, size_t len,
	      size_t *ret_used)
{
	int r = 0;

	*ret_used = 0;
	while (r >= 0 && *ret_used < len) {
		char name[TEMPLATE_NAME_MAX + 1];
		struct journal_entry e;
		size_t n;

		r = journal_next(list + *ret_used, len - *ret_used, p->view,
				 name, &e, &n);
		if (r > 0)
			r = print_entry(p, &e);
		if (r < 0)
			break;
		*ret_used += n;
		p->number++;
	}
	/* what was whole is to be seen, whatever follows it */
	if (fflush(stdout) || ferror(stdout))
		return errno ? -errno : -EIO;
	return r < 0 ? r : 0;
}

int log_print_failed(const struct log_printer *p, int error)
{
	if (p->number == 0 && (error == -EAGAIN || error == -EBADMSG))
		cli_error("%s: does not begin like a measurement list, or like "
			  "one of this bank (--bank)",
			  p->path);
	else if (error == -EAGAIN || error == -EBADMSG)
		cli_error("%s: entry %llu: %s; is this a view of another bank "
			  "(--bank)?",
			  p->path, (unsigned long long)p->number,
			  error == -EAGAIN ? "cut off" : strerror(-error));
	else
		cli_error("%s: entry %llu: %s", p->path,
			  (unsigned long long)p->number, strerror(-error));
	return CLI_FAILED;
}
