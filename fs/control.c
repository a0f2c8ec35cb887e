// SPDX-License-Identifier: Apache-2.0
/*
 * The table of .ima/ and what its files share: nodes, attributes, opening,
 * reading a text that was made at open. What is in a file is in control_*.c.
 */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "control_file.h"

/*
 * Inode numbers that no file system hands out for its files: they count down
 * from the top. The directory has the first one.
 */
#define CONTROL_INO UINT64_MAX

static const struct {
	const char *name;
	mode_t mode;
	const struct control_type *type;
} fixed_files[] = {
	{ "policy", 0600, &control_policy },
	{ "policy_error", 0400, &control_policy_error },
	{ "runtime_measurements_count", 0440, &control_count },
	{ "violations", 0440, &control_violations },
	{ "denials", 0400, &control_denials },
	{ "status", 0444, &control_status },
	{ "tpm", 0444, &control_tpm },
	{ "keys", 0444, &control_keys },
	{ "evm", 0440, &control_evm },
	{ "evm_keys", 0444, &control_evm_keys },
	{ "version", 0444, &control_version },
};

#define N_FIXED (sizeof(fixed_files) / sizeof(fixed_files[0]))

static struct control_file *add(struct control *c, mode_t mode,
				const struct control_type *type)
{
	struct control_file *f = &c->file[c->n_files++];

	f->mode = S_IFREG | mode;
	f->type = type;
	f->node.control = f;
	return f;
}

/* The pair of lists with the digests of @view; NULL: the unnamed pair. */
static void add_lists(struct control *c, enum hash_alg view, const char *alg)
{
	static const struct {
		const char *name;
		enum journal_format format;
	} list[] = {
		{ "ascii_runtime_measurements", JOURNAL_ASCII },
		{ "binary_runtime_measurements", JOURNAL_BINARY },
	};

	for (size_t i = 0; i < 2; i++) {
		struct control_file *f = add(c, 0440, &control_list);

		f->format = list[i].format;
		f->view = view;
		(void)snprintf(f->name, sizeof(f->name), "%s%s%s", list[i].name,
			       alg ? "_" : "", alg ? alg : "");
	}
}

int control_new(const struct fs *fs, struct control **ret)
{
	enum hash_alg view[TPM_BANKS_MAX + 1];
	struct control *c;
	size_t n;

	*ret = NULL;
	if (fs->opt->control == CONTROL_NONE)
		return 0;
	n = journal_views(fs->journal, view);
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->file = calloc(N_FIXED + 2 * (n + 1), sizeof(*c->file));
	if (!c->file) {
		free(c);
		return -ENOMEM;
	}
	for (size_t i = 0; i < N_FIXED; i++) {
		struct control_file *f =
			add(c, fixed_files[i].mode, fixed_files[i].type);

		(void)snprintf(f->name, sizeof(f->name), "%s",
			       fixed_files[i].name);
	}
	/* as in securityfs: the names without an algorithm are the sha1 view */
	add_lists(c, HASH_ALG_SHA1, NULL);
	for (size_t i = 0; i < n; i++)
		add_lists(c, view[i], hash_alg_name(view[i]));
	c->dir.mode = S_IFDIR | 0555;
	c->dir.node.control = &c->dir;
	c->uid = geteuid();
	c->gid = getegid();
	(void)clock_gettime(CLOCK_REALTIME, &c->made);
	(void)pthread_mutex_init(&c->lock, NULL); /* cannot fail on Linux */
	(void)pthread_cond_init(&c->policy_free, NULL);
	*ret = c;
	return 0;
}

void control_free(struct control *c)
{
	if (!c)
		return;
	(void)pthread_cond_destroy(&c->policy_free);
	(void)pthread_mutex_destroy(&c->lock);
	buf_release(&c->policy_error);
	free(c->file);
	free(c);
}

struct node *control_dir(struct fs *fs)
{
	return fs->control ? &fs->control->dir.node : NULL;
}

struct node *control_lookup(struct fs *fs, const char *name)
{
	struct control *c = fs->control;

	for (size_t i = 0; c && i < c->n_files; i++) {
		if (strcmp(c->file[i].name, name) == 0)
			return &c->file[i].node;
	}
	return NULL;
}

/* The length of the text that a reader who opens the file now would get. */
static size_t text_size(struct fs *fs, const struct control_file *f)
{
	struct buf text = BUF_INIT;
	size_t n = f->type->print(fs, &text) < 0 ? 0 : text.len;

	buf_release(&text);
	return n;
}

