// SPDX-License-Identifier: Apache-2.0
/* Metadata that was signed, compared with metadata that is there now. */
#include "vouched.h"

#include <string.h>

void vouched_set_caps(struct vouched *v, const void *value, size_t len)
{
	v->caps_len = 0;
	if (!len || len > sizeof(v->caps))
		return;
	memcpy(v->caps, value, len);
	v->caps_len = (uint8_t)len;
}

bool vouched_covers_caps(const struct vouched *v, const void *value, size_t len)
{
	return len == v->caps_len && memcmp(v->caps, value, len) == 0;
}

bool vouched_covers(const struct vouched *v, const struct stat *st)
{
	return v->mode == st->st_mode && v->uid == st->st_uid &&
	       v->gid == st->st_gid;
}

bool vouched_equal(const struct vouched *a, const struct vouched *b)
{
	if (!a->yes || !b->yes)
		return a->yes == b->yes;
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
	       vouched_covers_caps(a, b->caps, b->caps_len);
}
