// SPDX-License-Identifier: Apache-2.0
/*
 * The gate: the only place that decides.
 *
 *   facts -> policy -> content -> measure -> appraise -> verdict
 *
 * It follows the kernel's process_measurement() (ima_main.c) hook by hook, so
 * that log and verdicts are the same; what differs is that content is read
 * into a locked object and that the object is what the opener gets.
 */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "bind.h"
#include "denial.h"
#include "subject.h"
#include "xattr.h"

#define MAX_STEPS 6

/*
 * Options that let more through. They are those of the rules that match this
 * very access; the others add up over all rules that ever matched the file.
 */
#define OPT_WEAKER                                           \
	((unsigned)(OPT_SIG_OPTIONAL | OPT_PERMIT_DIRECTIO | \
		    OPT_MODSIG_ALLOWED))

/* All the hooks that one open stands for, in the kernel's order. */
static size_t plan_open(const struct open_request *q, bool noexec,
			struct step *to)
{
	int acc = q->flags & O_ACCMODE;
	unsigned mask = 0;
	size_t n = 0;

	if (q->exec) {
		to[n++] = (struct step){ HOOK_FILE_CHECK, MASK_EXEC, { 0 } };
		to[n++] = (struct step){ HOOK_BPRM_CHECK, MASK_EXEC, { 0 } };
		to[n++] = (struct step){ HOOK_CREDS_CHECK, MASK_EXEC, { 0 } };
	} else {
		/* include/linux/fs.h, ACC_MODE() and may_open() */
		mask |= acc != O_WRONLY ? MASK_READ : 0;
		mask |= acc != O_RDONLY ? MASK_WRITE : 0;
		mask |= q->flags & O_TRUNC ? MASK_WRITE : 0;
		mask |= q->flags & O_APPEND ? MASK_APPEND : 0;
		to[n++] = (struct step){ HOOK_FILE_CHECK, mask, { 0 } };
	}
	/*
	 * FUSE does not say who maps a file: whoever can read it can, unless
	 * nothing on the mount can be mapped for execution.
	 */
	if ((acc != O_WRONLY || q->exec) && !noexec) {
		to[n++] = (struct step){ HOOK_MMAP_CHECK_REQPROT,
					 MASK_EXEC,
					 { 0 } };
		to[n++] = (struct step){ HOOK_MMAP_CHECK, MASK_EXEC, { 0 } };
	}
	return n;
}

/* Facts that every hook of an event shares. */
static int gather(struct subject *s, const struct step *step, size_t n)
{
	unsigned need = 0;

	for (size_t i = 0; i < n; i++)
		need |= policy_facts(s->policy, step[i].hook);
	subject_file_facts(s);
	return caller_facts(s->caller, need, &s->access);
}

/* execve() of a setuid file runs CREDS_CHECK with the new credentials. */
void gate_match(struct subject *s, struct step *step)
{
	struct access a = s->access;

	a.hook = step->hook;
	a.mask = step->mask;
	if (step->hook == HOOK_CREDS_CHECK) {
		if (s->st.st_mode & S_ISUID)
			a.euid = a.suid = s->st.st_uid;
		if ((s->st.st_mode & (S_ISGID | S_IXGRP)) ==
		    (S_ISGID | S_IXGRP))
			a.egid = a.sgid = s->st.st_gid;
	}
	policy_match(s->policy, &a, &step->req);
	if (s->fs->opt->appraise == APPRAISE_OFF)
		step->req.actions &= ~(unsigned)ACTION_APPRAISE;
}

/* There is no entry. That the disk is full is not the TPM's fault. */
static void deny_unrecorded(struct verdict *v, int r, unsigned rule)
{
	const char *cause = "TPM_error";

	if (r == -ENOMEM)
		cause = "ENOMEM";
	else if (r == -ENOSPC || r == -EDQUOT)
		cause = "ENOSPC";
	verdict_deny(v, "add_template_measure", cause,
		     r == -ENOMEM ? ENOMEM : EIO, rule);
}

/* Measure before anything is handed out; a lost measurement denies. */
static int measure_step(struct subject *s, const struct step *step,
			struct verdict *v)
{
	unsigned pcr =
		step->req.pcr < 0 ? s->fs->opt->pcr : (unsigned)step->req.pcr;
	int r;

