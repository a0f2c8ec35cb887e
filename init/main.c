// SPDX-License-Identifier: Apache-2.0
/*
 * imafs-init: the process 1 that mounts the protected tree over the directory
 * that it came from, and then becomes the signed init in it. Every step that
 * fails ends in fail(): there is no way from here into an unprotected system.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "init/arguments.h"
#include "init/config.h"
#include "init/console.h"
#include "init/enter.h"
#include "init/load.h"
#include "init/prepare.h"
#include "init/tree.h"
#include "init/watch.h"

static const char usage[] =
	"usage: init=/ima/init on the kernel command line, where /ima/init is\n"
	"       this program\n"
	"       imafs-init --check [--config FILE]\n"
	"       imafs-init --initramfs ROOT\n"
	"\n"
	"Mounts a signed tree over /ima and executes the signed init in it.\n"
	"\n"
	"  --check            only say whether the configuration is in order\n"
	"  --config FILE      instead of " CONFIG_FILE "\n"
	"  --initramfs ROOT   for an initramfs: mount below ROOT, execute\n"
	"                     nothing; the system ends if this fails\n"
	"  --help, --version\n"
	"\n"
	"See imafs-init(8).\n";

struct boot {
	struct config c;
	const char *root; /* where the root file system is; "": at / */
	bool mounted;
	char **argv;
};

/* argv[0] of a program of the mount, in a place of its own. */
static int execute(const struct boot *b, const char *path, struct diag *reterr)
{
	char *name = b->argv[0], *args[] = { NULL, NULL };
	int r;

	args[0] = strdup(path);
	if (!args[0])
		return -ENOMEM;
	b->argv[0] = args[0];
	r = enter_exec(b->c.mountpoint, path,
		       strcmp(path, b->c.init) == 0 ? b->argv : args, reterr);
	b->argv[0] = name;
	free(args[0]);
	return r;
}

static void rescue(const struct boot *b)
{
	struct diag d = { 0 };
	pid_t pid = 0;

	console_say("starting the rescue program %s", b->c.rescue);
	/* an initramfs goes on when we end, so we do not end */
	if (getpid() != 1)
		pid = fork();
	if (pid > 0) {
		(void)waitpid(pid, NULL, 0);
		return;
	}
	if (pid < 0)
		diag_set(&d, "fork: %s", strerror(errno));
	else if (b->root[0] && (chroot(b->root) || chdir("/")))
		diag_set(&d, "cannot enter %s: %s", b->root, strerror(errno));
	else
		(void)execute(b, b->c.rescue, &d);
	console_say("no rescue program: %s", d.msg);
	if (getpid() != 1 && pid == 0)
		_exit(1);
}

/* The end of a boot that went wrong. */
__attribute__((noreturn, format(printf, 2, 3))) static void
fail(struct boot *b, const char *fmt, ...)
{
	char text[800];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_say("the boot is stopped: %s", text);
	if (b->mounted && b->c.rescue)
		rescue(b);
	console_end(b->c.failure);
	exit(1); /* in a container whose process 1 we are */
}

static void wait_for_tpm(struct boot *b)
{
	int r;

	if (strcmp(b->c.tpm, TPM_REQUIRED) != 0)
		return;
	r = prepare_device("tpmrm0", b->c.tpm_timeout);
	if (r == -ETIMEDOUT)
		fail(b,
		     "no TPM: /dev/tpmrm0 has not appeared within %u s; enable "
		     "the TPM in the firmware, build its driver into the "
		     "kernel, or say tpm=none or tpm=swtpm",
		     b->c.tpm_timeout);
	if (r < 0)
		fail(b, "cannot wait for the TPM: %s", strerror(-r));
}

