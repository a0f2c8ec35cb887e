// SPDX-License-Identifier: Apache-2.0
/*
 * A FUSE server that answers OPEN at once: what an open through FUSE costs
 * when the server does nothing. It is the yardstick for imafs' warm verified
 * open, and no file system: it serves one FILE, under the names f0, f1, ...
 *
 *     instant [-p] [-m] [-n NAMES] FILE MOUNTPOINT
 *
 *     -p  FUSE passthrough to FILE (Linux 6.9), otherwise page-cached reads
 *     -m  libfuse's multi-threaded loop with cloned descriptors, otherwise one
 *         thread, which saves a wake-up on another core
 *     -n  how many names there are (1)
 *
 * It stays in the foreground and says "ready" on stdout when mounted.
 */
#define FUSE_USE_VERSION 312
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse_lowlevel.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* linux/fuse.h of Linux 6.9; Debian 12 ships older headers */
#define INIT_FLAGS2_PASSTHROUGH (1U << (37 - 32))
#define OPEN_PASSTHROUGH	(1U << 7)

struct backing_map {
	int32_t fd;
	uint32_t flags;
	uint64_t padding;
};
#define DEV_IOC_BACKING_OPEN _IOW(229, 1, struct backing_map)

struct open_reply {
	uint64_t fh;
	uint32_t open_flags;
	int32_t backing_id;
};

/* Words of struct fuse_init_out. */
#define INIT_OUT_FLAGS	     3
#define INIT_OUT_FLAGS2	     8
#define INIT_OUT_STACK_DEPTH 9

#define CACHE_SECONDS	     3600.0
#define FIRST_FILE	     (FUSE_ROOT_ID + 1)

/* Constant once the loop runs. */
static struct fuse_session *session;
static int file_fd = -1;
static struct stat file_stat;
static unsigned long names = 1;
static bool passthrough;
static uint64_t init_unique; /* the INIT request, until it was answered */

/* One backing id for every inode: made by the first open of each. */
static int *backing;

static void fill(fuse_ino_t ino, struct stat *st)
{
	*st = (struct stat){ .st_ino = ino, .st_nlink = 1 };
	if (ino == FUSE_ROOT_ID) {
		st->st_mode = S_IFDIR | 0755;
		return;
	}
	st->st_mode = file_stat.st_mode;
	st->st_size = file_stat.st_size;
	st->st_mtim = file_stat.st_mtim;
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e = { .attr_timeout = CACHE_SECONDS,
				      .entry_timeout = CACHE_SECONDS };
	unsigned long n;
	char *end;

	errno = 0;
	n = *name == 'f' ? strtoul(name + 1, &end, 10) : names;
	if (parent != FUSE_ROOT_ID || n >= names || !name[1] || *end || errno) {
		(void)fuse_reply_err(req, ENOENT);
		return;
	}
	e.ino = FIRST_FILE + n;
	fill(e.ino, &e.attr);
	(void)fuse_reply_entry(req, &e);
}

static void op_getattr(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	fill(ino, &st);
	(void)fuse_reply_attr(req, &st, CACHE_SECONDS);
}

static void open_passthrough(fuse_req_t req, fuse_ino_t ino)
{
	struct open_reply reply = { .open_flags = OPEN_PASSTHROUGH };
	int *id = &backing[ino - FIRST_FILE];
	int have = __atomic_load_n(id, __ATOMIC_ACQUIRE);

	if (!have) {
		struct backing_map map = { .fd = file_fd };
		int made = ioctl(fuse_session_fd(session), DEV_IOC_BACKING_OPEN,
				 &map);

		if (made <= 0) {
			(void)fuse_reply_err(req, made < 0 ? errno : EIO);
			return;
		}
		/* the loser of a race leaves its id unused until the end */
		if (__atomic_compare_exchange_n(id, &have, made, false,
						__ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			have = made;
	}
	reply.backing_id = have;
	(void)fuse_reply_buf(req, (const char *)&reply, sizeof(reply));
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	if (passthrough) {
		open_passthrough(req, ino);
		return;
	}
	fi->keep_cache = 1;
	(void)fuse_reply_open(req, fi);
}

static void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi)
{
	struct fuse_bufvec v = FUSE_BUFVEC_INIT(size);

	(void)ino;
	(void)fi;
	v.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
	v.buf[0].fd = file_fd;
	v.buf[0].pos = off;
	(void)fuse_reply_data(req, &v, FUSE_BUF_SPLICE_MOVE);
}

/* It has none; execve() asks for security.capability each time. */
static void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
			size_t size)
{
	(void)ino;
	(void)name;
	(void)size;
	(void)fuse_reply_err(req, ENODATA);
}

