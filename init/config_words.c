// SPDX-License-Identifier: Apache-2.0
/* Settings on a kernel command line; see config.h. Untrusted bytes. */
#include "init/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "init/config_parts.h"
#include "init/setting.h"

#define PREFIX	   "imafs."
#define PREFIX_LEN (sizeof(PREFIX) - 1)

/*
 * The next word of a command line without its quotes, as lib/cmdline.c of the
 * kernel takes them: a '"' turns quoting on and off, inside of which blanks do
 * not separate. Return: 1; 0 at the end; -errno.
 */
static int next_word(const char **at, const char *end, char **ret)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	const char *p = *at;
	bool quoted = false;
	int r = 0;

	while (p < end && isspace((unsigned char)*p))
		p++;
	if (p == end)
		return 0;
	for (; r == 0 && p < end && (quoted || !isspace((unsigned char)*p));
	     p++) {
		if (*p == '"')
			quoted = !quoted;
		else
			r = buf_append_u8(&b, (uint8_t)*p);
	}
	*at = p;
	if (r == 0) {
		*ret = buf_steal_str(&b);
		if (!*ret)
			r = -ENOMEM;
	}
	return r < 0 ? r : 1;
}

/* A word of ours: sets *ret_value behind its '='. */
static bool is_ours(char *word, char **ret_value)
{
	if (strncmp(word, PREFIX, PREFIX_LEN) != 0)
		return false;
	*ret_value = strchr(word, '=');
	return true;
}

/* @had: SETTINGS of them, which ones came before */
static int apply_word(struct config *c, char *word, char *value, bool *had,
		      struct diag *reterr)
{
	const char *name = word + PREFIX_LEN;
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct setting *s = setting_find(name, len);
	struct diag why = { 0 };
	int r;

	if (!s) {
		diag_at(reterr, 0, 0,
			"%.80s: there is no such word; imafs-init.conf(5) "
			"lists all",
			word);
		return -EINVAL;
	}
	if (!value || !value[1] ||
	    config_find_odd(value, value + strlen(value))) {
		diag_at(reterr, 0, 0, "%.80s: expected %s%s=VALUE", word,
			PREFIX, setting_name(setting_index(s)));
		return -EINVAL;
	}
	if (strcmp(setting_name(setting_index(s)), "config") == 0)
		return 0;
	if (setting_adds(s) && !had[setting_index(s)])
		setting_clear(s, c);
	had[setting_index(s)] = true;
	r = setting_apply(s, c, value + 1, &why);
	if (r == -EINVAL)
		diag_at(reterr, 0, 0, "%.80s: %.300s", word, why.msg);
	return r;
}

/* @each: a word of ours; @arg is its own. Return: its, or 0 at the end. */
static int each_word(const char *text, size_t len,
		     int (*each)(char *word, char *value, void *arg), void *arg)
{
	const char *at = text, *end = text + len;
	int r = 0;

	while (r == 0) {
		CLEANUP(freep) char *word = NULL;
		char *value;

		r = next_word(&at, end, &word);
		if (r <= 0 || strcmp(word, "--") == 0)
			return r < 0 ? r : 0;
		r = is_ours(word, &value) ? each(word, value, arg) : 0;
	}
	return r;
}

struct words {
	struct config *c;
	bool had[SETTINGS];
	struct diag *reterr;
};

static int one_word(char *word, char *value, void *arg)
{
	struct words *w = arg;

	return apply_word(w->c, word, value, w->had, w->reterr);
}

int config_words(struct config *c, const char *text, size_t len,
		 struct diag *reterr)
{
	CLEANUP(config_release) struct config new = { 0 };
	struct words w = { .c = &new, .reterr = reterr };
	int r = config_copy(&new, c);

	if (r == 0)
		r = each_word(text, len, one_word, &w);
	if (r == 0)
		config_move(c, &new);
	return r;
}

struct path_word {
	char *path;
	struct diag *reterr;
};

static int if_path(char *word, char *value, void *arg)
{
	struct path_word *w = arg;

	if (!value ||
	    strncmp(word, PREFIX "config=", sizeof(PREFIX "config=") - 1) != 0)
		return 0;
	if (value[1] != '/') {
		diag_at(w->reterr, 0, 0, "%.80s: not an absolute path", word);
		return -EINVAL;
	}
	free(w->path);
	w->path = strdup(value + 1);
	return w->path ? 0 : -ENOMEM;
}

int config_path(const char *text, size_t len, char **ret, struct diag *reterr)
{
	struct path_word w = { NULL, reterr };
	int r = each_word(text, len, if_path, &w);

	if (r < 0) {
		free(w.path);
		return r;
	}
	*ret = w.path;
	return 0;
}
