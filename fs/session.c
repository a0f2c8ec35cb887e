// SPDX-License-Identifier: Apache-2.0
/*
 * One FUSE connection from mount to unmount: libfuse's session on our own
 * reading and writing, the INIT handshake, and the orderly end. Threads are
 * in worker.c; nothing here knows what a request means.
 */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "passthrough.h"
#include "worker.h"

/* include/uapi/linux/fuse.h */
#define WIRE_DEV_CLONE _IOR(229, 0, uint32_t)

/*
 * Not wanted: WRITEBACK_CACHE (the kernel would keep unwritten data that no
 * digest covers, and it excludes passthrough), HANDLE_KILLPRIV (the kernel
 * clears setuid bits itself), EXPORT_SUPPORT (no node outlives its lookup),
 * splice (content is in our memory already).
 */
#define CAPS_WANTED                                                          \
	(FUSE_CAP_ASYNC_READ | FUSE_CAP_POSIX_LOCKS | FUSE_CAP_FLOCK_LOCKS | \
	 FUSE_CAP_ATOMIC_O_TRUNC | FUSE_CAP_DONT_MASK |                      \
	 FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_READDIRPLUS |                   \
	 FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_ASYNC_DIO |                    \
	 FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_POSIX_ACL |                     \
	 FUSE_CAP_CACHE_SYMLINKS)

#define MAX_WRITE      (1u << 20)
#define MAX_BACKGROUND 64

static void log_from_libfuse(enum fuse_log_level level, const char *fmt,
			     va_list ap) __attribute__((format(printf, 2, 0)));

static void log_from_libfuse(enum fuse_log_level level, const char *fmt,
			     va_list ap)
{
	char text[512];
	enum log_level as;

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	if (level <= FUSE_LOG_ERR)
		as = LOG_LEVEL_ERR;
	else if (level == FUSE_LOG_WARNING)
		as = LOG_LEVEL_WARN;
	else
		as = LOG_LEVEL_DEBUG;
	log_msg(as, "%s", text);
}

static void on_signal(int sig)
{
	(void)sig; /* only there to end a system call with EINTR */
}

static void on_init(void *userdata, struct fuse_conn_info *conn)
{
	struct fs *fs = userdata;

	conn->want = conn->capable & CAPS_WANTED;
	conn->max_write = MAX_WRITE;
	conn->max_background = MAX_BACKGROUND;
	conn->congestion_threshold = MAX_BACKGROUND * 3 / 4;
	conn->time_gran = 1;
	fs->serving->initialised = true;
}

/*
 * FUSE_TMPFILE (Linux 6.1, protocol 7.37) has the body and the reply of
 * FUSE_CREATE, and O_TMPFILE in its flags. libfuse 3.14 does not know it and
 * would answer ENOSYS, so it is shown a FUSE_CREATE; op_create() looks at the
 * flags.
 */
#define WIRE_OP_TMPFILE 51

static void show_tmpfile_as_create(void *request, size_t len)
{
	struct fuse_in_header head;

	if (len < sizeof(head))
		return;
	memcpy(&head, request, sizeof(head));
	if (head.opcode != WIRE_OP_TMPFILE)
		return;
	head.opcode = FUSE_CREATE;
	memcpy(request, &head, sizeof(head));
}

/*
 * libfuse hands its own descriptor in; a worker has a better one. These two
 * return -1 and errno, as libfuse wants it.
 */
static ssize_t io_read(int fd, void *to, size_t len, void *userdata)
{
	struct session *s = ((struct fs *)userdata)->serving;
	int own = worker_channel();
	ssize_t n = read(own >= 0 ? own : fd, to, len);

	if (!s->initialised && n > 0)
		passthrough_see_request(&s->offer, to, (size_t)n);
	if (n > 0)
		show_tmpfile_as_create(to, (size_t)n);
	return n;
}

static ssize_t io_writev(int fd, struct iovec *iov, int count, void *userdata)
{
	struct session *s = ((struct fs *)userdata)->serving;
	int own = worker_channel();

	/* the INIT reply is sent by the main thread, before there are others */
	if (own < 0 && !s->offer.accepted)
		passthrough_complete_reply(&s->offer, iov, count);
	return writev(own >= 0 ? own : fd, iov, count);
}

