// SPDX-License-Identifier: Apache-2.0
/*
 * Labels files; see mark.h. What is signed is the digest of the bytes of one
 * pass, and it is set on the descriptor that they were read from (or, of a
 * copy, written to).
 */
#include "mark.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/cleanup.h"
#include "cli.h"
#include "content.h"
#include "copy.h"
#include "label.h"
#include "links.h"
#include "xattr.h"

struct marker {
	const struct mark *m;
	struct links *links; /* of files in place */
	struct copy *copy;   /* NULL: in place */
	_Atomic uint64_t marked, kept;
};

DEFINE_FREEP(struct links, links);
DEFINE_FREEP(struct copy, copy);

static int print_value(const struct walk_file *f, const struct buf *value,
		       struct out *out)
{
	size_t before = out->to_stdout.len;
	int r;

	r = buf_append_hex(&out->to_stdout, value->data, value->len);
	if (r == 0)
		r = buf_append_str(&out->to_stdout, "  ");
	if (r == 0)
		r = buf_append_escaped(&out->to_stdout, f->path);
	if (r == 0)
		r = buf_append_str(&out->to_stdout, "\n");
	if (r < 0) {
		out->to_stdout.len = before;
		out_error_at(out, f->path, "%s", strerrordesc_np(-r));
	}
	return r;
}

/* copy_label_fn: makes the label for @d and sets or prints it. */
static int put_label(void *arg, const struct walk_file *f, int fd,
		     const struct digest *d, struct out *out)
{
	CLEANUP(buf_release) struct buf value = BUF_INIT;
	struct marker *k = arg;
	int r;

	r = k->m->key ? signing_key_sign(k->m->key, d, &value)
		      : ima_xattr_encode(d, &value);
	if (r < 0) {
		out_error_at(out, f->path, "cannot sign: %s",
			     strerrordesc_np(-r));
		return r;
	}
	if (k->m->print)
		return print_value(f, &value, out);
	r = label_set(fd, k->m->label, &value);
	if (r < 0)
		label_set_error(out, f->path, k->m->label, r);
	return r;
}

/* Return: 1 if @fd is signed already, 0 if not, -errno when told. */
static int is_signed(const struct marker *k, const struct walk_file *f, int fd,
		     struct out *out)
{
	CLEANUP(buf_release) struct buf old = BUF_INIT;
	int r = attr_read(fd, k->m->label, &old);

	/* where there are no attributes, setting one will say so */
	if (r == -ENODATA || r == -EOPNOTSUPP)
		return 0;
	if (r < 0) {
		label_get_error(out, f->path, k->m->label, r);
		return r;
	}
	return label_is_signature(&old);
}

static int mark_open_file(struct marker *k, const struct walk_file *f, int fd,
			  struct out *out, void *scratch)
{
	struct digest d;
	int r;

	if (k->m->keep_signatures) {
		r = is_signed(k, f, fd, out);
		if (r > 0)
			k->kept++;
		if (r != 0)
			return r < 0 ? r : 0;
	}
	r = content_digest(f, fd, k->m->alg, -1, scratch, &d);
	if (r < 0) {
		out_error_at(out, f->path, "%s", content_error(r));
		return r;
	}
	r = put_label(k, f, fd, &d, out);
	if (r == 0)
		k->marked++;
	return r;
}

static int mark_in_place(struct marker *k, const struct walk_file *f,
			 struct out *out, void *scratch)
{
	CLEANUP(closep) int fd = walk_open(f);

	if (fd < 0) {
		out_error_at(out, f->path, "%s", content_error(fd));
		return fd;
	}
	return mark_open_file(k, f, fd, out, scratch);
}

/* A file with several names is marked at the first; values are printed for
 * each of them. */
static int mark_linked(struct marker *k, const struct walk_file *f,
		       struct out *out, void *scratch)
{
	struct link_copy l = { 0 };
	int r;

	r = links_begin(k->links, &f->st, &l);
	if (r < 0)
		out_error_at(out, f->path, "%s", strerrordesc_np(-r));
	if (r <= 0)
		return r; /* what failed was told at its first name */
	r = mark_in_place(k, f, out, scratch);
	l.result = r;
	links_done(k->links, &f->st, &l);
	return r;
}

static int on_file(void *arg, const struct walk_file *f, struct out *out,
		   void *scratch)
{
	struct marker *k = arg;
	int r;

	if (k->copy) {
		r = copy_file(k->copy, f, k->m->alg, put_label, k, out,
			      scratch);
		if (r > 0)
			k->marked++;
		return r < 0 ? r : 0;
	}
	if (f->st.st_nlink > 1 && !k->m->print)
		return mark_linked(k, f, out, scratch);
	return mark_in_place(k, f, out, scratch);
}

static int on_enter(void *arg, struct walk_dir *d, struct out *out)
{
	struct marker *k = arg;

	return copy_enter(k->copy, d, out);
}

static int on_leave(void *arg, struct walk_dir *d, struct out *out)
{
	struct marker *k = arg;

	return copy_leave(k->copy, d, out);
}

/* One directory becomes the destination itself. */
static bool is_one_directory(char *const paths[])
{
	struct stat st;

	return paths[0] && !paths[1] && stat(paths[0], &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

static int run(struct marker *k, char *const paths[], struct walk_result *w)
{
	const struct walk_ops in_place = { .file = on_file };
	const struct walk_ops copying = { .file = on_file,
					  .enter = on_enter,
					  .leave = on_leave,
					  .all_types = true };
	int r, synced;

	r = walk(&k->m->walk, k->copy ? &copying : &in_place, k, paths, w);
	if (r < 0)
		cli_error("%s", strerrordesc_np(-r));
	synced = copy_finish(k->copy);
	if (synced < 0)
		cli_error("%s: %s", k->m->dest, strerrordesc_np(-synced));
	return r < 0 ? r : synced;
}

int mark(const struct mark *m, char *const paths[], struct mark_result *ret)
{
	CLEANUP(links_freep) struct links *links = NULL;
	CLEANUP(copy_freep) struct copy *copy = NULL;
	struct walk_result w = { 0 };
	struct marker k = { .m = m };
	int r;

	r = links_new(&links);
	if (r == 0 && m->dest)
		r = copy_new(m->dest, m->label, is_one_directory(paths), &copy);
	if (r < 0) {
		if (m->dest)
			cli_error("--to '%s': cannot make or open this "
				  "directory: %s",
				  m->dest, strerrordesc_np(-r));
		else
			cli_error("%s: %s", paths[0], strerrordesc_np(-r));
		return r;
	}
	k.links = links;
	k.copy = copy;
	r = run(&k, paths, &w);
	*ret = (struct mark_result){ .marked = k.marked,
				     .kept = k.kept,
				     .failed = w.failed,
				     .bytes = w.bytes };
	return r;
}

void mark_print_rest(const struct mark_result *r)
{
	if (r->kept)
		(void)fprintf(stderr, ", %" PRIu64 " signed %s left alone",
			      r->kept, r->kept == 1 ? "file" : "files");
	if (r->failed)
		(void)fprintf(stderr, ", %" PRIu64 " failed", r->failed);
	(void)fputc('\n', stderr);
}
