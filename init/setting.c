// SPDX-License-Identifier: Apache-2.0
/* One table of all settings; a value that is not clearly right is refused. */
#include "init/setting.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "init/config_parts.h"

#define TPM_TIMEOUT_MAX 600

struct setting {
	const char *name;
	int (*apply)(void *member, const char *value, struct diag *reterr);
	size_t member; /* offset in struct config */
	bool adds;
};

static int set_text(void *member, const char *value, struct diag *reterr)
{
	char **slot = member, *copy = strdup(value);

	(void)reterr;
	if (!copy)
		return -ENOMEM;
	free(*slot);
	*slot = copy;
	return 0;
}

static int check_path(const char *value, struct diag *reterr)
{
	if (value[0] == '/')
		return 0;
	diag_set(reterr, "'%.80s' is not an absolute path", value);
	return -EINVAL;
}

static int set_path(void *member, const char *value, struct diag *reterr)
{
	int r = check_path(value, reterr);

	return r < 0 ? r : set_text(member, value, reterr);
}

static int add_text(void *member, const char *value, struct diag *reterr)
{
	char ***list = member, **more;
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	more = reallocarray(*list, n + 2, sizeof(*more));
	if (!more)
		return -ENOMEM;
	*list = more;
	more[n] = NULL;
	more[n + 1] = NULL;
	return set_text(&more[n], value, reterr);
}

static int add_path(void *member, const char *value, struct diag *reterr)
{
	int r = check_path(value, reterr);

	return r < 0 ? r : add_text(member, value, reterr);
}

static int add_evm_path(void *member, const char *value, struct diag *reterr)
{
	if (strcmp(value, EVM_KEYS_NONE) == 0)
		return add_text(member, value, reterr);
	return add_path(member, value, reterr);
}

/* A path, or the one other word that is possible. */
static int set_trust(void *member, const char *value, struct diag *reterr)
{
	if (value[0] == '/' || strcmp(value, "builtin") == 0)
		return set_text(member, value, reterr);
	diag_set(reterr,
		 "'%.80s' is no trust set; use the path of a file or directory "
		 "of certificates, or builtin",
		 value);
	return -EINVAL;
}

/* A TCTI, a word of imafs mount, or TPM_REQUIRED. */
static int set_tpm(void *member, const char *value, struct diag *reterr)
{
	if (strcmp(value, "auto") == 0) {
		diag_set(reterr,
			 "tpm=auto would mean whatever is there in time; say "
			 "required, swtpm or none");
		return -EINVAL;
	}
	return set_text(member, value, reterr);
}

/* Which names there are, the program knows; a relative file it is not. */
static int set_policy(void *member, const char *value, struct diag *reterr)
{
	if (value[0] != '/' && strchr(value, '/')) {
		diag_set(reterr,
			 "'%.80s' is neither an absolute path nor the name of "
			 "a built-in policy",
			 value);
		return -EINVAL;
	}
	return set_text(member, value, reterr);
}

static int set_bool(void *member, const char *value, struct diag *reterr)
{
	bool *to = member;

	if ((value[0] != '0' && value[0] != '1') || value[1]) {
		diag_set(reterr, "'%.80s' is neither 0 nor 1", value);
		return -EINVAL;
	}
	*to = value[0] == '1';
	return 0;
}

static int set_seconds(void *member, const char *value, struct diag *reterr)
{
	unsigned *to = member, n = 0;
	const char *p = value;

	while (isdigit((unsigned char)*p) && n <= TPM_TIMEOUT_MAX)
		n = n * 10 + (unsigned)(*p++ - '0');
	if (p == value || *p || n > TPM_TIMEOUT_MAX) {
		diag_set(reterr, "'%.80s' is not a number of seconds, 0 to %d",
			 value, TPM_TIMEOUT_MAX);
		return -EINVAL;
	}
	*to = n;
	return 0;
}

static int set_failure(void *member, const char *value, struct diag *reterr)
{
	static const char *const names[] = {
		[FAIL_HALT] = "halt",
		[FAIL_POWEROFF] = "poweroff",
		[FAIL_REBOOT] = "reboot",
	};
	enum on_failure *to = member;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i]) == 0) {
			*to = (enum on_failure)i;
			return 0;
		}
	}
	diag_set(reterr, "'%.80s' is none of halt, poweroff, reboot", value);
	return -EINVAL;
}

/* imafs.config= on the command line; a file cannot name another one. */
static int set_config(void *member, const char *value, struct diag *reterr)
{
	(void)member;
	(void)value;
	diag_set(reterr, "only the kernel command line can name the file "
			 "(imafs.config=)");
	return -EINVAL;
}

#define AT(member) offsetof(struct config, member)

static const struct setting settings[SETTINGS] = {
	{ "source", set_path, AT(source), false },
	{ "mountpoint", set_path, AT(mountpoint), false },
	{ "init", set_path, AT(init), false },
	{ "policy", set_policy, AT(policy), false },
	{ "keys", add_path, AT(keys), true },
	{ "evm_keys", add_evm_path, AT(evm_keys), true },
	{ "trust", set_trust, AT(trust), false },
	{ "tpm", set_tpm, AT(tpm), false },
	{ "tpm_timeout", set_seconds, AT(tpm_timeout), false },
	{ "state", set_path, AT(state), false },
	{ "options", set_text, AT(options), false },
	{ "program", set_path, AT(program), false },
	{ "panic", set_bool, AT(panic), false },
	{ "failure", set_failure, AT(failure), false },
	{ "rescue", set_path, AT(rescue), false },
	{ "config", set_config, 0, false },
};

const struct setting *setting_find(const char *name, size_t len)
{
	for (unsigned i = 0; i < SETTINGS; i++) {
		if (strlen(settings[i].name) == len &&
		    memcmp(settings[i].name, name, len) == 0)
			return &settings[i];
	}
	return NULL;
}

unsigned setting_index(const struct setting *s)
{
	return (unsigned)(s - settings);
}

bool setting_adds(const struct setting *s)
{
	return s->adds;
}

void setting_clear(const struct setting *s, struct config *c)
{
	void *member = (char *)c + s->member;

	config_release_list(member);
}

const char *setting_name(unsigned i)
{
	return settings[i].name;
}

int setting_apply(const struct setting *s, struct config *c, const char *value,
		  struct diag *reterr)
{
	return s->apply((char *)c + s->member, value, reterr);
}
