// SPDX-License-Identifier: Apache-2.0
/*
 * Readers that meet writers, as the log tells it.
 *
 * IMA: security/integrity/ima/ima_main.c, ima_rdwr_violation_check()
 */
#include "subject.h"

static bool sees_violations(enum hook h)
{
	return h == HOOK_FILE_CHECK || h == HOOK_MMAP_CHECK ||
	       h == HOOK_MMAP_CHECK_REQPROT;
}

void count_openers(struct subject *s)
{
	(void)pthread_mutex_lock(&s->inode->lock);
	s->readers = s->inode->readers;
	s->writers = s->inode->writers;
	(void)pthread_mutex_unlock(&s->inode->lock);
}

/* The kernel counts who has the file open; a mapping is one of them. */
static bool has_readers(const struct subject *s)
{
	uint8_t key[FILE_KEY_SIZE];

	/* without memory for the answer: rather one violation too many */
	return s->readers || inode_key(s->inode, key) < 0 ||
	       store_mapped(s->fs->store, key);
}

int check_violation(struct subject *s, const struct step *step, unsigned mask)
{
	struct integrity *it = s->it;
	bool measure = step->req.actions & ACTION_MEASURE;
	int r;

	if (!sees_violations(step->hook))
		return 0;
	if (mask & MASK_WRITE) {
		if (!it->may_emit_tomtou || !has_readers(s))
			return 0;
		r = record_violation(s, "ToMToU");
		/* what is not in the list has to be said next time */
		it->may_emit_tomtou = r < 0;
		return r;
	}
	if (!measure)
		return 0;
	it->may_emit_tomtou = true;
	if (!s->writers || it->emitted_open_writers)
		return 0;
	r = record_violation(s, "open_writers");
	it->emitted_open_writers = r == 0;
	return r;
}