static int add_arguments(const struct fs *fs, struct fuse_args *args)
{
	const struct mount_options *o = fs->opt;
	CLEANUP(freep) char *opts = NULL;
	CLEANUP(freep) char *name = NULL;

	if (asprintf(&name, "fsname=%s", o->source) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	if (fuse_opt_add_opt(&opts, "subtype=imafs,default_permissions") ||
	    fuse_opt_add_opt_escaped(&opts, name) ||
	    (o->fuse_options && *o->fuse_options &&
	     fuse_opt_add_opt(&opts, o->fuse_options)) ||
	    fuse_opt_add_arg(args, "imafs") || fuse_opt_add_arg(args, "-o") ||
	    fuse_opt_add_arg(args, opts) ||
	    (o->debug && fuse_opt_add_arg(args, "-d")))
		return -ENOMEM;
	return 0;
}

static unsigned cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

static void session_free(struct session *s)
{
	if (!s)
		return;
	if (s->wake >= 0)
		(void)close(s->wake); /* nothing to lose */
	if (s->guard >= 0)
		(void)close(s->guard); /* likewise */
	for (unsigned i = 0; s->clone && i < s->base; i++) {
		if (s->clone[i] >= 0)
			(void)close(s->clone[i]); /* nothing to lose */
	}
	free(s->clone);
	(void)pthread_cond_destroy(&s->changed);
	(void)pthread_cond_destroy(&s->called);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}
DEFINE_FREEP(struct session, session);

static int session_new(struct fs *fs, struct session **ret)
{
	CLEANUP(session_freep) struct session *s = calloc(1, sizeof(*s));
	unsigned n = cpus();

	if (!s)
		return -ENOMEM;
	s->fs = fs;
	s->wake = -1;
	s->guard = -1;
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_cond_init(&s->changed, NULL);
	(void)pthread_cond_init(&s->called, NULL);
	atomic_store(&s->wanted, 1);
	atomic_flag_clear(&s->spinning);
	s->spin = n > 1;
	s->base = fs->opt->workers ? fs->opt->workers : n < 2 ? 2 : n;
	s->clone = malloc(s->base * sizeof(*s->clone));
	if (!s->clone)
		return -ENOMEM;
	for (unsigned i = 0; i < s->base; i++)
		s->clone[i] = -1;
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->guard = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (s->wake < 0 || s->guard < 0)
		return -errno;
	*ret = STEAL(s);
	return 0;
}

/* Without a clone a worker shares the main descriptor: slower, not wrong. */
static void clone_channels(struct session *s)
{
	uint32_t main_fd = (uint32_t)fuse_session_fd(s->fs->session);

	for (unsigned i = 0; i < s->base; i++) {
		int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

		if (fd < 0)
			return;
		if (ioctl(fd, WIRE_DEV_CLONE, &main_fd)) {
			(void)close(fd); /* nothing to lose */
			return;
		}
		s->clone[i] = fd;
	}
}

/*
 * The device of what is mounted at the mount point now. Asks nobody: neither
 * the daemon that may be this one, nor a dead one.
 */
static int device_there(const char *path, dev_t *ret)
{
	struct statx x;

	if (statx(AT_FDCWD, path,
		  AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0,
		  &x))
		return -errno;
	*ret = makedev(x.stx_dev_major, x.stx_dev_minor);
	return 0;
}

static bool still_mounted(const struct session *s)
{
	dev_t dev;

	return s->dev && device_there(s->fs->opt->mountpoint, &dev) == 0 &&
	       dev == s->dev;
}

/* fs->serving is there. */
static int mount_session(struct fs *fs)
{
	static const struct fuse_custom_io io = { .read = io_read,
						  .writev = io_writev };
	struct sigaction on = { .sa_handler = on_signal };
	struct fuse_lowlevel_ops ops = fs_ops;
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	int r = add_arguments(fs, &args);

	ops.init = on_init;
	if (r == 0) {
		fs->session = fuse_session_new(&args, &ops, sizeof(ops), fs);
		r = fs->session ? 0 : -EINVAL;
	}
	fuse_opt_free_args(&args);
	if (r)
		return r;
	if (sigaction(SESSION_SIGNAL, &on, NULL))
		return -errno;
	if (fuse_session_mount(fs->session, fs->opt->mountpoint))
		return -ENOTCONN; /* libfuse or fusermount3 has said why */
	r = device_there(fs->opt->mountpoint, &fs->serving->dev);
	if (r)
		return r;
	return fuse_session_custom_io(fs->session, &io,
				      fuse_session_fd(fs->session));
}

int session_open(struct fs *fs)
{
	int r;

	fuse_set_log_func(log_from_libfuse);
	r = session_new(fs, &fs->serving);
	if (r == 0)
		r = mount_session(fs);
	if (r == 0) {
		clone_channels(fs->serving);
		return 0;
	}
	if (r == -ENOTCONN)
		log_err("cannot mount mountpoint=%s", fs->opt->mountpoint);
	else
		log_err("cannot mount mountpoint=%s error=%s",
			fs->opt->mountpoint, strerror(-r));
	session_close(fs);
	return r;
}

/* The kernel sends nothing else before INIT was answered. */
static int handshake(struct session *s)
{
	struct fuse_session *se = s->fs->session;
	struct fuse_buf buf = { .mem = NULL };
	int r;

	do {
		r = atomic_load(&s->asked) ? -ECANCELED
					   : fuse_session_receive_buf(se, &buf);
	} while (r == -EINTR);
	if (r > 0)
		fuse_session_process_buf(se, &buf);
	free(buf.mem);
	if (r <= 0)
		return r ? r : -ENOTCONN;
	return s->initialised ? 0 : -EPROTO;
}

static void agree_on_passthrough(struct session *s)
{
	int r = passthrough_probe(s->fs, &s->offer);

	s->fs->passthrough = r == 0;
	if (r == -EOPNOTSUPP)
		log_info("reads are served by the daemon: this kernel has no "
			 "FUSE passthrough (Linux 6.9)");
	else if (r == -EPERM)
		log_info("reads are served by the daemon: FUSE passthrough "
			 "needs CAP_SYS_ADMIN in the initial user "
			 "namespace");
	else if (r)
		log_warn("reads are served by the daemon: FUSE passthrough "
			 "does not work error=%s",
			 strerror(-r));
}

static bool anybody_serves(struct session *s)
{
	bool any;

	(void)pthread_mutex_lock(&s->lock);
	any = s->workers > 0;
	(void)pthread_mutex_unlock(&s->lock);
	return any;
}

/*
 * Takes the mount away while the workers still serve, so that what programs
 * have changed in mappings of files is written.
 */
static void unmount_served(const struct session *s)
{
	const char *at = s->fs->opt->mountpoint;
	CLEANUP(closep) int fd = -1;

	if (!still_mounted(s))
		return;
	if (umount2(at, UMOUNT_NOFOLLOW) == 0)
		return;
	if (errno == EBUSY)
		log_warn("files are still open: their users will get errors "
			 "mountpoint=%s",
			 at);
	fd = open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || syncfs(fd))
		log_warn("changes may be lost mountpoint=%s error=%s", at,
			 strerror(errno));
	/* syncfs(2) sends the writes of a FUSE mount, and waits for none */
	listen_drain(s);
}

