// SPDX-License-Identifier: Apache-2.0
/* Any bytes as imafs-init.conf, and as a kernel command line. Accepted is what
 * the file's parser takes. */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "init/arguments.h"
#include "init/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was taken over must be usable. */
static void use(const struct config *c)
{
	struct diag why = { 0 };
	char **argv = NULL;
	int r;

	assert(c->source[0] == '/' && c->init[0] == '/' && c->trust[0]);
	assert(c->tpm_timeout <= 600 && c->failure <= FAIL_REBOOT);
	for (char **k = c->keys; k && *k; k++)
		assert((*k)[0] == '/');
	r = config_check(c, &why);
	assert(r == 0 || (r == -EINVAL && why.msg[0]));
	r = arguments_make(c, c->source, c->mountpoint, &argv, &why);
	assert(r == 0 || r == -EINVAL);
	if (r == 0)
		assert(argv[0][0] == '@' && argv[6] && !argv[7]);
	arguments_free(argv);
}

static int as_file(const char *text, size_t size)
{
	struct diag why = { 0 };
	struct config c;
	int r;

	assert(config_init(&c) == 0);
	r = config_file(&c, text, size, &why);
	assert(r == 0 ||
	       (r == -EINVAL && why.line && why.column && why.msg[0]));
	use(&c);
	config_release(&c);
	return r;
}

static void as_command_line(const char *text, size_t size)
{
	struct diag why = { 0 };
	char *path = NULL;
	struct config c;
	int r;

	assert(config_init(&c) == 0);
	r = config_words(&c, text, size, &why);
	assert(r == 0 || (r == -EINVAL && why.msg[0]));
	use(&c);
	config_release(&c);
	if (config_path(text, size, &path, &why) == 0)
		free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_command_line((const char *)data, size);
	return as_file((const char *)data, size) < 0 ? -1 : 0;
}
