// SPDX-License-Identifier: Apache-2.0
/*
 * What one hook's appraisal of a file comes to: from memory where that is still
 * true, with the exceptions for files that are being made or written, and the
 * labels of fix mode. Finds out; what follows from it gate.c decides.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "label.h"
#include "metadata.h"
#include "subject.h"
#include "xattr.h"

#define FUSE_SUPER_MAGIC 0x65735546

bool hook_maps(enum hook h)
{
	return h == HOOK_MMAP_CHECK || h == HOOK_MMAP_CHECK_REQPROT;
}

/* FILE_CHECK for execve(), and its own hooks. */
static bool executes(const struct step *step)
{
	return (step->mask & MASK_EXEC) && !hook_maps(step->hook);
}

bool wants_signature(const struct integrity *it)
{
	return it->digsig ||
	       (it->options & (OPT_DIGSIG_REQUIRED | OPT_SIGV3_REQUIRED));
}

/*
 * Is the file still in the making? The kernel says so until its last writer has
 * closed. It refuses to execute a file that has a writer; here that is not
 * certain, and a file that has none was not filled through the mount.
 */
static bool in_the_making(const struct subject *s, const struct step *step)
{
	if (s->created || !s->it->new_file || object_size(s->object) == 0)
		return s->created || s->it->new_file;
	return s->writers && !executes(step);
}

/* By the label's type alone: whether the signature is good is another matter */
static bool is_signed(const struct subject *s)
{
	return s->ima_err == 0 && s->ima.len &&
	       (s->ima.data[0] == EVM_IMA_XATTR_DIGSIG ||
		s->ima.data[0] == IMA_VERITY_DIGSIG);
}

/* fix mode: label what has no good hash and no signature (ima_fix_xattr()). */
static void fix_label(struct subject *s, struct appraisal *found)
{
	int r;

	if (is_signed(s) || integrity_good(found->status))
		return;
	r = label_write_digest(s->fd, &s->digest);
	if (r < 0) {
		log_warn("cannot label a file in fix mode path=\"%s\" "
			 "error=%s",
			 subject_path(s), strerror(-r));
		return;
	}
	s->it->known = false; /* the label is another one now */
	*found = (struct appraisal){ .status = INTEGRITY_PASS, .cause = "" };
}

/*
 * Is the label only behind what a writer, who was let in, has written so far?
 * It will be made new when the last one closes; the kernel keeps what it found
 * before, and so lets others read and write meanwhile. What is read is locked
 * and measured as it is.
 */
static bool is_unfinished(const struct subject *s,
			  const struct appraisal *found)
{
	return s->writers && s->it->update_xattr && !s->it->doubted &&
	       found->status == INTEGRITY_FAIL &&
	       strcmp(found->cause, "invalid-hash") == 0;
}

void appraise_step(struct subject *s, const struct step *step,
		   struct appraisal *ret)
{
	struct integrity *it = s->it;
	struct appraise_input in = {
		.digest = &s->digest,
		.options = it->options,
		.created = in_the_making(s, step),
		.empty = object_size(s->object) == 0,
		.keys = s->fs->keys,
	};

	if (s->created && s->ima_err == -ENODATA)
		it->new_file = true;
	if (it->sub[step->req.sub].done &&
	    it->sub[step->req.sub].options == it->options &&
	    metadata_remembered(s)) {
		*ret = it->sub[step->req.sub].found;
		return;
	}
	*ret = (struct appraisal){ .cause = "unknown" };
	if (collect_label(s) < 0)
		return;
	/* an empty label counts as none, as in ima_appraise_measurement() */
	in.xattr = s->ima_err || !s->ima.len ? NULL : s->ima.data;
	in.xattr_len = s->ima_err ? 0 : s->ima.len;
	in.xattr_err = s->ima_err == 0 && !s->ima.len ? -ENODATA : s->ima_err;
	if (in.xattr)
		in.evm = metadata_status(s);
	appraise(&in, ret);
	if ((it->options & OPT_FAIL_SECURELY) &&
	    s->access.fsmagic == FUSE_SUPER_MAGIC)
		*ret = (struct appraisal){ .status = INTEGRITY_FAIL,
					   .cause = "unverifiable-signature" };
	if (s->fs->opt->appraise == APPRAISE_FIX)
		fix_label(s, ret);
	it->digsig = ret->digsig || is_signed(s);
	if (is_unfinished(s, ret)) {
		if (!executes(step))
			*ret = (struct appraisal){ .status = INTEGRITY_PASS,
						   .cause = "" };
		return; /* nothing was learned about the label */
	}
	it->sub[step->req.sub].found = *ret;
	it->sub[step->req.sub].options = it->options;
	it->sub[step->req.sub].done =
		integrity_good(ret->status) && it->known && !in.created;
}
