// SPDX-License-Identifier: Apache-2.0
/* Strings for the guest program: growing, escaping, splitting into words. */
#include "op.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void die(const char *fmt, ...)
{
	va_list ap;

	fputs("op: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

void text_add(struct text *t, const void *from, size_t len)
{
	t->at = realloc(t->at, t->len + len + 1);
	if (!t->at)
		die("out of memory");
	memcpy(t->at + t->len, from, len);
	t->len += len;
	t->at[t->len] = '\0';
}

void text_add_escaped(struct text *t, const char *s, size_t len)
{
	char hex[5];
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] == '\n') {
			text_add(t, "\\n", 2);
		} else if (isprint((unsigned char)s[i]) && s[i] != '\\') {
			text_add(t, &s[i], 1);
		} else {
			snprintf(hex, sizeof(hex), "\\x%02x",
				 (unsigned char)s[i]);
			text_add(t, hex, 4);
		}
	}
}

bool text_read_file(struct text *t, const char *path)
{
	char buf[16384];
	ssize_t n = 0;
	int fd;

	text_add(t, "", 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		text_add(t, buf, n);
	close(fd);
	return n == 0;
}

static char unescape(char **from)
{
	char hex[3] = { 0 };
	char c = *(*from)++;

	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'x':
		if (!isxdigit((unsigned char)(*from)[0]) ||
		    !isxdigit((unsigned char)(*from)[1]))
			die("\\x wants two hexadecimal digits");
		memcpy(hex, *from, 2);
		*from += 2;
		return (char)strtoul(hex, NULL, 16);
	default:
		return c;
	}
}

int words_split(char *line, char *words[MAX_WORDS])
{
	char *from = line, *to = line;
	bool quoted = false;
	int n = 0;

	for (;;) {
		while (*from == ' ' || *from == '\t')
			from++;
		if (!*from || *from == '\n')
			return n;
		if (n == MAX_WORDS)
			die("too many words: %s", line);
		words[n++] = to;
		while (*from && *from != '\n' &&
		       (quoted || (*from != ' ' && *from != '\t'))) {
			if (*from == '"') {
				quoted = !quoted;
				from++;
			} else if (*from == '\\' && from[1]) {
				from++;
				*to++ = unescape(&from);
			} else {
				*to++ = *from++;
			}
		}
		if (quoted)
			die("unfinished quote");
		if (*from)
			from++;
		*to++ = '\0';
	}
}
