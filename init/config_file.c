// SPDX-License-Identifier: Apache-2.0
/* Settings in a file; see config.h. Untrusted bytes. */
#include "init/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "init/config_parts.h"
#include "init/setting.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct line {
	const char *begin, *end;
	unsigned number;
	unsigned first[SETTINGS]; /* where each setting was set; 0: nowhere */
};

static unsigned column(const struct line *l, const char *at)
{
	return (unsigned)(at - l->begin) + 1;
}

static int apply_line(struct config *c, struct line *l, const char *name,
		      size_t name_len, const char *value, struct diag *reterr)
{
	const struct setting *s = setting_find(name, name_len);
	CLEANUP(freep) char *text = NULL;
	unsigned i;

	if (!s) {
		diag_at(reterr, l->number, column(l, name),
			"there is no setting '%.*s'; imafs-init.conf(5) lists "
			"all",
			(int)(name_len > 60 ? 60 : name_len), name);
		return -EINVAL;
	}
	i = setting_index(s);
	if (l->first[i] && !setting_adds(s)) {
		diag_at(reterr, l->number, column(l, name),
			"%s was set in line %u already", setting_name(i),
			l->first[i]);
		return -EINVAL;
	}
	if (!l->first[i] && setting_adds(s))
		setting_clear(s, c);
	l->first[i] = l->number;
	text = strndup(value, (size_t)(l->end - value));
	if (!text)
		return -ENOMEM;
	if (reterr) {
		reterr->line = l->number;
		reterr->column = column(l, value);
	}
	return setting_apply(s, c, text, reterr);
}

static int take_line(struct config *c, struct line *l, struct diag *reterr)
{
	const char *p = l->begin, *name, *value, *odd;
	size_t len;

	odd = config_find_odd(l->begin, l->end);
	if (odd) {
		diag_at(reterr, l->number, column(l, odd),
			"a control character (0x%02x); lines end with a "
			"newline alone",
			(unsigned char)*odd);
		return -EINVAL;
	}
	while (p < l->end && is_blank(*p))
		p++;
	while (l->end > p && is_blank(l->end[-1]))
		l->end--;
	if (p == l->end || *p == '#')
		return 0;
	name = p;
	while (p < l->end && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	len = (size_t)(p - name);
	while (p < l->end && is_blank(*p))
		p++;
	if (len == 0 || p == l->end || *p != '=') {
		diag_at(reterr, l->number, column(l, p),
			"expected 'name = value'%s", len ? ": no '='" : "");
		return -EINVAL;
	}
	value = p + 1;
	while (value < l->end && is_blank(*value))
		value++;
	if (value == l->end) {
		diag_at(reterr, l->number, column(l, value),
			"%.*s has no value", (int)(len > 60 ? 60 : len), name);
		return -EINVAL;
	}
	return apply_line(c, l, name, len, value, reterr);
}

int config_file(struct config *c, const char *text, size_t len,
		struct diag *reterr)
{
	CLEANUP(config_release) struct config new = { 0 };
	struct line l = { .end = text };
	const char *end = text + len;
	int r = config_copy(&new, c);

	for (const char *p = text; r == 0 && p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		l.begin = p;
		l.end = nl ? nl : end;
		l.number++;
		p = nl ? nl + 1 : end;
		r = take_line(&new, &l, reterr);
	}
	if (r == 0)
		config_move(c, &new);
	return r;
}
