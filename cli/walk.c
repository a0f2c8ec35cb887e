// SPDX-License-Identifier: Apache-2.0
/*
 * Finds files; see walk.h. A directory is read whole and sorted, so that the
 * order of the output is that of the names. It stays open, and its parents
 * with it, while one of its files waits or is worked on.
 */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "pool.h"

/* A directory that is being read. */
struct level {
	struct walk_dir *dir;
	struct dirent **entry;
	int n, at;
};

struct walker {
	const struct walk_options *o;
	const struct walk_ops *ops;
	void *arg;
	struct progress *progress;
	struct pool *pool; /* NULL: only counting, for the progress bar */
	_Atomic uint64_t failed;
	struct level *level; /* the finder's stack */
	size_t depth, depth_max;
};

static atomic_int stop_signal;

bool walk_stopped(void)
{
	return atomic_load_explicit(&stop_signal, memory_order_relaxed) != 0;
}

static void on_signal(int number)
{
	stop_signal = number;
}

static void refuse(struct walker *w, struct out *o)
{
	w->failed++;
	if (w->pool)
		pool_say(w->pool, o);
}

/* A failure of the walk itself. While counting, it is not ours to tell. */
static void refuse_path(struct walker *w, const char *path, int r)
{
	struct out o = { BUF_INIT, BUF_INIT };

	if (!w->pool)
		return;
	if (r == -EISDIR)
		out_error_at(&o, path, "is a directory; use -r for its files");
	else if (r == -EMFILE || r == -ENFILE)
		out_error_at(&o, path, "%s; raise the limit with ulimit -n",
			     strerrordesc_np(-r));
	else
		out_error_at(&o, path, "%s", strerrordesc_np(-r));
	refuse(w, &o);
}

static char *join(const struct walk_dir *dir, const char *name)
{
	char *path = NULL;
	size_t len;

	if (!dir)
		return strdup(name);
	len = strlen(dir->path);
	if (asprintf(&path, "%s%s%s", dir->path,
		     len && dir->path[len - 1] == '/' ? "" : "/", name) < 0)
		return NULL;
	return path;
}

static void unref(struct walker *w, struct walk_dir *d)
{
	while (d && atomic_fetch_sub(&d->refs, 1) == 1) {
		struct walk_dir *parent = d->parent;
		struct out o = { BUF_INIT, BUF_INIT };

		if (w->pool && w->ops->leave &&
		    w->ops->leave(w->arg, d, &o) < 0)
			refuse(w, &o);
		(void)close(d->fd); /* nothing was written to it */
		free(d->path);
		free(d);
		d = parent;
	}
}

static int not_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/*
 * Opens a directory. Takes over @path in any case.
 * @parent: gains a reference
 */
static int open_dir(struct walk_dir *parent, const char *name, char *path,
		    struct walk_dir **ret)
{
	struct walk_dir *d = calloc(1, sizeof(*d));
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int r = 0;

	if (!d) {
		free(path);
		return -ENOMEM;
	}
	d->fd = openat(parent ? parent->fd : AT_FDCWD, name,
		       parent ? flags | O_NOFOLLOW : flags);
	if (d->fd < 0 || fstat(d->fd, &d->st) < 0)
		r = -errno;
	if (r < 0) {
		if (d->fd >= 0)
			(void)close(d->fd); /* read-only */
		free(d);
		free(path);
		return r;
	}
	d->path = path;
	d->name = path + strlen(path) - strlen(name);
	d->parent = parent;
	d->refs = 1;
	if (parent)
		parent->refs++;
	*ret = d;
	return 0;
}

/* Reads @d and makes it the one whose entries come next; takes over @d. */
static int push(struct walker *w, struct walk_dir *d)
{
	struct level *l;
	int r;

	if (w->depth == w->depth_max) {
		size_t max = w->depth_max ? w->depth_max * 2 : 64;

		l = reallocarray(w->level, max, sizeof(*l));
		if (!l) {
			unref(w, d);
			return -ENOMEM;
		}
		w->level = l;
		w->depth_max = max;
	}
	l = &w->level[w->depth];
	*l = (struct level){ .dir = d };
	l->n = scandirat(d->fd, ".", &l->entry, not_dots, by_bytes);
	if (l->n < 0) {
		r = -errno;
		refuse_path(w, d->path, r);
		unref(w, d);
		return r == -ENOMEM ? r : 0;
	}
	w->depth++;
	return 0;
}

static void pop(struct walker *w)
{
	struct level *l = &w->level[--w->depth];

	for (int i = 0; i < l->n; i++)
		free(l->entry[i]);
	free(l->entry);
	unref(w, l->dir);
}

/* Takes over @path. */
static int found_dir(struct walker *w, struct walk_dir *parent,
		     const char *name, char *path)
{
	CLEANUP(freep) char *shown = strdup(path);
	struct out o = { BUF_INIT, BUF_INIT };
	struct walk_dir *d = NULL;
	int r;

	r = open_dir(parent, name, path, &d);
	if (r < 0) {
		refuse_path(w, shown ? shown : name, r);
		return r == -ENOMEM ? r : 0;
	}
	if (parent && w->o->one_fs && d->st.st_dev != parent->st.st_dev) {
		r = 1; /* its own file system: not wanted */
	} else if (w->pool && w->ops->enter) {
		r = w->ops->enter(w->arg, d, &o);
		if (r < 0)
			refuse(w, &o);
	}
	if (r == 0)
		return push(w, d);
	/* not entered, so not left either */
	(void)close(d->fd); /* nothing was written to it */
	free(d->path);
	free(d);
	unref(w, parent);
	return 0;
}

