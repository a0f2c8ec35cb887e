// SPDX-License-Identifier: Apache-2.0
/*
 * One evaluation's facts: content into locked memory, digest, label. The object
 * that is collected here is the one that is handed out: nothing is read twice.
 */
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "session.h"
#include "xattr.h"

const char *subject_path(struct subject *s)
{
	struct buf *p = &s->path;
	int r;

	if (p->len)
		return (const char *)p->data;
	if (s->inode) {
		r = buf_append_str(p, s->fs->opt->mountpoint);
		if (r == 0)
			r = inode_path(s->fs->inodes, s->inode, p);
		/* directories can be nested without end: ima_d_path() */
		if (r == -ENAMETOOLONG) {
			buf_release(p);
			r = inode_name(s->fs->inodes, s->inode, p);
		}
		if (r == 0 && s->st.st_nlink == 0)
			r = buf_append_str(p, " (deleted)");
	} else {
		r = buf_append_str(p, s->outside);
	}
	if (r == 0)
		r = buf_append_u8(p, 0);
	if (r < 0) {
		buf_release(p);
		return "";
	}
	return (const char *)p->data;
}

int subject_begin(struct fs *fs, const struct caller *c, struct subject *s)
{
	*s = (struct subject){ .fs = fs, .caller = c, .fd = -1 };
	s->generation = atomic_load(&fs->policy_generation);
	s->policy = fs_policy(fs);
	return s->policy ? 0 : -EIO;
}

void subject_end(struct subject *s)
{
	policy_unref(s->policy);
	object_unref(s->object);
	object_unref(s->promised);
	buf_release(&s->ima);
	buf_release(&s->path);
	if (s->fd >= 0)
		(void)close(s->fd); /* O_RDONLY */
}

void subject_file_facts(struct subject *s)
{
	const struct source *src = &s->fs->source;

	s->access.fowner = s->st.st_uid;
	s->access.fgroup = s->st.st_gid;
	s->access.fsmagic = src->fsmagic;
	memcpy(s->access.fsuuid, src->fsuuid, sizeof(s->access.fsuuid));
	s->access.fsname = src->fsname;
	s->access.fs_subtype = *src->fs_subtype ? src->fs_subtype : NULL;
}

int collect_label(struct subject *s)
{
	if (s->label_read)
		return 0;
	s->ima_err = attr_read(s->fd, XATTR_NAME_IMA, &s->ima);
	if (s->ima_err == -ENOMEM)
		return -ENOMEM;
	s->label_read = true;
	return 0;
}

/* Is what @it remembers about this very content, label and policy? */
static bool still_known(const struct subject *s, const struct fingerprint *p)
{
	return s->it->known && s->it->generation == s->generation &&
	       fingerprint_equal(&s->it->print, p);
}

/* Looks at the object instead of at the file below. */
static int collect_object(struct subject *s)
{
	struct content_key key = { .print = fingerprint_of(&s->st) };
	int r;

	if (s->promised) {
		s->object = object_ref(s->promised);
		return 0;
	}
	if (!s->inode) {
		session_busy();
		return store_load(s->fs->store, NULL, s->fd, s->it->alg,
				  &s->object);
	}
	r = inode_key(s->inode, key.file);
	if (r < 0)
		return r;
	s->object = store_find(s->fs->store, &key);
	if (s->object)
		return 0;
	session_busy();
	return store_load(s->fs->store, key.file, s->fd, s->it->alg,
			  &s->object);
}

int collect(struct subject *s)
{
	struct fingerprint print = fingerprint_of(&s->st);
	struct integrity *it = s->it;
	int r;

	if (s->object)
		return 0;
	if (!still_known(s, &print)) {
		integrity_drop_appraisal(it);
		r = collect_label(s);
		if (r < 0)
			return r;
		it->alg = s->ima_err ? s->fs->opt->hash
				     : ima_xattr_alg(s->ima.data, s->ima.len,
						     s->fs->opt->hash);
		it->alg_missing = !digest_available(it->alg);
		if (it->alg_missing)
			it->alg = s->fs->opt->hash;
	}
	s->direct = (s->flags & O_DIRECT) && !s->must_lock &&
		    !(it->options & OPT_PERMIT_DIRECTIO) && !it->digest.size;
	if (s->direct)
		return 0;
	r = collect_object(s);
	if (r == 0)
		r = object_digest(s->object, it->alg, &s->digest);
	if (r < 0)
		return r;
	/*
	 * The same bytes as before keep "measured", whatever happened to
	 * times, names and modes; other bytes lose everything. Content that
	 * is not settled may change under an unchanged fingerprint, and so may
	 * its label: that is looked at again next time.
	 */
	if (!digest_equal(&it->digest, &s->digest)) {
		integrity_drop_all(it);
		it->digest = s->digest;
	}
	it->print = *object_fingerprint(s->object);
	it->generation = s->generation;
	/* a label that was read before the content changed is another's */
	it->known = object_settled(s->object) &&
		    fingerprint_equal(&it->print, &print);
	return 0;
}
