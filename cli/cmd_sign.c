// SPDX-License-Identifier: Apache-2.0
/* imafs sign: security.ima signatures, in place or in a copy. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "cli.h"
#include "label.h"
#include "mark.h"
#include "options.h"

const char cmd_sign_usage[] =
	"usage: imafs sign --key KEY.pem [OPTIONS] PATH...\n"
	"\n"
	"Signs files: security.ima becomes a signature (type 3, version 2)\n"
	"that the kernel, evmctl and imafs verify.\n"
	"\n"
	"  -k, --key FILE        private key, PEM (RSA or ECDSA)\n"
	"  -c, --cert FILE       its certificate: the key id is taken from "
	"the\n"
	"                        subject key identifier instead of the key\n"
	"      --pass-file FILE  the key's password is the first line of "
	"FILE;\n"
	"                        else $IMAFS_KEY_PASSWORD, "
	"$EVMCTL_KEY_PASSWORD\n"
	"  -a, --hash ALG        hash algorithm, default sha256\n"
	"  -r, --recursive       all regular files below directories, too\n"
	"  -x, --one-file-system do not enter directories of other file "
	"systems\n"
	"  -t, --to DIR          leave PATH alone and write a signed copy of "
	"it\n"
	"                        to DIR (several PATHs: into DIR)\n"
	"  -n, --dry-run         print the values, set nothing\n"
	"  -j, --jobs N          files at a time, default one per processor\n"
	"  -q, --quiet           no progress bar, no summary\n"
	"      --xattr-user      use user.ima, to try it without privileges\n"
	"  -h, --help            this text\n";

DEFINE_FREEP(struct signing_key, signing_key);

enum {
	ARG_PASS_FILE = ARG_OWN
};

struct sign {
	struct tree_options tree;
	const char *key, *cert, *pass_file, *dest;
	unsigned alg;
	bool print;
};

static void free_password(char **p)
{
	if (*p)
		explicit_bzero(*p, strlen(*p));
	free(*p);
}

static size_t first_line(const struct buf *b)
{
	size_t n = 0;

	while (n < b->len && b->data[n] != '\n' && b->data[n] != '\r')
		n++;
	return n;
}

#define PASSWORD_MAX 4096
#define READ_AHEAD   65536 /* io_read_file() wants as much room left */

/* @ret: NULL if there is none. Return: 0 or -errno. */
static int read_password(const char *file, char **ret)
{
	CLEANUP(buf_wipe) struct buf b = BUF_INIT;
	const char *env;
	int r;

	*ret = NULL;
	if (!file) {
		env = getenv("IMAFS_KEY_PASSWORD");
		if (!env)
			env = getenv("EVMCTL_KEY_PASSWORD");
		if (!env)
			return 0;
		*ret = strdup(env);
		return *ret ? 0 : -ENOMEM;
	}
	/* reserved at once: growing would leave copies behind */
	r = buf_reserve(&b, PASSWORD_MAX + READ_AHEAD);
	if (r == 0)
		r = io_read_file(AT_FDCWD, file, PASSWORD_MAX, &b);
	if (r < 0)
		return r;
	*ret = strndup((const char *)b.data, first_line(&b));
	return *ret ? 0 : -ENOMEM;
}

/* Return: 0 or a cli_exit when it was told. */
static int load_key(const struct sign *s, struct signing_key **ret)
{
	CLEANUP(free_password) char *password = NULL;
	struct diag why = { 0 };
	int r;

	r = read_password(s->pass_file, &password);
	if (r < 0) {
		cli_error("%s: %s", s->pass_file ? s->pass_file : "password",
			  strerrordesc_np(-r));
		return CLI_FAILED;
	}
	r = signing_key_load(s->key, password, s->cert, ret, &why);
	if (r == 0)
		return 0;
	cli_error("%s%s", why.msg[0] ? why.msg : strerrordesc_np(-r),
		  r == -EKEYREJECTED && !password
			  ? " (--pass-file or $IMAFS_KEY_PASSWORD)"
			  : "");
	return CLI_FAILED;
}

/* Key and hash may not go together; better said once than for each file. */
static int try_key(const struct sign *s, const struct signing_key *key)
{
	CLEANUP(buf_release) struct buf value = BUF_INIT;
	struct digest d;
	int r;

	r = digest_of(s->alg, "", 0, &d);
	if (r == 0)
		r = signing_key_sign(key, &d, &value);
	if (r == 0)
		return 0;
	if (r == -ENOPKG)
		cli_error("%s: a key of this type or length cannot sign %s "
			  "digests",
			  s->key, hash_alg_name(s->alg));
	else
		cli_error("%s: cannot sign: %s", s->key, strerrordesc_np(-r));
	return CLI_FAILED;
}

static void summary(const struct sign *s, const struct signing_key *key,
		    const struct mark_result *r)
{
	char size[16];

	(void)fprintf(stderr,
		      "imafs: %" PRIu64 " %s signed (%s, %s, key id %08x)",
		      r->marked, r->marked == 1 ? "file" : "files",
		      progress_size(r->bytes, size), hash_alg_name(s->alg),
		      signing_key_id(key));
	mark_print_rest(r);
}

static int run(const struct sign *s, char *const paths[])
{
	CLEANUP(signing_key_freep) struct signing_key *key = NULL;
	struct mark m = { .label = label_name(s->tree.xattr_user),
			  .alg = s->alg,
			  .print = s->print,
			  .dest = s->dest,
			  .walk = s->tree.walk };
	struct mark_result result = { 0 };
	int r;

	/* no core dump and no other process of this user shall see the key */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	r = load_key(s, &key);
	if (r == 0)
		r = try_key(s, key);
	if (r != 0)
		return r;
	m.key = key;
	r = mark(&m, paths, &result);
	if (!s->tree.walk.quiet && !s->print)
		summary(s, key, &result);
	return r < 0 || result.failed ? CLI_FAILED : CLI_OK;
}

/* Return: -1 to go on, else a cli_exit. */
static int take_option(struct sign *s, int option)
{
	switch (option) {
	case 'k':
		s->key = optarg;
		return -1;
	case 'c':
		s->cert = optarg;
		return -1;
	case ARG_PASS_FILE:
		s->pass_file = optarg;
		return -1;
	case 'a':
		return hash_option("sign", optarg, &s->alg);
	case 't':
		s->dest = optarg;
		return -1;
	case 'n':
		s->print = true;
		return -1;
	default:
		return tree_option(&s->tree, "sign", option, optarg);
	}
}

int cmd_sign(int argc, char **argv)
{
	static const struct option options[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "cert", required_argument, NULL, 'c' },
		{ "pass-file", required_argument, NULL, ARG_PASS_FILE },
		{ "hash", required_argument, NULL, 'a' },
		{ "to", required_argument, NULL, 't' },
		{ "dry-run", no_argument, NULL, 'n' },
		TREE_LONG_OPTIONS,
		{ 0 },
	};
	struct sign s = { .alg = HASH_ALG_SHA256 };
	int option;

	while ((option = getopt_long(argc, argv, "k:c:a:t:n" TREE_SHORT_OPTIONS,
				     options, NULL)) != -1) {
		int r = take_option(&s, option);

		if (r >= 0)
			return r;
	}
	if (!s.key)
		return cli_usage("sign", "--key is missing");
	if (optind == argc)
		return cli_usage("sign", "no file to sign");
	if (s.dest && s.print)
		return cli_usage("sign", "--to and --dry-run contradict");
	return run(&s, argv + optind);
}
