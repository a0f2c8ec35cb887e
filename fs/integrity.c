// SPDX-License-Identifier: Apache-2.0
/* Per-file state of the gate; see integrity.h. */
#include "integrity.h"

#include <errno.h>
#include <stdlib.h>

int integrity_new(struct integrity **ret)
{
	struct integrity *it = calloc(1, sizeof(*it));

	if (!it)
		return -ENOMEM;
	(void)pthread_mutex_init(&it->lock, NULL);
	*ret = it;
	return 0;
}

void integrity_free(struct integrity *it)
{
	if (!it)
		return;
	(void)pthread_mutex_destroy(&it->lock);
	free(it);
}

struct integrity *integrity_peek(struct inode *i)
{
	struct integrity *it;

	(void)pthread_mutex_lock(&i->lock);
	it = i->integrity;
	(void)pthread_mutex_unlock(&i->lock);
	return it;
}

int integrity_of(struct inode *i, struct integrity **ret)
{
	struct integrity *fresh = NULL;
	int r;

	*ret = integrity_peek(i);
	if (*ret)
		return 0;
	r = integrity_new(&fresh);
	if (r < 0)
		return r;
	(void)pthread_mutex_lock(&i->lock);
	if (!i->integrity) {
		i->integrity = fresh;
		fresh = NULL;
	}
	*ret = i->integrity;
	(void)pthread_mutex_unlock(&i->lock);
	integrity_free(fresh);
	return 0;
}

void integrity_drop_appraisal(struct integrity *it)
{
	it->known = false;
	it->vouched = (struct vouched){ 0 };
	for (int i = 0; i < SUB_COUNT; i++)
		it->sub[i].done = false;
}

void integrity_drop_all(struct integrity *it)
{
	integrity_drop_appraisal(it);
	it->measured = 0;
	it->audited = false;
	it->digest.size = 0;
}
