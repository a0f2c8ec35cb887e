// SPDX-License-Identifier: Apache-2.0
/*
 * imafs mount, and mount.imafs as mount(8) calls it. The two differ in -f:
 * "foreground" for people, "fake" (check, do not mount) for mount(8).
 */
#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/mount.h"

const char cmd_mount_usage[] =
	"usage: imafs mount [-fdsv] [-o OPTIONS] SOURCE MOUNTPOINT\n"
	"       mount.imafs SOURCE MOUNTPOINT [-fnsv] [-o OPTIONS]\n"
	"\n"
	"Shows the tree SOURCE at MOUNTPOINT, measured and appraised.\n"
	"They may be the same directory. 'umount MOUNTPOINT' ends it.\n"
	"\n"
	"  -f, --foreground  stay in the foreground, log to stderr\n"
	"                    (mount.imafs: -f, --fake: only check)\n"
	"  -d, --debug       foreground, with every request\n"
	"  -s                ignore unknown mount options\n"
	"  -v, --verbose     say when it is mounted\n"
	"  -n                no effect; mount(8) may pass it on\n"
	"  -h, --help        this text\n"
	"  -V, --version     the version\n"
	"  -o OPTIONS        separated by commas:\n"
	"     policy=FILE|NAME  rules; NAME: tcb, ima_tcb, appraise_tcb,\n"
	"                       secure_boot, critical_data, fail_securely,\n"
	"                       signed_init; several: NAME|NAME\n"
	"     policy_once       no other policy after this one\n"
	"     keys=FILE|DIR     certificates or public keys; repeatable\n"
	"     evm_keys=FILE|DIR the same for metadata (security.evm)\n"
	"     trust=FILE|DIR    only keys that these certificates signed\n"
	"     appraise=MODE     enforce, log, fix, off\n"
	"     hash=ALG          default sha256\n"
	"     template=NAME     default ima-ng\n"
	"     tpm=TPM           auto, none, swtpm or a TCTI\n"
	"     pcr=N             default 10\n"
	"     state=DIR         where the journal is kept\n"
	"     lock_budget=SIZE  locked content: 512M, 2G, 25%; default 50%\n"
	"     control=HOW       .ima is hidden, visible, none\n"
	"     workers=N         threads; default one per CPU\n"
	"     ro, nosuid, ...   as for other file systems\n"
	"\n"
	"See imafs-mount(8).\n";

struct arguments {
	const char *source, *mountpoint;
	bool helper, fake, sloppy, verbose;
};

/* Return: -1 to go on, or a cli_exit. */
static int take_options(struct mount_options *o, char *const *words, int n,
			bool sloppy)
{
	for (int i = 0; i < n; i++) {
		struct diag d = { 0 };
		int r = mount_options_parse(o, words[i], sloppy, &d);

		if (r)
			return cli_usage("mount", "%s",
					 d.msg[0] ? d.msg : strerror(-r));
	}
	return -1;
}

/*
 * -o is remembered and parsed at the end, because -s may come after it.
 * @words: room for argc pointers. Return: -1 to go on, or a cli_exit.
 */
static int parse(int argc, char **argv, struct arguments *a,
		 struct mount_options *o, char **words)
{
	static const struct option longs[] = {
		{ "foreground", no_argument, NULL, 'F' },
		{ "fake", no_argument, NULL, 'K' },
		{ "debug", no_argument, NULL, 'd' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "options", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int n = 0;

	for (;;) {
		int c = getopt_long(argc, argv, "fdsnvho:t:N:V", longs, NULL);

		switch (c) {
		case -1:
			if (argc - optind != 2)
				return cli_usage("mount",
						 "need SOURCE and MOUNTPOINT");
			a->source = argv[optind];
			a->mountpoint = argv[optind + 1];
			return take_options(o, words, n, a->sloppy);
		case 'f':
			if (a->helper)
				a->fake = true;
			else
				o->foreground = true;
			break;
		case 'F':
			o->foreground = true;
			break;
		case 'K':
			a->fake = true;
			break;
		case 'd':
			o->debug = true;
			break;
		case 's':
			a->sloppy = true;
			break;
		case 'v':
			a->verbose = true;
			break;
		case 'n': /* no /etc/mtab: we never write it */
		case 't': /* the type: only imafs gets here */
		case 'N': /* mount(8) is in that namespace already */
			break;
		case 'o':
			words[n++] = optarg;
			break;
		case 'h':
			return cli_help("mount");
		case 'V':
			(void)printf("imafs %s\n", IMAFS_VERSION);
			return CLI_OK;
		default:
			/* getopt_long() has said which */
			return cli_usage_hint("mount");
		}
	}
}

/*
 * A storage daemon of the initramfs says so, and systemd lets it live when it
 * changes to the real root (systemd.io/ROOT_STORAGE_DAEMONS).
 */
static void survive_initrd(void)
{
	if (access("/etc/initrd-release", F_OK) == 0)
		program_invocation_name[0] = '@'; /* this is argv[0] */
}

static int run(const struct arguments *a, struct mount_options *o)
{
	struct diag d = { 0 };
	bool daemon;
	int r = mount_options_complete(o, a->source, a->mountpoint, &d);

	if (r) {
		cli_error("%s", d.msg[0] ? d.msg : strerror(-r));
		return r == -EINVAL ? CLI_USAGE : CLI_FAILED;
	}
	if (a->fake)
		return CLI_OK;
	survive_initrd();
	r = mount_run(o, &daemon);
	if (a->verbose && r == 0 && !daemon && !o->foreground && !o->debug)
		(void)printf("imafs: %s mounted on %s\n", o->source,
			     o->mountpoint);
	return r ? CLI_FAILED : CLI_OK;
}

int cmd_mount(int argc, char **argv)
{
	const char *self = strrchr(argv[0], '/');
	struct arguments a = { 0 };
	struct mount_options o;
	char **words;
	int status;

	self = self ? self + 1 : argv[0];
	a.helper = strcmp(self, "mount.imafs") == 0;
	words = calloc((size_t)argc, sizeof(*words));
	if (!words || mount_options_init(&o)) {
		free(words);
		cli_error("out of memory");
		return CLI_FAILED;
	}
	status = parse(argc, argv, &a, &o, words);
	free(words);
	if (status < 0)
		status = run(&a, &o);
	mount_options_release(&o);
	return status;
}
