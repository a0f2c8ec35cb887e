// SPDX-License-Identifier: Apache-2.0
/* From what was found out about a file to its entry in the journal. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "label.h"
#include "session.h"
#include "subject.h"
#include "xattr.h"

/* The digest for the "d" field: SHA-1 or MD5 (ima-abi 3.3). */
static int legacy_digest(struct subject *s, struct digest *ret)
{
	enum hash_alg alg = s->fs->opt->hash;

	if (s->digest.alg == HASH_ALG_SHA1 || s->digest.alg == HASH_ALG_MD5) {
		*ret = s->digest;
		return 0;
	}
	if (alg != HASH_ALG_SHA1 && alg != HASH_ALG_MD5)
		alg = HASH_ALG_SHA1;
	return object_digest(s->object, alg, ret);
}

static int fill_event(struct subject *s, unsigned needs,
		      struct template_event *e, struct buf *evm,
		      struct label_list *labels)
{
	int r;

	if (s->object) {
		e->digest = s->digest;
	} else { /* O_DIRECT: the default algorithm, all zero */
		e->digest.alg = (uint8_t)s->fs->opt->hash;
	}
	if ((needs & TEMPLATE_NEEDS_SHA1) && s->object) {
		r = legacy_digest(s, &e->legacy);
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
	if (needs & TEMPLATE_NEEDS_EVM) {
		r = label_read(s->fd, XATTR_NAME_EVM, evm);
		if (r == -ENOMEM)
			return r;
		if (r == 0) {
			e->evm = evm->data;
			e->evm_len = evm->len;
		}
	}
	if (needs & TEMPLATE_NEEDS_INODE) {
		e->iuid = s->st.st_uid;
		e->igid = s->st.st_gid;
		e->imode = s->st.st_mode;
	}
	if (needs & TEMPLATE_NEEDS_XATTRS) {
		r = label_list_read(s->fd, labels);
		if (r < 0)
			return r;
		e->xattrs = labels->item;
		e->n_xattrs = labels->n;
	}
	return 0;
}

int record_measurement(struct subject *s, const struct required *req)
{
	const char *name = req->template ? req->template : s->fs->opt->template;
	const struct template *t = template_find(name, strlen(name));
	struct template_event e = { .has_file = true, .name = subject_path(s) };
	struct label_list labels = { 0 };
	struct buf evm = BUF_INIT;
	enum journal_added added;
	int r;

	if (!t)
		return -EINVAL;
	if (!*e.name)
		return -ENOMEM;
	r = fill_event(s, template_needs(t), &e, &evm, &labels);
	session_busy(); /* a hardware TPM takes milliseconds */
	if (r == 0)
		r = journal_measure(s->fs->journal, t, req->pcr, &e, &added);
	label_list_release(&labels);
	buf_release(&evm);
	return r;
}

int record_violation(struct subject *s, const char *cause)
{
	struct template_event e = { .has_file = true,
				    .violation = true,
				    .name = subject_path(s) };
	enum journal_added added;
	struct buf escaped = BUF_INIT;
	int r;

	if (!*e.name)
		return -ENOMEM;
	if (buf_append_escaped(&escaped, e.name) == 0)
		log_info("op=invalid_pcr cause=%s name=\"%.*s\" pid=%d "
			 "uid=%u",
			 cause, (int)escaped.len,
			 escaped.data ? (char *)escaped.data : "",
			 s->caller->pid, s->caller->fsuid);
	buf_release(&escaped);
	e.digest.alg = (uint8_t)s->fs->opt->hash;
	session_busy();
	r = journal_measure(s->fs->journal, NULL, -1, &e, &added);
	return r;
}
