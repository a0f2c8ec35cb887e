// SPDX-License-Identifier: Apache-2.0
/* imafs hash: security.ima digests. */
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"
#include "hash_alg.h"
#include "label.h"
#include "mark.h"
#include "options.h"

const char cmd_hash_usage[] =
	"usage: imafs hash [OPTIONS] PATH...\n"
	"\n"
	"Labels files with their digest: security.ima becomes type 4 with the\n"
	"algorithm, or type 1 for sha1 and md5. Signatures are left alone.\n"
	"\n"
	"  -a, --hash ALG        hash algorithm, default sha256\n"
	"  -f, --force           replace signatures, too\n"
	"  -r, --recursive       all regular files below directories, too\n"
	"  -x, --one-file-system do not enter directories of other file "
	"systems\n"
	"  -n, --dry-run         print the values, set nothing\n"
	"  -j, --jobs N          files at a time, default one per processor\n"
	"  -q, --quiet           no progress bar, no summary\n"
	"      --xattr-user      use user.ima, to try it without privileges\n"
	"  -h, --help            this text\n";

struct hash {
	struct tree_options tree;
	unsigned alg;
	bool force, print;
};

static int run(const struct hash *h, char *const paths[])
{
	const struct mark m = { .label = label_name(h->tree.xattr_user),
				.alg = h->alg,
				.print = h->print,
				.keep_signatures = !h->force,
				.walk = h->tree.walk };
	struct mark_result result = { 0 };
	char size[16];
	int r;

	r = mark(&m, paths, &result);
	if (!h->tree.walk.quiet && !h->print) {
		(void)fprintf(stderr, "imafs: %" PRIu64 " %s labelled (%s, %s)",
			      result.marked,
			      result.marked == 1 ? "file" : "files",
			      progress_size(result.bytes, size),
			      hash_alg_name(h->alg));
		mark_print_rest(&result);
	}
	return r < 0 || result.failed ? CLI_FAILED : CLI_OK;
}

/* Return: -1 to go on, else a cli_exit. */
static int take_option(struct hash *h, int option)
{
	switch (option) {
	case 'a':
		return hash_option("hash", optarg, &h->alg);
	case 'f':
		h->force = true;
		return -1;
	case 'n':
		h->print = true;
		return -1;
	default:
		return tree_option(&h->tree, "hash", option, optarg);
	}
}

int cmd_hash(int argc, char **argv)
{
	static const struct option options[] = {
		{ "hash", required_argument, NULL, 'a' },
		{ "force", no_argument, NULL, 'f' },
		{ "dry-run", no_argument, NULL, 'n' },
		TREE_LONG_OPTIONS,
		{ 0 },
	};
	struct hash h = { .alg = HASH_ALG_SHA256 };
	int option;

	while ((option = getopt_long(argc, argv, "a:fn" TREE_SHORT_OPTIONS,
				     options, NULL)) != -1) {
		int r = take_option(&h, option);

		if (r >= 0)
			return r;
	}
	if (optind == argc)
		return cli_usage("hash", "no file to label");
	return run(&h, argv + optind);
}