	if (s->it->measured & (UINT64_C(1) << pcr))
		return 0;
	r = record_measurement(s, &step->req);
	if (r < 0) {
		deny_unrecorded(v, r, step->req.rule_measure);
		return -1;
	}
	if (s->object)
		s->it->measured |= UINT64_C(1) << pcr;
	return 0;
}

static void audit_step(struct subject *s)
{
	struct buf line = BUF_INIT;

	if (s->it->audited || !s->object)
		return;
	s->it->audited = true;
	if (buf_append_str(&line, "file=\"") == 0 &&
	    buf_append_escaped(&line, subject_path(s)) == 0 &&
	    buf_printf(&line, "\" hash=\"%s:", hash_alg_name(s->digest.alg)) ==
		    0 &&
	    buf_append_hex(&line, s->digest.bytes, s->digest.size) == 0)
		log_info("%.*s\" pid=%d uid=%u", (int)line.len,
			 (const char *)line.data, s->caller->pid,
			 s->caller->fsuid);
	buf_release(&line);
}

/* The label is to be updated at the last close; signatures are left alone. */
static void hash_step(struct subject *s)
{
	s->it->hash_rule = true;
	if (!s->it->digsig && collect_label(s) == 0 && s->ima_err == 0 &&
	    s->ima.len > 2 && s->ima.data[0] == EVM_IMA_XATTR_DIGSIG)
		s->it->digsig = true;
	s->it->update_xattr = true;
}

/* Why collecting failed, as a verdict. */
static void deny_collect(int r, const struct step *step, struct verdict *v)
{
	unsigned rule = step->req.rule_appraise ? step->req.rule_appraise
						: step->req.rule_measure;

	if (r == -ENOMEM)
		verdict_deny(v, "collect_data", "lock-budget-exhausted", ENOMEM,
			     rule);
	else
		verdict_deny(v, "collect_data", "failed", EIO, rule);
}

static bool deny_appraised(const struct step *step, const char *op,
			   const char *cause, struct verdict *v)
{
	verdict_deny(v, op, cause, EACCES, step->req.rule_appraise);
	return false;
}

/* Content that an appraise rule matches. False: denied, @v says why. */
static bool appraise_content(struct subject *s, const struct step *step,
			     struct verdict *v)
{
	const struct required *req = &step->req;
	struct appraisal found;

	if (s->direct)
		return deny_appraised(step, "collect_data", "failed(directio)",
				      v);
	appraise_step(s, step, &found);
	if ((s->flags & O_DIRECT) && (s->it->options & OPT_PERMIT_DIRECTIO)) {
		found.status = INTEGRITY_PASS;
		found.cause = "";
	}
	if (!integrity_good(found.status))
		return deny_appraised(step, "appraise_data", found.cause, v);
	if (req->algos && !(req->algos & (UINT32_C(1) << s->digest.alg)))
		return deny_appraised(step, "collect_data",
				      "denied-hash-algorithm", v);
	/* signed files are immutable, but for the one that is being made */
	if ((step->mask & MASK_WRITE) && s->it->digsig && !s->it->new_file &&
	    !s->created)
		return deny_appraised(step, "appraise_data",
				      "signed-file-is-immutable", v);
	/*
	 * What is opened for reading and writing can be written first and then
	 * mapped. The kernel looks at the content that is mapped, and finds a
	 * signature that does not fit any more. That moment is not seen here.
	 */
	if (s->writes && hook_maps(step->hook) && wants_signature(s->it))
		return deny_appraised(step, "appraise_data", "writable-mapping",
				      v);
	s->relabels |= (step->mask & MASK_WRITE) != 0;
	v->unprivileged |= found.unsigned_;
	return true;
}

/* One hook: everything that the policy asks for. False: denied, @v says why. */
static bool run_step(struct subject *s, const struct step *step,
		     struct verdict *v)
{
	const struct required *req = &step->req;
	bool appraised = req->actions & ACTION_APPRAISE;
	int r;

	s->it->options = (s->it->options & ~OPT_WEAKER) | req->options;
	s->must_lock |= (req->actions & ACTION_MEMLOCK) != 0;
	r = collect(s);
	if (r < 0) {
		deny_collect(r, step, v);
		return false;
	}
	if (appraised && s->it->alg_missing)
		return deny_appraised(step, "collect_data", "failed", v);
	if ((req->actions & ACTION_MEASURE) && measure_step(s, step, v) < 0)
		return false;
	if (req->actions & ACTION_AUDIT)
		audit_step(s);
	if (s->must_lock && !object_locked(s->object)) {
		verdict_deny(v, "collect_data", "cannot-lock-memory", ENOMEM,
			     req->rule_memlock);
		return false;
	}
	if (req->actions & ACTION_HASH)
		hash_step(s);
	return !appraised || appraise_content(s, step, v);
}

