// SPDX-License-Identifier: Apache-2.0
/*
 * What happens to files besides opens: last writers, labels, attributes
 * (ima_check_last_writer(), ima_inode_setxattr()). Keeps what the gate
 * remembers true; the only decision here is about the form of a new label.
 */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "denial.h"
#include "label.h"
#include "metadata.h"
#include "session.h"
#include "subject.h"
#include "xattr.h"

DEFINE_FREEP(struct digest_ctx, digest);

/*
 * Hashes the file by the default algorithm and labels it with the result.
 * @fd may be write-only. -EFBIG if it cannot be locked: nobody could open it
 * under the rule that wants the label, and to read a sparse file of exabytes
 * would never end.
 */
static int update_label(struct fs *fs, int fd)
{
	CLEANUP(digest_freep) struct digest_ctx *ctx = NULL;
	CLEANUP(closep) int in = -1;
	uint8_t chunk[65536];
	struct digest d;
	off_t at = 0;
	ssize_t n;
	int r;

	r = source_reopen(fd, O_RDONLY, &in);
	if (r == 0)
		r = digest_new(fs->opt->hash, &ctx);
	session_busy();
	while (r == 0) {
		n = io_pread_full(&io_system, in, chunk, sizeof(chunk), at);
		if (n <= 0) {
			r = (int)n;
			break;
		}
		r = digest_update(ctx, chunk, (size_t)n);
		at += n;
		if (r == 0 && (uint64_t)at > fs->opt->lock_budget)
			r = -EFBIG;
	}
	if (r == 0)
		r = digest_final(ctx, &d);
	return r < 0 ? r : label_write_digest(fd, &d);
}

/* Before anything is read: is it worth it? */
static int relabel(struct fs *fs, int fd, const struct stat *st)
{
	if ((uint64_t)st->st_size > fs->opt->lock_budget)
		return -EFBIG;
	return update_label(fs, fd);
}

static bool may_relabel(const struct integrity *it)
{
	return !it->digsig && (it->hash_rule ||
			       integrity_good(it->sub[SUB_FILE].found.status));
}

void gate_writer(struct inode *i)
{
	struct integrity *it = integrity_peek(i);

	if (!it)
		return; /* cannot be: the rule that let it in made one */
	(void)pthread_mutex_lock(&it->lock);
	it->update_xattr = true;
	it->doubted = false;
	(void)pthread_mutex_unlock(&it->lock);
}

void gate_close(struct fs *fs, struct inode *i, int fd, bool wrote)
{
	struct integrity *it = wrote ? integrity_peek(i) : NULL;
	struct fingerprint now;
	bool last, update;
	struct stat st;
	int r = 0;

	if (!it)
		return;
	(void)pthread_mutex_lock(&it->lock);
	/*
	 * Not before: whoever has this lock may be looking at the file for the
	 * next writer, whose own close is then to label it.
	 */
	(void)pthread_mutex_lock(&i->lock);
	last = i->writers == 0;
	(void)pthread_mutex_unlock(&i->lock);
	if (!last) {
		(void)pthread_mutex_unlock(&it->lock);
		return;
	}
	it->emitted_open_writers = false;
	update = it->update_xattr;
	it->update_xattr = false;
	if (fstat(fd, &st) < 0)
		st = (struct stat){ 0 }; /* counts as changed */
	now = fingerprint_of(&st);
	if (it->new_file || !it->known ||
	    !fingerprint_equal(&now, &it->print)) {
		update = update && may_relabel(it);
		integrity_drop_all(it);
		it->new_file = false;
		if (update)
			r = relabel(fs, fd, &st);
	}
	(void)pthread_mutex_unlock(&it->lock);
	if (r < 0)
		log_warn("the hash of a written file was not updated, it will "
			 "fail appraisal until 'imafs hash' labels it ino=%llu "
			 "error=%s",
			 (unsigned long long)i->ino, strerror(-r));
}

static bool policy_wants(struct fs *fs, unsigned actions)
{
	struct policy *p = fs_policy(fs);
	bool yes = policy_actions(p) & actions;

	policy_unref(p);
	return yes;
}

/* The form of security.ima: type and algorithm (validate_hash_algo()). */
static void check_ima_label(struct fs *fs, const uint8_t *value, size_t len,
			    struct verdict *v)
{
	struct policy *p = fs_policy(fs);
	uint32_t allowed = policy_setxattr_algos(p);
	enum hash_alg alg;

	policy_unref(p);
	if (!len || value[0] >= IMA_XATTR_LAST) {
		verdict_deny(v, "set_data", "invalid-xattr-type", EINVAL, 0);
		return;
	}
	alg = ima_xattr_alg(value, len, fs->opt->hash);
	if (allowed && !(allowed & (UINT32_C(1) << alg)))
		verdict_deny(v, "set_data", "denied-hash-algorithm", EACCES, 0);
	else if (!allowed && alg != fs->opt->hash && !digest_available(alg))
		verdict_deny(v, "set_data", "unavailable-hash-algorithm",
			     EACCES, 0);
	else
		v->allow = true;
}