void control_attr(struct fs *fs, const struct node *n,
		  const struct control_handle *h, struct stat *st)
{
	const struct control *c = fs->control;
	const struct control_file *f = n->control;

	memset(st, 0, sizeof(*st));
	st->st_mode = f->mode;
	st->st_uid = c->uid;
	st->st_gid = c->gid;
	st->st_nlink = S_ISDIR(f->mode) ? 2 : 1;
	st->st_ino = CONTROL_INO;
	if (f != &c->dir)
		st->st_ino -= 1 + (uint64_t)(f - c->file);
	st->st_blksize = 4096;
	st->st_atim = st->st_mtim = st->st_ctim = c->made;
	if (f->type && f->type->size)
		st->st_size = (off_t)f->type->size(fs, f);
	else if (h)
		st->st_size = (off_t)h->text.len;
	else if (f->type && f->type->print)
		st->st_size = (off_t)text_size(fs, f);
}

bool control_entry(struct fs *fs, size_t index, const char **ret_name,
		   struct node **ret)
{
	struct control *c = fs->control;

	if (!c || index >= c->n_files)
		return false;
	*ret_name = c->file[index].name;
	*ret = &c->file[index].node;
	return true;
}

static void handle_free(struct control_handle *h)
{
	if (!h)
		return;
	(void)pthread_mutex_destroy(&h->lock);
	buf_release(&h->text);
	free(h);
}

static void handle_freep(struct control_handle **h)
{
	handle_free(*h);
}

static int open_write(struct fs *fs, struct control_handle *h,
		      const struct caller *c, int flags)
{
	/*
	 * The kernel has compared the mode bits, but it lets CAP_DAC_OVERRIDE
	 * through, and that may be somebody else's. Writing and reading in
	 * one descriptor is refused as the kernel's own policy file does.
	 */
	if (!h->file->type->write || c->fsuid != fs->control->uid ||
	    (flags & O_ACCMODE) != O_WRONLY)
		return -EACCES;
	h->writes = true;
	return h->file->type->open_write(fs, h, c, flags);
}

static void handle_list(struct control *c, struct control_handle *h)
{
	(void)pthread_mutex_lock(&c->lock);
	h->prev = &c->handles;
	h->next = c->handles;
	if (h->next)
		h->next->prev = &h->next;
	c->handles = h;
	(void)pthread_mutex_unlock(&c->lock);
}

static void handle_unlist(struct control *c, struct control_handle *h)
{
	(void)pthread_mutex_lock(&c->lock);
	*h->prev = h->next;
	if (h->next)
		h->next->prev = h->prev;
	(void)pthread_mutex_unlock(&c->lock);
}

int control_open(struct fs *fs, const struct node *n, const struct caller *c,
		 int flags, struct control_handle **ret)
{
	CLEANUP(handle_freep) struct control_handle *h = NULL;
	int r = 0;

	if (!S_ISREG(n->control->mode))
		return -EISDIR;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	(void)pthread_mutex_init(&h->lock, NULL); /* cannot fail on Linux */
	h->file = n->control;
	if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
		r = open_write(fs, h, c, flags);
	else if (h->file->type->print)
		r = h->file->type->print(fs, &h->text);
	if (r < 0)
		return r;
	handle_list(fs->control, h);
	*ret = STEAL(h);
	return 0;
}

ssize_t control_read(struct fs *fs, struct control_handle *h, void *to,
		     size_t len, off_t at)
{
	size_t left;

	if (h->writes)
		return -EBADF;
	if (at < 0)
		return -EINVAL;
	if (h->file->type->read)
		return h->file->type->read(fs, h, to, len, at);
	if ((uint64_t)at >= h->text.len)
		return 0;
	left = h->text.len - (size_t)at;
	if (len > left)
		len = left;
	memcpy(to, h->text.data + at, len);
	return (ssize_t)len;
}

ssize_t control_write(struct fs *fs, struct control_handle *h, const void *from,
		      size_t len, off_t at)
{
	ssize_t r;

	(void)at; /* a stream: control.h */
	if (!h->writes)
		return -EBADF;
	(void)pthread_mutex_lock(&h->lock);
	r = h->file->type->write(fs, h, from, len);
	(void)pthread_mutex_unlock(&h->lock);
	return r;
}

int control_flush(struct fs *fs, struct control_handle *h,
		  const struct caller *c)
{
	int r;

	if (!h->writes)
		return 0;
	(void)pthread_mutex_lock(&h->lock);
	r = h->file->type->flush(fs, h, c);
	(void)pthread_mutex_unlock(&h->lock);
	return r;
}

void control_release(struct fs *fs, struct control_handle *h)
{
	/* the kernel is done with the handle: nobody else has it */
	if (h->writes)
		h->file->type->release(fs, h);
	handle_unlist(fs->control, h);
	handle_free(h);
}

void control_release_all(struct fs *fs)
{
	while (fs->control && fs->control->handles)
		control_release(fs, fs->control->handles);
}
