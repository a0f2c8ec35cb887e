// SPDX-License-Identifier: Apache-2.0
/*
 * .ima/policy and .ima/policy_error: reading the rules in force, and writing
 * others. Nothing is in force before all of it was accepted, and then all of
 * it is at once.
 *
 * A writer's text is a stream of lines, in any number of write(2)s; how it is
 * cut does not matter. (The kernel parses the first line of each write() and
 * answers with a short count; programs that loop see no difference.) The write
 * that completes a line that is not a rule fails, as in the kernel, and
 * everything of this writer is dropped with it. A line that begins with '/' is
 * the path of a policy file, which is measured and appraised under the
 * POLICY_CHECK rules in force.
 *
 * Opened with O_TRUNC the rules replace those in force; otherwise they are
 * added at the end, with or without O_APPEND: the kernel knows nothing else.
 * A writer without any rule changes nothing, so a policy cannot be lost by
 * "cat missing-file >.ima/policy".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/proc.h"
#include "control_file.h"
#include "gate.h"
#include "policy.h"
#include "session.h"

/* One writer; guarded by the handle's lock. */
struct writer {
	struct caller who;
	pid_t process;	     /* that opened the file */
	struct policy *base; /* a reference: what is added to; NULL: replace */
	struct buf rules;    /* complete lines, accepted; files in place of
				their paths */
	struct buf pending;  /* the last line, as far as it came */
	unsigned line;	     /* number of the pending line */
	bool direct;	     /* has rules that came in no file */
	bool fresh;	     /* something came since rules took effect */
	bool wrote;	     /* something came */
	int error;	     /* the first refusal; it stays */
};

static void policy_unrefp(struct policy **p)
{
	policy_unref(*p);
}

/* .ima/policy_error says @text from now on; takes it over. */
static void tell(struct fs *fs, struct buf text)
{
	struct control *c = fs->control;
	struct buf old;

	(void)pthread_mutex_lock(&c->lock);
	old = c->policy_error;
	c->policy_error = text;
	(void)pthread_mutex_unlock(&c->lock);
	buf_release(&old);
}

/* "file:line:column: reason", as far as it is known, and a newline. */
static int print_reason(const char *file, const struct diag *d, struct buf *to)
{
	int r = 0;

	if (file)
		r = buf_append_escaped(to, file);
	if (r == 0 && file && d->line)
		r = buf_append_u8(to, ':');
	if (r == 0 && d->line)
		r = buf_printf(to, "%u:%u", d->line, d->column);
	if (r == 0 && (file || d->line))
		r = buf_append_str(to, ": ");
	if (r == 0)
		r = buf_append_escaped(to, d->msg);
	return r < 0 ? r : buf_append_u8(to, '\n');
}

/*
 * Says why the rules were not taken. @file: where they stood, NULL: written
 * directly. Return: @error.
 */
static int refuse(struct fs *fs, const struct writer *w, int error,
		  const char *file, const struct diag *d)
{
	struct buf text = BUF_INIT;

	if (print_reason(file, d, &text) < 0)
		buf_release(&text); /* no memory: the errno has to do */
	log_warn("the policy stays as it is: %.*s op=policy_update "
		 "cause=failed res=0 errno=%d pid=%d uid=%u",
		 text.len ? (int)text.len - 1 : 0,
		 text.data ? (const char *)text.data : "", -error, w->who.pid,
		 w->who.fsuid);
	tell(fs, text);
	return error;
}

/* Do the rules in force demand that policies come in appraised files? */
static bool must_be_signed(struct fs *fs)
{
	CLEANUP(policy_unrefp) struct policy *now = fs_policy(fs);

	return policy_appraises(now, HOOK_POLICY_CHECK);
}

static int refuse_direct(struct fs *fs, const struct writer *w)
{
	struct diag d = { .line = w->line, .column = 1 };

	diag_set(&d, "the policy in force has an appraise rule for "
		     "POLICY_CHECK: write the path of a signed policy file, "
		     "not rules");
	return refuse(fs, w, -EACCES, NULL, &d);
}