static void free_file(struct walker *w, struct walk_file *f)
{
	unref(w, f->dir);
	free(f->path);
	free(f);
}

/* Takes over @path. */
static int found_file(struct walker *w, struct walk_dir *dir, const char *name,
		      char *path, const struct stat *st)
{
	struct walk_file *f;

	if (!w->pool) {
		free(path);
		progress_expect(w->progress, 1,
				S_ISREG(st->st_mode) ? (uint64_t)st->st_size
						     : 0);
		return 0;
	}
	f = calloc(1, sizeof(*f));
	if (!f) {
		free(path);
		return -ENOMEM;
	}
	f->path = path;
	f->dir = dir;
	f->name = path + strlen(path) - strlen(name);
	f->st = *st;
	f->progress = w->progress;
	if (dir)
		dir->refs++;
	if (pool_add(w->pool, f) < 0) {
		free_file(w, f);
		return -ENOMEM;
	}
	return 0;
}

static int found(struct walker *w, struct walk_dir *dir, const char *name)
{
	char *path = join(dir, name);
	struct stat st;

	if (!path)
		return -ENOMEM;
	if (fstatat(dir ? dir->fd : AT_FDCWD, name, &st,
		    dir ? AT_SYMLINK_NOFOLLOW : 0) < 0) {
		refuse_path(w, path, -errno);
		free(path);
		return 0;
	}
	if (S_ISDIR(st.st_mode) && w->o->recursive)
		return found_dir(w, dir, name, path);
	if (S_ISREG(st.st_mode) || (!S_ISDIR(st.st_mode) && w->ops->all_types))
		return found_file(w, dir, name, path, &st);
	if (S_ISDIR(st.st_mode)) {
		refuse_path(w, path, -EISDIR);
	} else if (!dir && w->pool) {
		struct out o = { BUF_INIT, BUF_INIT };

		out_error_at(&o, path, "not a regular file");
		refuse(w, &o);
	}
	free(path);
	return 0;
}

static int find_all(struct walker *w, char *const paths[])
{
	int r = 0;

	for (size_t i = 0; paths[i] && r == 0 && !walk_stopped(); i++) {
		r = found(w, NULL, paths[i]);
		while (w->depth) {
			struct level *l = &w->level[w->depth - 1];

			if (r < 0 || l->at == l->n || walk_stopped())
				pop(w);
			else
				r = found(w, l->dir, l->entry[l->at++]->d_name);
		}
	}
	free(w->level);
	w->level = NULL;
	w->depth_max = 0;
	return r;
}

/* pool_fn */
static void do_file(void *arg, void *task, struct out *out, void *scratch)
{
	struct walker *w = arg;
	struct walk_file *f = task;

	if (!walk_stopped() && w->ops->file(w->arg, f, out, scratch) < 0)
		w->failed++;
	progress_advance(w->progress, 1, 0);
	free_file(w, f);
}

static unsigned processors(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (unsigned)n : 1;
}

/* Directories are held open: as many as the administrator lets us. */
static void raise_limits(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &l); /* EMFILE is reported */
	}
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))

static void catch_signals(struct sigaction old[])
{
	struct sigaction sa = { .sa_handler = on_signal,
				.sa_flags = SA_RESTART };

	(void)sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < N_SIGNALS; i++) {
		(void)sigaction(signals[i], NULL, &old[i]);
		/* nohup stays nohup */
		if (old[i].sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &sa, NULL);
	}
}

static void release_signals(const struct sigaction old[])
{
	int number = stop_signal;

	for (size_t i = 0; i < N_SIGNALS; i++)
		(void)sigaction(signals[i], &old[i], NULL);
	if (!number)
		return;
	(void)fflush(stdout); /* we are going */
	(void)raise(number);
}

static int run(struct walker *w, char *const paths[])
{
	unsigned jobs = w->o->jobs ? w->o->jobs : processors();
	int r, r_end;

	/* counting first costs little next to reading every file */
	if (progress_visible(w->progress)) {
		r = find_all(w, paths);
		if (r < 0)
			return r;
	}
	if (!w->o->recursive && !paths[1])
		jobs = 1;
	r = pool_new(jobs, do_file, w, w->progress, &w->pool);
	if (r < 0)
		return r;
	r = find_all(w, paths);
	r_end = pool_end(w->pool);
	if (r_end == 0 && fflush(stdout) != 0)
		r_end = -errno;
	return r < 0 ? r : r_end;
}

int walk(const struct walk_options *o, const struct walk_ops *ops, void *arg,
	 char *const paths[], struct walk_result *ret)
{
	struct walker w = { .o = o, .ops = ops, .arg = arg };
	struct sigaction old[N_SIGNALS];
	int r;

	r = progress_new(!o->quiet, &w.progress);
	if (r < 0)
		return r;
	raise_limits();
	catch_signals(old);
	r = run(&w, paths);
	ret->failed = w.failed;
	ret->bytes = progress_bytes(w.progress);
	progress_free(w.progress);
	release_signals(old);
	return r;
}

int walk_open(const struct walk_file *f)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int dirfd = f->dir ? f->dir->fd : AT_FDCWD;
	struct stat st;
	int fd, r = 0;

	if (f->dir)
		flags |= O_NOFOLLOW;
	/* reading a tree should not mark it all as read; owners only */
	fd = openat(dirfd, f->name, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = openat(dirfd, f->name, flags);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_dev != f->st.st_dev ||
		 st.st_ino != f->st.st_ino)
		r = -ESTALE;
	if (r < 0) {
		(void)close(fd); /* read-only */
		return r;
	}
	return fd;
}
