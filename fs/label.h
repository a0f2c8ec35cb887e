/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing the extended attributes that integrity depends on. */
#ifndef FS_LABEL_H
#define FS_LABEL_H

#include "base/buf.h"
#include "digest.h"
#include "template.h"

/* Writes security.ima for @d. 0 or -errno. */
int label_write_digest(int fd, const struct digest *d);

/* Attributes of the EVM list that are present, in EVM order. */
struct label_list {
	struct template_xattr *item;
	size_t n;
	struct buf *value; /* storage of the items */
};

int label_list_read(int fd, struct label_list *ret);
void label_list_release(struct label_list *l);

#endif