/* What changed through the mount since the last look. */
static void settle_changes(struct integrity *it, unsigned generation)
{
	/* rules of a policy that is gone have no say */
	if (it->change_attr || it->generation != generation)
		it->options = 0;
	if (it->generation != generation)
		it->doubted = true;
	if (it->change_xattr)
		integrity_drop_all(it);
	else if (it->change_attr)
		integrity_drop_appraisal(it);
	it->change_attr = it->change_xattr = false;
}

/* In log and fix mode a denial for a bad label is only spoken about. */
static bool only_logged(const struct fs *fs, const struct verdict *v)
{
	return v->error == EACCES && (fs->opt->appraise == APPRAISE_LOG ||
				      fs->opt->appraise == APPRAISE_FIX);
}

/*
 * Runs the steps with s->it locked. Return: whether content that was checked
 * must be what is handed out.
 */
static bool run_steps(struct subject *s, const struct step *step, size_t n,
		      unsigned open_mask, struct verdict *v)
{
	bool measures = policy_actions(s->policy) & ACTION_MEASURE;
	bool locked = false;

	if (s->inode)
		count_openers(s);
	settle_changes(s->it, s->generation);
	for (size_t i = 0; i < n; i++) {
		struct verdict bad = { 0 };
		int r = measures && s->inode
				? check_violation(s, &step[i], open_mask)
				: 0;

		if (r < 0) {
			deny_unrecorded(v, r, step[i].req.rule_measure);
			denials_add(s->fs->denials, v, s->policy, step[i].hook,
				    subject_path(s), s->st.st_dev, s->st.st_ino,
				    s->caller, true);
			return false;
		}
		if (!step[i].req.actions)
			continue;
		if (!run_step(s, &step[i], &bad)) {
			bool soft = only_logged(s->fs, &bad);

			denials_add(s->fs->denials, &bad, s->policy,
				    step[i].hook, subject_path(s), s->st.st_dev,
				    s->st.st_ino, s->caller, !soft);
			if (!soft) {
				*v = bad;
				return false;
			}
		}
		v->unprivileged |= bad.unprivileged;
		/*
		 * A file that is being written is not locked for readers who
		 * are only measured: that is what the violation says. What
		 * was appraised is locked in any case.
		 */
		if ((step[i].req.actions &
		     (ACTION_APPRAISE | ACTION_MEMLOCK)) ||
		    !s->writers)
			locked = true;
	}
	/* the kernel would, if it knew that these nodes are one file */
	if (n && (step->mask & MASK_EXEC) && s->writers && !locked)
		v->error = ETXTBSY;
	else
		v->allow = true;
	return locked;
}

/* Facts, policy, and only then the file's own lock. */
static int evaluate(struct subject *s, struct step *step, size_t n,
		    unsigned open_mask, struct verdict *v, bool *ret_locked)
{
	bool measures = policy_actions(s->policy) & ACTION_MEASURE;
	bool wanted = false;
	int r;

	*ret_locked = false;
	if (!policy_actions(s->policy)) {
		v->allow = true;
		return 0;
	}
	r = gather(s, step, n);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		gate_match(s, &step[i]);
		wanted |= step[i].req.actions != 0;
	}
	if (!wanted && s->inode && !s->it)
		s->it = integrity_peek(s->inode);
	if (!wanted && (!measures || !s->it)) {
		v->allow = true;
		return 0;
	}
	if (!s->it) {
		r = integrity_of(s->inode, &s->it);
		if (r < 0)
			return r;
	}
	(void)pthread_mutex_lock(&s->it->lock);
	*ret_locked = run_steps(s, step, n, open_mask, v);
	(void)pthread_mutex_unlock(&s->it->lock);
	return 0;
}

/* "Could not find out" is a denial like any other, with its own cause. */
static void explain_error(struct subject *s, int r, enum hook hook,
			  struct verdict *v)
{
	if (r == -ESTALE || r == -ENOENT)
		return; /* the file is gone: nothing was denied */
	verdict_deny(v, "collect_data",
		     r == -ESRCH ? "unknown-subject" : "failed",
		     r == -ESRCH ? EACCES : -r, 0);
	denials_add(s->fs->denials, v, s->policy, hook, subject_path(s),
		    s->st.st_dev, s->st.st_ino, s->caller, true);
}

