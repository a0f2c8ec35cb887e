// SPDX-License-Identifier: Apache-2.0
/* From what was found out about a file to its entry in the journal. */
#include <errno.h>
#include <string.h>

#include "base/attr.h"
#include "base/log.h"
#include "label.h"
#include "session.h"
#include "subject.h"
#include "xattr.h"

struct entry_facts {
	struct template_event event;
	struct buf evm;
	struct label_list labels;
};

static void facts_release(struct entry_facts *f)
{
	buf_release(&f->evm);
	label_list_release(&f->labels);
}

/* The digest for the "d" field: SHA-1 or MD5. */
static int legacy_digest(struct subject *s, const struct template *t,
			 struct digest *ret)
{
	enum hash_alg alg = s->fs->opt->hash;

	/*
	 * Template "ima" does not go by the label's algorithm. (The kernel's
	 * does when the file is appraised, too; a list with an MD5 digest of 16
	 * bytes in it is one that nobody can read.)
	 */
	if (strcmp(template_name(t), "ima") != 0 &&
	    (s->digest.alg == HASH_ALG_SHA1 || s->digest.alg == HASH_ALG_MD5)) {
		*ret = s->digest;
		return 0;
	}
	if (alg != HASH_ALG_SHA1 && alg != HASH_ALG_MD5)
		alg = HASH_ALG_SHA1;
	return object_digest(s->object, alg, ret);
}

/* What the file itself says, besides its content and security.ima. */
static int fill_metadata(struct subject *s, unsigned needs,
			 struct entry_facts *f)
{
	struct template_event *e = &f->event;
	int r = 0;

	if (needs & TEMPLATE_NEEDS_EVM) {
		r = attr_read(s->fd, XATTR_NAME_EVM, &f->evm);
		if (r == -ENOMEM)
			return r;
		if (r == 0) {
			e->evm = f->evm.data;
			e->evm_len = f->evm.len;
		}
	}
	if (needs & TEMPLATE_NEEDS_INODE) {
		e->iuid = s->st.st_uid;
		e->igid = s->st.st_gid;
		e->imode = s->st.st_mode;
	}
	if (needs & TEMPLATE_NEEDS_XATTRS) {
		r = label_list_read(s->fd, &f->labels);
		if (r < 0)
			return r;
		e->xattrs = f->labels.item;
		e->n_xattrs = f->labels.n;
	}
	return 0;
}

static int fill_content(struct subject *s, const struct template *t,
			struct template_event *e)
{
	unsigned needs = template_needs(t);
	int r;

	/* O_DIRECT: the default algorithm, all zero */
	if (s->direct)
		e->digest.alg = (uint8_t)s->fs->opt->hash;
	else
		e->digest = s->digest;
	if ((needs & TEMPLATE_NEEDS_SHA1) && !s->direct) {
		r = legacy_digest(s, t, &e->legacy);
		if (r < 0)
			return r;
	}
	if (needs & TEMPLATE_NEEDS_IMA) {
		r = collect_label(s);
		if (r < 0)
			return r;
		if (s->ima_err == 0) {
			e->ima = s->ima.data;
			e->ima_len = s->ima.len;
		}
	}
	return 0;
}

static int record(struct subject *s, const struct template *t, int pcr,
		  struct entry_facts *f)
{
	struct template_event *e = &f->event;
	enum journal_added added;
	int r;

	e->has_file = true;
	e->name = subject_path(s);
	if (!*e->name)
		return -ENOMEM;
	r = fill_metadata(s, template_needs(t), f);
	if (r == 0 && !e->violation)
		r = fill_content(s, t, e);
	session_busy(); /* a hardware TPM takes milliseconds */
	if (r == 0)
		r = journal_measure(s->fs->journal, t, pcr, e, &added);
	return r;
}

int record_measurement(struct subject *s, const struct required *req)
{
	const char *name = req->template;
	const struct template *t =
		name ? template_find(name, strlen(name)) : s->fs->template;
	struct entry_facts f = { 0 };
	int r;

	if (!t)
		return -EINVAL;
	r = record(s, t, req->pcr, &f);
	facts_release(&f);
	return r;
}

static void log_violation(struct subject *s, const char *cause)
{
	struct buf name = BUF_INIT;

	if (buf_append_escaped(&name, subject_path(s)) == 0)
		log_info("op=invalid_pcr cause=%s name=\"%.*s\" pid=%d uid=%u",
			 cause, (int)name.len,
			 name.data ? (const char *)name.data : "",
			 s->caller->pid, s->caller->fsuid);
	buf_release(&name);
}

int record_violation(struct subject *s, const char *cause)
{
	struct entry_facts f = { .event.violation = true };
	int r;

	log_violation(s, cause);
	r = record(s, s->fs->template, -1, &f);
	facts_release(&f);
	return r;
}
