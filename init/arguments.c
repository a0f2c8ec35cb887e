// SPDX-License-Identifier: Apache-2.0
/* Settings -> "imafs mount" and its options; see arguments.h. */
#include "init/arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* "name=value," where a comma in the value does not separate. */
static int add_option(struct buf *to, const char *name, const char *value,
		      struct diag *reterr)
{
	int r = buf_printf(to, "%s%s=", to->len ? "," : "", name);

	if (strchr(value, '"')) {
		diag_set(reterr, "%s: a '\"' is not possible in %.200s", name,
			 value);
		return -EINVAL;
	}
	for (; r == 0 && *value; value++) {
		if (*value == ',' || *value == '\\')
			r = buf_append_u8(to, '\\');
		if (r == 0)
			r = buf_append_u8(to, (uint8_t)*value);
	}
	return r;
}

static int make_options(const struct config *c, char **ret, struct diag *reterr)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	const char *tpm = c->tpm;
	int r;

	if (strcmp(tpm, TPM_REQUIRED) == 0)
		tpm = "device:/dev/tpmrm0";
	/* first, because of a word that comes twice the last one counts */
	r = c->options ? buf_append_str(&b, c->options) : 0;
	if (r == 0)
		r = add_option(&b, "policy", c->policy, reterr);
	for (char **k = c->keys; r == 0 && k && *k; k++)
		r = add_option(&b, "keys", *k, reterr);
	for (char **k = c->evm_keys; r == 0 && k && *k; k++) {
		if (strcmp(*k, EVM_KEYS_NONE) != 0)
			r = add_option(&b, "evm_keys", *k, reterr);
	}
	if (r == 0)
		r = add_option(&b, "trust", c->trust, reterr);
	if (r == 0)
		r = add_option(&b, "tpm", tpm, reterr);
	if (r == 0)
		r = add_option(&b, "state", c->state, reterr);
	if (r < 0)
		return r;
	*ret = buf_steal_str(&b);
	return *ret ? 0 : -ENOMEM;
}

void arguments_free(char **argv)
{
	for (char **a = argv; a && *a; a++)
		free(*a);
	free(argv);
}

static void argumentsp(char ***argv)
{
	arguments_free(*argv);
}

int arguments_make(const struct config *c, const char *source,
		   const char *mountpoint, char ***ret, struct diag *reterr)
{
	const char *const words[] = { "@imafs", "mount", "-f",	    "-o",
				      "",	source,	 mountpoint };
	const size_t n = sizeof(words) / sizeof(words[0]);
	CLEANUP(argumentsp) char **argv = calloc(n + 1, sizeof(*argv));
	int r;

	if (!argv)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		argv[i] = strdup(words[i]);
		if (!argv[i])
			return -ENOMEM;
	}
	free(argv[4]);
	argv[4] = NULL;
	r = make_options(c, &argv[4], reterr);
	if (r < 0) {
		/* the list must not end in the middle */
		free(argv[5]);
		free(argv[6]);
		argv[5] = NULL;
		return r;
	}
	*ret = STEAL(argv);
	return 0;
}