/* May these rules, as they were written, be taken? */
static int check_direct(struct fs *fs, struct writer *w, const char *text,
			size_t len)
{
	CLEANUP(policy_unrefp) struct policy *p = NULL;
	struct diag d = { 0 };
	int r;

	r = policy_parse(text, len, &fs_policy_env, &p, &d);
	if (r < 0) {
		if (d.line)
			d.line += w->line - 1;
		if (!d.msg[0])
			diag_set(&d, "%s", strerror(-r));
		return refuse(fs, w, r, NULL, &d);
	}
	if (policy_count(p) > 0)
		w->direct = true;
	return w->direct && must_be_signed(fs) ? refuse_direct(fs, w) : 0;
}

/* Whole lines without paths. */
static int take_rules(struct fs *fs, struct writer *w, const char *text,
		      size_t len)
{
	int r = check_direct(fs, w, text, len);

	if (r == 0)
		r = buf_append(&w->rules, text, len);
	if (r < 0)
		return r;
	for (size_t i = 0; i < len; i++)
		w->line += text[i] == '\n';
	return 0;
}

/* What is wrong with the content of a policy file? */
static int check_file(struct fs *fs, const struct writer *w, const char *path,
		      const struct buf *content)
{
	CLEANUP(policy_unrefp) struct policy *p = NULL;
	struct diag d = { 0 };
	int r;

	if (w->rules.len + content->len > CONTROL_POLICY_MAX) {
		diag_set(&d, "more than %zu bytes of rules",
			 CONTROL_POLICY_MAX);
		return refuse(fs, w, -EFBIG, path, &d);
	}
	if (!content->len || content->data[content->len - 1] != '\n') {
		/* the kernel's rule: a file that was cut off shows */
		diag_set(&d, "a policy file must end in a newline");
		return refuse(fs, w, -EINVAL, path, &d);
	}
	r = policy_parse((const char *)content->data, content->len,
			 &fs_policy_env, &p, &d);
	if (r < 0) {
		if (!d.msg[0])
			diag_set(&d, "%s", strerror(-r));
		return refuse(fs, w, r, path, &d);
	}
	return 0;
}

/* A line that names a policy file; @line has neither newline nor NUL. */
static int take_path(struct fs *fs, struct writer *w, const char *line,
		     size_t len)
{
	CLEANUP(freep) char *path = strndup(line, len);
	CLEANUP(buf_release) struct buf content = BUF_INIT;
	struct diag d = { 0 };
	struct verdict v = { 0 };
	int r;

	if (!path)
		return -ENOMEM;
	if (strlen(path) != len) {
		diag_at(&d, w->line, 1, "the path has a NUL byte");
		return refuse(fs, w, -EINVAL, NULL, &d);
	}
	r = gate_policy_file(fs, &w->who, path, &content, &v);
	if (r < 0) {
		diag_set(&d, "cannot be read: %s",
			 r == -EINVAL ? "not a regular file" : strerror(-r));
		return refuse(fs, w, r, path, &d);
	}
	if (!v.allow) {
		diag_set(&d, "refused by the rules for POLICY_CHECK: %s",
			 v.cause ? v.cause : "no cause known");
		return refuse(fs, w, -(v.error > 0 ? v.error : EACCES), path,
			      &d);
	}
	r = check_file(fs, w, path, &content);
	if (r == 0)
		r = buf_append(&w->rules, content.data, content.len);
	if (r < 0)
		return r;
	w->line++;
	return 0;
}

/* Whole lines: paths one by one, rules between them together. */
static int take_lines(struct fs *fs, struct writer *w, const char *text,
		      size_t len)
{
	int r = 0;

	for (size_t at = 0, end; r == 0 && at < len; at = end) {
		const char *nl = memchr(text + at, '\n', len - at);

		end = (size_t)(nl - text) + 1;
		if (text[at] == '/') {
			r = take_path(fs, w, text + at, end - at - 1);
			continue;
		}
		while (end < len && text[end] != '/') {
			nl = memchr(text + end, '\n', len - end);
			end = (size_t)(nl - text) + 1;
		}
		r = take_rules(fs, w, text + at, end - at);
	}
	return r;
}

