/* SPDX-License-Identifier: Apache-2.0 */
/* What policies can ask about the file system below; used by source.c only. */
#ifndef FS_SOURCE_FACTS_H
#define FS_SOURCE_FACTS_H

#include "source.h"

/* fsname and fs_subtype by the mount of s->root; left "" if not to be seen. */
void source_read_fstype(struct source *s);

/* fsuuid; left all zero where the file system has none that we can learn. */
void source_read_uuid(struct source *s, const struct stat *root);

#endif