/*
 * A file without a name that nobody has open was reached by a name that the
 * kernel remembers and that somebody took away below.
 */
static bool name_is_old(const struct subject *s, const struct open_request *q)
{
	bool open;

	if (s->st.st_nlink || q->after != UINT64_MAX)
		return false; /* the walk was repeated already */
	(void)pthread_mutex_lock(&s->inode->lock);
	open = s->inode->handles != NULL;
	(void)pthread_mutex_unlock(&s->inode->lock);
	return !open;
}

int gate_open_below(struct fs *fs, const struct open_request *q, int flags,
		    int *ret_fd)
{
	int r = inode_open(fs->inodes, q->node->inode, flags, ret_fd);

	if (r != -EACCES || !q->created)
		return r;
	*ret_fd = fcntl(q->made, F_DUPFD_CLOEXEC, 0);
	return *ret_fd < 0 ? -errno : 0;
}

int gate_open(struct fs *fs, const struct open_request *q, struct verdict *ret,
	      struct grant *ret_grant)
{
	/* for violations: in the kernel, truncating does not make a writer */
	bool writer = (q->flags & O_ACCMODE) != O_RDONLY;
	bool writes = writer || (q->flags & O_TRUNC);
	struct step step[MAX_STEPS];
	struct subject s;
	bool locked = false;
	size_t n;
	int r;

	*ret = (struct verdict){ 0 };
	*ret_grant = (struct grant){ .fd = -1 };
	r = subject_begin(fs, q->caller, &s);
	if (r < 0)
		return r;
	s.inode = q->node->inode;
	s.flags = q->flags;
	s.writes = writes;
	s.created = q->created;
	n = plan_open(q, fs->opt->noexec, step);
	r = gate_open_below(fs, q, O_RDONLY, &s.fd);
	if (r == 0 && fstat(s.fd, &s.st) < 0)
		r = -errno;
	if (r == 0 && name_is_old(&s, q))
		r = -ESTALE;
	if (r == 0) {
		if (!writes)
			s.promised = bind_promised(q->node, q->after);
		r = evaluate(&s, step, n, writer ? MASK_WRITE : 0, ret,
			     &locked);
	}
	if (r == 0 && ret->allow)
		r = grant_from(&s, locked, ret_grant);
	if (r < 0)
		explain_error(&s, r, step[0].hook, ret);
	subject_end(&s);
	return r;
}

/* A path below the mountpoint is a file of ours: never ask ourselves. */
static int open_policy_file(struct fs *fs, const char *path, int *ret_fd)
{
	size_t n = strlen(fs->opt->mountpoint);
	int fd;

	if (strncmp(path, fs->opt->mountpoint, n) == 0 && path[n] == '/')
		return source_path(&fs->source, path + n + 1, ret_fd);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int gate_policy_file(struct fs *fs, const struct caller *c, const char *path,
		     struct buf *to, struct verdict *ret)
{
	struct step step = { HOOK_POLICY_CHECK, MASK_READ, { 0 } };
	struct subject s;
	bool locked = false;
	int r;

	*ret = (struct verdict){ 0 };
	r = subject_begin(fs, c, &s);
	if (r < 0)
		return r;
	s.outside = path;
	r = integrity_new(&s.it);
	if (r == 0)
		r = open_policy_file(fs, path, &s.fd);
	if (r == 0 && fstat(s.fd, &s.st) < 0)
		r = -errno;
	if (r == 0 && !S_ISREG(s.st.st_mode))
		r = -EINVAL;
	if (r == 0)
		r = evaluate(&s, &step, 1, 0, ret, &locked);
	if (r == 0 && ret->allow) {
		/* what was checked is what is parsed, also if nothing was */
		if (!s.object)
			r = store_load(fs->store, NULL, s.fd, fs->opt->hash,
				       &s.object);
		if (r == 0)
			r = buf_append(to, object_data(s.object),
				       object_size(s.object));
		ret->allow = r == 0;
	} else if (r < 0) {
		explain_error(&s, r, HOOK_POLICY_CHECK, ret);
	}
	if (s.object)
		object_drop(s.object);
	integrity_free(s.it);
	subject_end(&s);
	return r;
}