static void op_release(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	(void)ino;
	(void)fi;
	(void)fuse_reply_err(req, 0);
}

static ssize_t io_read(int fd, void *to, size_t len, void *arg)
{
	ssize_t n = read(fd, to, len);
	struct fuse_in_header in;

	(void)arg;
	if (!init_unique && n >= (ssize_t)sizeof(in)) {
		memcpy(&in, to, sizeof(in));
		if (in.opcode == FUSE_INIT)
			init_unique = in.unique;
	}
	return n;
}

/* libfuse 3.14 knows no passthrough: its INIT reply is completed here. */
static ssize_t io_writev(int fd, struct iovec *iov, int count, void *arg)
{
	struct fuse_out_header out;

	(void)arg;
	memcpy(&out, iov[0].iov_base, sizeof(out));
	if (passthrough && init_unique && out.unique == init_unique &&
	    count == 2 && iov[1].iov_len >= 10 * sizeof(uint32_t)) {
		uint32_t *w = iov[1].iov_base;

		w[INIT_OUT_FLAGS] |= FUSE_INIT_EXT;
		w[INIT_OUT_FLAGS2] |= INIT_FLAGS2_PASSTHROUGH;
		w[INIT_OUT_STACK_DEPTH] = 1;
		init_unique = UINT64_MAX;
	}
	return writev(fd, iov, count);
}

static const struct fuse_lowlevel_ops ops = {
	.lookup = op_lookup,
	.getattr = op_getattr,
	.open = op_open,
	.read = op_read,
	.getxattr = op_getxattr,
	.release = op_release,
};

static const struct fuse_custom_io io = { .read = io_read,
					  .writev = io_writev };

static int serve(const char *mountpoint, bool many)
{
	char name[] = "instant";
	char dash_o[] = "-o";
	/* libfuse would make it nosuid, which saves execve() a question */
	char options[] = "allow_other,suid,fsname=instant,subtype=instant";
	char *argv[] = { name, dash_o, options, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(3, argv);
	int r = 1;

	session = fuse_session_new(&args, &ops, sizeof(ops), NULL);
	if (!session)
		return 1;
	if (fuse_set_signal_handlers(session) ||
	    fuse_session_mount(session, mountpoint)) {
		fuse_session_destroy(session);
		return 1;
	}
	if (passthrough &&
	    fuse_session_custom_io(session, &io, fuse_session_fd(session))) {
		fprintf(stderr, "instant: libfuse has no custom io\n");
	} else {
		printf("ready\n");
		(void)fflush(stdout);
		if (many) {
			struct fuse_loop_config *c = fuse_loop_cfg_create();

			if (c)
				fuse_loop_cfg_set_clone_fd(c, 1);
			r = c ? fuse_session_loop_mt(session, c) : 1;
			fuse_loop_cfg_destroy(c);
		} else {
			r = fuse_session_loop(session);
		}
	}
	fuse_session_unmount(session);
	fuse_remove_signal_handlers(session);
	fuse_session_destroy(session);
	return r ? 1 : 0;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: instant [-p] [-m] [-n NAMES] FILE MOUNTPOINT\n");
	return 2;
}

int main(int argc, char **argv)
{
	bool many = false;
	char *end;
	int c, r;

	while ((c = getopt(argc, argv, "pmn:")) != -1) {
		if (c == 'p') {
			passthrough = true;
		} else if (c == 'm') {
			many = true;
		} else if (c == 'n') {
			errno = 0;
			names = strtoul(optarg, &end, 10);
			if (errno || *end || names == 0)
				return usage();
		} else {
			return usage();
		}
	}
	if (argc - optind != 2)
		return usage();
	file_fd = open(argv[optind], O_RDONLY | O_CLOEXEC);
	if (file_fd < 0 || fstat(file_fd, &file_stat) < 0) {
		fprintf(stderr, "instant: %s: %s\n", argv[optind],
			strerror(errno));
		return 1;
	}
	backing = calloc(names, sizeof(*backing));
	if (!backing) {
		fprintf(stderr, "instant: no memory\n");
		return 1;
	}
	r = serve(argv[optind + 1], many);
	free(backing);
	return r;
}