static void drop_front(struct buf *b, size_t len)
{
	b->len -= len;
	if (b->len)
		memmove(b->data, b->data + len, b->len);
}

static int take(struct fs *fs, struct writer *w, const void *from, size_t len)
{
	size_t old = w->pending.len;
	const uint8_t *nl = memrchr(from, '\n', len);
	int r;

	if (w->rules.len + old + len > CONTROL_POLICY_MAX) {
		struct diag d = { 0 };

		diag_at(&d, w->line, 1, "more than %zu bytes of rules",
			CONTROL_POLICY_MAX);
		return refuse(fs, w, -EFBIG, NULL, &d);
	}
	r = buf_append(&w->pending, from, len);
	if (r < 0 || !nl)
		return r;
	len = old + (size_t)(nl - (const uint8_t *)from) + 1;
	r = take_lines(fs, w, (const char *)w->pending.data, len);
	if (r == 0)
		drop_front(&w->pending, len);
	return r;
}

static ssize_t policy_write(struct fs *fs, struct control_handle *h,
			    const void *from, size_t len)
{
	struct writer *w = h->state;

	if (!len)
		return w->error;
	w->wrote = true;
	w->fresh = true;
	if (w->error == 0)
		w->error = take(fs, w, from, len);
	return w->error < 0 ? w->error : (ssize_t)len;
}

/* The line that has no newline yet counts, as it does for the kernel. */
static int all_rules(struct fs *fs, struct writer *w, struct buf *to)
{
	const char *text = (const char *)w->pending.data;
	size_t len = w->pending.len;
	int r = 0;

	if (len && text[0] == '/') {
		r = take_path(fs, w, text, len);
		if (r < 0)
			return w->error = r;
		w->pending.len = len = 0;
	} else if (len) {
		/* more of it may come, so this is not the last word */
		r = check_direct(fs, w, text, len);
	}
	if (r == 0 && w->direct && must_be_signed(fs))
		r = refuse_direct(fs, w);
	if (r == 0)
		r = buf_append(to, w->rules.data, w->rules.len);
	return r < 0 ? r : buf_append(to, text, len);
}

static int make_policy(struct fs *fs, struct writer *w, struct policy **ret)
{
	CLEANUP(policy_unrefp) struct policy *p = NULL;
	CLEANUP(buf_release) struct buf all = BUF_INIT;
	struct diag d = { 0 };
	int r;

	r = all_rules(fs, w, &all);
	if (r < 0)
		return r;
	r = policy_parse((const char *)all.data, all.len, &fs_policy_env, &p,
			 &d);
	if (r < 0)
		return refuse(fs, w, r, NULL, &d);
	if (policy_count(p) == 0) {
		diag_set(&d, "there is no rule in it; a policy that does "
			     "nothing is 'dont_measure'");
		return refuse(fs, w, -EINVAL, NULL, &d);
	}
	if (w->base)
		return policy_concat(w->base, p, ret);
	*ret = STEAL(p);
	return 0;
}

static int put_in_force(struct fs *fs, struct writer *w)
{
	struct policy *p = NULL;
	size_t rules;
	int r;

	w->fresh = false;
	r = make_policy(fs, w, &p);
	if (r < 0)
		return r;
	rules = policy_count(p);
	r = fs_policy_set(fs, p); /* takes the reference */
	if (r < 0) {
		struct diag d = { 0 };

		diag_set(&d, "the policy is locked (policy_once)");
		return refuse(fs, w, r, NULL, &d);
	}
	tell(fs, (struct buf)BUF_INIT);
	log_info("a new policy is in force op=policy_update cause=completed "
		 "res=1 rules=%zu pid=%d uid=%u",
		 rules, w->who.pid, w->who.fsuid);
	return 0;
}

/* The process of a thread, so that any thread of the opener may close. */
static pid_t process_of(pid_t tid)
{
	CLEANUP(fclosep) FILE *f = NULL;
	char path[32], line[128];
	int tgid;

	if (tid <= 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%d/status", proc_dir(), tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Tgid: %d", &tgid) == 1)
			return tgid;
	}
	return tid;
}