static void check_directory(struct boot *b, const char *what, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		fail(b, "%s %s: %s", what, path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		fail(b, "%s %s is not a directory", what, path);
}

/* What an initramfs needs beside: a name that the mount can begin its life at.
 */
static void make_directory(struct boot *b, const char *path)
{
	CLEANUP(freep) char *part = strdup(path);

	for (char *p = part; p && (p = strchr(p + 1, '/'));) {
		*p = '\0';
		(void)mkdir(part, 0755); /* the last one tells */
		*p = '/';
	}
	if (!part || (mkdir(path, 0755) && errno != EEXIST))
		fail(b, "cannot make %s: %s", path, strerror(errno));
}

/*
 * In an initramfs the daemon knows the mount by the name that it will have
 * later, because that is what it writes to the measurement list; so it is made
 * here under this name and then moved.
 */
static void move_mount_below(struct boot *b)
{
	CLEANUP(freep) char *to = NULL;

	if (asprintf(&to, "%s%s", b->root, b->c.mountpoint) < 0)
		to = NULL;
	if (!to || mount(b->c.mountpoint, to, NULL, MS_MOVE, NULL))
		fail(b, "cannot move the mount to %s%s: %s", b->root,
		     b->c.mountpoint, strerror(errno));
}

/*
 * The directory that is served. A file system of its own is mounted where the
 * mount of the tree then hides it. The caller frees it.
 */
static char *find_source(struct boot *b)
{
	const char *root = b->root[0] ? b->root : "/";
	struct diag d = { 0 };
	char *source = NULL;

	if (tree_is_device(b->c.source)) {
		if (tree_mount(b->c.source, b->c.mountpoint, root, &d) < 0)
			fail(b, "%s", d.msg);
		source = strdup(b->c.mountpoint);
	} else if (asprintf(&source, "%s%s", b->root, b->c.source) < 0) {
		source = NULL;
	}
	if (!source)
		fail(b, "out of memory");
	return source;
}

static void mount_tree(struct boot *b)
{
	CLEANUP(freep) char *source = NULL;
	struct diag d = { 0 };
	struct watch w = { .program = b->c.program,
			   .mountpoint = b->c.mountpoint,
			   .panic = b->c.panic,
			   .failure = b->c.failure,
			   .self = b->argv[0] };
	int r;

	if (b->root[0])
		make_directory(b, b->c.mountpoint);
	check_directory(b, "mountpoint", b->c.mountpoint);
	source = find_source(b);
	check_directory(b, "source", source);
	r = arguments_make(&b->c, source, b->c.mountpoint, &w.argv, &d);
	if (r < 0)
		fail(b, "%s", d.msg[0] ? d.msg : strerror(-r));
	r = watch_start(&w);
	arguments_free(w.argv);
	if (r == -ECHILD)
		fail(b, "%s is not mounted, see above", b->c.mountpoint);
	if (r < 0)
		fail(b, "cannot start the daemon: %s", strerror(-r));
	if (b->root[0])
		move_mount_below(b);
	b->mounted = true;
}

static void load(struct boot *b, const char *file)
{
	struct diag d = { 0 };
	int r = load_config(&b->c, file, &d);

	if (r == 0)
		r = load_default_keys(&b->c, &d);
	if (r == 0 && b->root[0] && strncmp(b->c.tpm, "swtpm", 5) == 0) {
		diag_set(&d, "tpm=swtpm is not possible in an initramfs: the "
			     "way to the software TPM would be lost when the "
			     "root file system is changed");
		r = -EINVAL;
	}
	if (r < 0)
		fail(b, "%s", d.msg[0] ? d.msg : strerror(-r));
}

static void prepare(struct boot *b)
{
	struct diag d = { 0 };

	if (prepare_mounts(&d) == 0)
		return;
	/* how the boot is to end may be said there, if /proc is there */
	(void)load_command_line(&b->c, NULL);
	fail(b, "%s", d.msg);
}

/* Process 1 on the plain root file system. */
static void boot(struct boot *b)
{
	struct diag d = { 0 };

	console_open(false);
	prepare(b);
	console_open(true);
	load(b, NULL);
	wait_for_tpm(b);
	mount_tree(b);
	console_note("%s is mounted, executing %s", b->c.mountpoint, b->c.init);
	(void)execute(b, b->c.init, &d);
	fail(b, "%s", d.msg);
}

/* Called by a hook; the initramfs goes on when we return. */
static void prepare_root(struct boot *b)
{
	CLEANUP(freep) char *mountpoint = NULL;
	CLEANUP(freep) char *init = NULL;
	struct diag d = { 0 };

	prepare(b);
	load(b, NULL);
	wait_for_tpm(b);
	mount_tree(b);
	if (asprintf(&mountpoint, "%s%s", b->root, b->c.mountpoint) < 0 ||
	    asprintf(&init, "%s%s", b->root, b->c.init) < 0)
		fail(b, "out of memory");
	/* if it were refused only later, the initramfs would offer a shell */
	if (enter_try(mountpoint, init, &d) < 0)
		fail(b, "%s", d.msg);
	console_note("%s is mounted on %s", b->c.mountpoint, mountpoint);
}

static int check(const char *file)
{
	CLEANUP(config_release) struct config c = { 0 };
	struct diag d = { 0 };
	int r = config_init(&c);

	if (r == 0)
		r = load_config(&c, file, &d);
	if (r == 0)
		r = load_default_keys(&c, &d);
	if (r == 0 && access(c.program, X_OK)) {
		r = -errno;
		diag_set(&d, "program %s: %s", c.program, strerror(-r));
	}
	if (r < 0) {
		(void)fprintf(stderr, "imafs-init: %s\n",
			      d.msg[0] ? d.msg : strerror(-r));
		return 1;
	}
	(void)printf("source = %s\nmountpoint = %s\ninit = %s\npolicy = %s\n"
		     "trust = %s\ntpm = %s\npanic = %d\n",
		     c.source, c.mountpoint, c.init, c.policy, c.trust, c.tpm,
		     c.panic);
	for (char **k = c.keys; k && *k; k++)
		(void)printf("keys = %s\n", *k);
	for (char **k = c.evm_keys; k && *k; k++)
		(void)printf("evm_keys = %s\n", *k);
	return 0;
}

static int by_hand(struct boot *b, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "check", no_argument, NULL, 'c' },
		{ "config", required_argument, NULL, 'f' },
		{ "initramfs", required_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	const char *file = NULL;
	bool only_check = false;

	for (int o; (o = getopt_long(argc, argv, "hV", longs, NULL)) != -1;) {
		switch (o) {
		case 'c':
			only_check = true;
			break;
		case 'f':
			file = optarg;
			break;
		case 'i':
			b->root = optarg;
			break;
		case 'h':
			(void)fputs(usage, stdout);
			return 0;
		case 'V':
			(void)printf("imafs-init %s\n", IMAFS_VERSION);
			return 0;
		default:
			return 2;
		}
	}
	if (optind != argc || only_check == (b->root[0] != '\0') ||
	    (b->root[0] && file)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	if (only_check)
		return check(file);
	prepare_root(b);
	return 0;
}

int main(int argc, char **argv)
{
	struct boot b = { .root = "", .argv = argv };
	int r = config_init(&b.c);

	if (r < 0)
		fail(&b, "out of memory");
	if (getpid() == 1)
		boot(&b);
	r = by_hand(&b, argc, argv);
	config_release(&b.c);
	return r;
}
