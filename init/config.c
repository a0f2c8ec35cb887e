// SPDX-License-Identifier: Apache-2.0
/* Settings as a whole: defaults, copies, what goes together; see config.h. */
#include "init/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "init/config_parts.h"

void config_release_list(char ***list)
{
	for (char **p = *list; p && *p; p++)
		free(*p);
	free(*list);
	*list = NULL;
}

void config_release(struct config *c)
{
	config_release_list(&c->keys);
	config_release_list(&c->evm_keys);
	free(c->source);
	free(c->mountpoint);
	free(c->init);
	free(c->policy);
	free(c->trust);
	free(c->tpm);
	free(c->state);
	free(c->options);
	free(c->program);
	free(c->rescue);
	*c = (struct config){ 0 };
}

int config_init(struct config *c)
{
	*c = (struct config){ .tpm_timeout = 10, .failure = FAIL_HALT };
	c->source = strdup("/ima/tree");
	c->mountpoint = strdup("/ima");
	c->init = strdup("/ima/init");
	c->policy = strdup("signed_init");
	c->trust = strdup("builtin");
	c->tpm = strdup(TPM_REQUIRED);
	c->state = strdup("/run/imafs-init");
	c->program = strdup(IMAFS_PROGRAM);
	if (c->source && c->mountpoint && c->init && c->policy && c->trust &&
	    c->tpm && c->state && c->program)
		return 0;
	config_release(c);
	return -ENOMEM;
}

static int copy_text(char **to, const char *from)
{
	if (!from)
		return 0;
	*to = strdup(from);
	return *to ? 0 : -ENOMEM;
}

static int copy_keys(char ***to, char *const *from)
{
	size_t n = 0;

	if (!from)
		return 0;
	while (from[n])
		n++;
	*to = calloc(n + 1, sizeof(**to));
	if (!*to)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		(*to)[i] = strdup(from[i]);
		if (!(*to)[i])
			return -ENOMEM;
	}
	return 0;
}

int config_copy(struct config *to, const struct config *c)
{
	*to = (struct config){ .tpm_timeout = c->tpm_timeout,
			       .panic = c->panic,
			       .failure = c->failure };
	if (copy_text(&to->source, c->source) ||
	    copy_text(&to->mountpoint, c->mountpoint) ||
	    copy_text(&to->init, c->init) ||
	    copy_text(&to->policy, c->policy) ||
	    copy_keys(&to->keys, c->keys) ||
	    copy_keys(&to->evm_keys, c->evm_keys) ||
	    copy_text(&to->trust, c->trust) || copy_text(&to->tpm, c->tpm) ||
	    copy_text(&to->state, c->state) ||
	    copy_text(&to->options, c->options) ||
	    copy_text(&to->program, c->program) ||
	    copy_text(&to->rescue, c->rescue))
		return -ENOMEM;
	return 0;
}

void config_move(struct config *to, struct config *from)
{
	config_release(to);
	*to = *from;
	*from = (struct config){ 0 };
}

const char *config_find_odd(const char *p, const char *end)
{
	for (; p < end; p++) {
		if (iscntrl((unsigned char)*p) && *p != '\t')
			return p;
	}
	return NULL;
}

/* Is @path below @dir, by its text? "..", "." and "//" are not understood. */
static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	return strncmp(path, dir, len) == 0 && path[len] == '/' &&
	       path[len + 1];
}

static bool is_plain(const char *path)
{
	return !strstr(path, "//") && !strstr(path, "/./") &&
	       !strstr(path, "/../");
}

static int must_be_below(const struct config *c, const char *name,
			 const char *path, struct diag *reterr)
{
	if (is_plain(path) && is_below(path, c->mountpoint))
		return 0;
	diag_at(reterr, 0, 0,
		"%s = %.120s is not below the mount point %.120s, so nothing "
		"would check its signature",
		name, path, c->mountpoint);
	return -EINVAL;
}

/* What the daemon is and needs must not be in what it serves. */
static int must_be_outside(const struct config *c, const char *name,
			   const char *path, struct diag *reterr)
{
	if (is_plain(path) && !is_below(path, c->mountpoint) &&
	    !is_below(path, c->source))
		return 0;
	diag_at(reterr, 0, 0,
		"%s = %.120s must be outside of the tree that it serves "
		"(source %.80s, mountpoint %.80s)",
		name, path, c->source, c->mountpoint);
	return -EINVAL;
}

/* "none" and a key: one of them was not meant. */
static int check_evm_keys(char *const *list, struct diag *reterr)
{
	for (char *const *k = list; k && list[0] && list[1] && *k; k++) {
		if (strcmp(*k, EVM_KEYS_NONE) != 0)
			continue;
		diag_at(reterr, 0, 0,
			"evm_keys = " EVM_KEYS_NONE " and other evm_keys");
		return -EINVAL;
	}
	return 0;
}

int config_check(const struct config *c, struct diag *reterr)
{
	int r = 0;

	if (strcmp(c->mountpoint, "/") == 0) {
		diag_at(reterr, 0, 0, "mountpoint = / is not possible");
		return -EINVAL;
	}
	r = must_be_below(c, "init", c->init, reterr);
	if (r == 0 && c->rescue)
		r = must_be_below(c, "rescue", c->rescue, reterr);
	if (r == 0)
		r = must_be_outside(c, "program", c->program, reterr);
	if (r == 0)
		r = must_be_outside(c, "state", c->state, reterr);
	if (r == 0)
		r = check_evm_keys(c->evm_keys, reterr);
	return r;
}