static void set_leaving(struct fs *fs, bool leaving)
{
	struct control *c = fs->control;

	(void)pthread_mutex_lock(&c->lock);
	c->policy_leaving = leaving;
	(void)pthread_mutex_unlock(&c->lock);
}

static int policy_flush(struct fs *fs, struct control_handle *h,
			const struct caller *c)
{
	struct writer *w = h->state;

	if (process_of(c->pid) == w->process)
		set_leaving(fs, true);
	else if (w->error == 0)
		return 0;
	if (w->error < 0)
		return w->error;
	return w->fresh ? put_in_force(fs, w) : 0;
}

static void writer_free(struct writer *w)
{
	if (!w)
		return;
	policy_unref(w->base);
	buf_release(&w->rules);
	buf_release(&w->pending);
	free(w);
}

static void policy_release(struct fs *fs, struct control_handle *h)
{
	struct control *c = fs->control;
	struct writer *w = h->state;

	/* the opener gave its descriptor away, or ended without close(2) */
	if (w->fresh && w->error == 0)
		(void)put_in_force(fs, w); /* was told; nobody waits */
	if (!w->wrote && !w->base) {
		struct buf text = BUF_INIT;

		if (buf_append_str(&text, "nothing was written: the old rules "
					  "are in force\n") < 0)
			buf_release(&text);
		tell(fs, text);
	}
	writer_free(w);
	(void)pthread_mutex_lock(&c->lock);
	c->policy_writer = false;
	(void)pthread_cond_signal(&c->policy_free);
	(void)pthread_mutex_unlock(&c->lock);
}

/* How long a release may be on its way after the flush, in nanoseconds. */
#define RELEASE_NS 100000000

/*
 * The one writer's place. close(2) does not wait for the release, so whoever
 * opens the policy after somebody has closed it waits for that. false: taken.
 */
static bool take_place(struct control *c)
{
	struct timespec until = clock_after_ns(RELEASE_NS);
	bool free;
	int r = 0;

	(void)pthread_mutex_lock(&c->lock);
	if (c->policy_writer && c->policy_leaving)
		session_busy(); /* somebody has to take the release */
	while (c->policy_writer && c->policy_leaving && r != ETIMEDOUT)
		r = pthread_cond_clockwait(&c->policy_free, &c->lock,
					   CLOCK_MONOTONIC, &until);
	free = !c->policy_writer;
	if (free) {
		c->policy_writer = true;
		c->policy_leaving = false;
	}
	(void)pthread_mutex_unlock(&c->lock);
	return free;
}

static int policy_open_write(struct fs *fs, struct control_handle *h,
			     const struct caller *c, int flags)
{
	struct writer *w;
	bool locked;

	(void)pthread_mutex_lock(&fs->policy_lock);
	locked = fs->policy_locked;
	(void)pthread_mutex_unlock(&fs->policy_lock);
	if (locked)
		return -EPERM;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	if (!take_place(fs->control)) {
		free(w);
		return -EBUSY;
	}
	w->who = *c;
	w->process = process_of(c->pid);
	w->line = 1;
	if (!(flags & O_TRUNC))
		w->base = fs_policy(fs);
	h->state = w;
	return 0;
}

static int policy_text(struct fs *fs, struct buf *to)
{
	CLEANUP(policy_unrefp) struct policy *p = fs_policy(fs);

	return policy_print(p, to);
}

const struct control_type control_policy = {
	.print = policy_text,
	.open_write = policy_open_write,
	.write = policy_write,
	.flush = policy_flush,
	.release = policy_release,
};

static int policy_error_print(struct fs *fs, struct buf *to)
{
	struct control *c = fs->control;
	int r;

	(void)pthread_mutex_lock(&c->lock);
	r = buf_append(to, c->policy_error.data, c->policy_error.len);
	(void)pthread_mutex_unlock(&c->lock);
	return r;
}

const struct control_type control_policy_error = {
	.print = policy_error_print,
};