static void check_evm_label(const uint8_t *value, size_t len, struct verdict *v)
{
	if (!len)
		verdict_deny(v, "set_metadata", "empty-value", EINVAL, 0);
	else if (value[0] != EVM_IMA_XATTR_DIGSIG &&
		 value[0] != EVM_XATTR_PORTABLE_DIGSIG)
		verdict_deny(v, "set_metadata", "not-a-signature", EPERM, 0);
	else
		v->allow = true;
}

int gate_set_label(struct fs *fs, struct node *n, const struct caller *c,
		   const char *name, const void *value, size_t len,
		   struct verdict *ret)
{
	int r;

	*ret = (struct verdict){ 0 };
	if (!value) /* removing: the kernel asked for CAP_SYS_ADMIN */
		ret->allow = true;
	else if (strcmp(name, XATTR_NAME_IMA) == 0)
		check_ima_label(fs, value, len, ret);
	else if (strcmp(name, XATTR_NAME_EVM) == 0)
		check_evm_label(value, len, ret);
	else
		ret->allow = true;
	if (ret->allow) {
		r = metadata_check_label(fs, n->inode, name, value, len, ret);
		if (r < 0 || ret->allow)
			return r;
	}
	return metadata_denied(fs, n, c, HOOK_SETXATTR_CHECK, ret);
}

void gate_label_changed(struct fs *fs, struct inode *i, const char *name,
			const void *value, size_t len)
{
	struct integrity *it = integrity_peek(i);

	if (!it || !metadata_covers(fs, name) ||
	    !policy_wants(fs, ACTION_APPRAISE))
		return;
	(void)pthread_mutex_lock(&it->lock);
	it->change_xattr = true;
	it->doubted = true;
	if (strcmp(name, XATTR_NAME_IMA) == 0)
		it->digsig = value && len &&
			     *(const uint8_t *)value == EVM_IMA_XATTR_DIGSIG;
	else if (value && len && strcmp(name, XATTR_NAME_EVM) == 0)
		it->digsig =
			*(const uint8_t *)value == EVM_XATTR_PORTABLE_DIGSIG;
	(void)pthread_mutex_unlock(&it->lock);
}

/* Facts that are the file's; those of the caller are there. */
static bool is_appraised(struct subject *s, enum hook hook)
{
	struct step step = { hook, MASK_ACCESS, { 0 } };

	subject_file_facts(s);
	gate_match(s, &step);
	return step.req.actions & (ACTION_APPRAISE | ACTION_HASH);
}

/* Does an appraise or hash rule still match the inode, whoever asks? */
static bool still_appraised(struct fs *fs, int fd)
{
	struct caller nobody = { 0 };
	struct subject s;
	bool yes = true;

	if (subject_begin(fs, &nobody, &s) < 0)
		return true;
	if (fstat(fd, &s.st) == 0) {
		s.access.have = FACT_IDS | FACT_CAPS;
		yes = is_appraised(&s, HOOK_POST_SETATTR);
	}
	subject_end(&s);
	return yes;
}

/*
 * Does such a rule match who makes a file? What others write no rule has let
 * in, and it gets neither a label nor the trust of a file in the making
 * (ima_must_appraise() in the kernel). Unknown counts as no.
 */
static bool makes_appraised(struct fs *fs, const struct caller *c, int fd)
{
	struct subject s;
	bool yes = false;

	if (subject_begin(fs, c, &s) < 0)
		return false;
	if (fstat(fd, &s.st) == 0 &&
	    caller_facts(c, policy_facts(s.policy, HOOK_FILE_CHECK),
			 &s.access) == 0)
		yes = is_appraised(&s, HOOK_FILE_CHECK);
	subject_end(&s);
	return yes;
}

void gate_attr_changed(struct fs *fs, struct inode *i, int fd)
{
	struct integrity *it = integrity_peek(i);
	bool keep;

	if (!it || !policy_wants(fs, ACTION_APPRAISE | ACTION_HASH))
		return;
	keep = still_appraised(fs, fd);
	(void)pthread_mutex_lock(&it->lock);
	it->change_attr = true;
	if (!keep)
		it->update_xattr = false;
	(void)pthread_mutex_unlock(&it->lock);
}

void gate_made_unnamed(struct fs *fs, struct inode *i, const struct caller *c,
		       int fd)
{
	struct integrity *it;

	if (!policy_wants(fs, ACTION_APPRAISE | ACTION_HASH) ||
	    !makes_appraised(fs, c, fd) || integrity_of(i, &it) < 0)
		return; /* unlabelled, it fails appraisal: the safe side */
	(void)pthread_mutex_lock(&it->lock);
	it->update_xattr = true;
	it->sub[SUB_FILE].found.status = INTEGRITY_PASS;
	(void)pthread_mutex_unlock(&it->lock);
}

void gate_created(struct fs *fs, struct inode *i, const struct caller *c,
		  int fd)
{
	struct integrity *it;

	if (!S_ISREG(i->type) ||
	    !policy_wants(fs, ACTION_APPRAISE | ACTION_HASH) ||
	    !makes_appraised(fs, c, fd))
		return;
	if (integrity_of(i, &it) < 0)
		return; /* its first open is then appraised like any other's */
	(void)pthread_mutex_lock(&it->lock);
	it->new_file = true;
	(void)pthread_mutex_unlock(&it->lock);
}