int session_run(struct fs *fs, void (*ready)(void *arg), void *arg)
{
	struct session *s = fs->serving;
	struct pollfd p = { .fd = s->wake, .events = POLLIN };
	int r = handshake(s);

	if (r == -ECANCELED) {
		log_info("asked to end before the mount was ready "
			 "mountpoint=%s",
			 fs->opt->mountpoint);
		return 0;
	}
	if (r) {
		log_err("the kernel does not talk to us mountpoint=%s error=%s",
			fs->opt->mountpoint, strerror(-r));
		return r;
	}
	agree_on_passthrough(s);
	r = workers_start(s);
	if (r == 0) {
		ready(arg);
		while (anybody_serves(s) && !atomic_load(&s->asked))
			(void)poll(&p, 1, -1); /* EINTR: look again */
		if (anybody_serves(s))
			unmount_served(s);
	} else {
		log_err("cannot start workers error=%s", strerror(-r));
	}
	workers_end(s);
	return r;
}

void session_stop(struct fs *fs)
{
	struct session *s = fs->serving;
	int saved = errno;

	if (s) {
		atomic_store(&s->asked, true);
		/* eventfd_write() is a plain write(2) */
		(void)eventfd_write(s->wake, 1);
	}
	errno = saved;
}

/* A connection that has ended: the mount is gone already. */
static bool is_cut(const struct fs *fs)
{
	struct pollfd p = { .fd = fuse_session_fd(fs->session) };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

void session_close(struct fs *fs)
{
	struct session *s = fs->serving;
	/* else something of others is mounted there now */
	bool ours = s && s->dev && (is_cut(fs) || still_mounted(s));

	/* fuse_session_fd() is gone from here on */
	fs->passthrough = false;
	/* clones first: the connection ends with its last descriptor */
	fs->serving = NULL;
	session_free(s);
	if (!fs->session)
		return;
	if (ours)
		fuse_session_unmount(fs->session);
	fuse_session_destroy(fs->session);
	fs->session = NULL;
}
