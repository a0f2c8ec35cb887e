// SPDX-License-Identifier: Apache-2.0
/* Extended attributes as values; see label.h. */
#include "label.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "base/attr.h"
#include "base/cleanup.h"
#include "evm.h"
#include "xattr.h"

int label_write_digest(int fd, const struct digest *d)
{
	CLEANUP(buf_release) struct buf value = BUF_INIT;
	int r = ima_xattr_encode(d, &value);

	if (r < 0)
		return r;
	if (fsetxattr(fd, XATTR_NAME_IMA, value.data, value.len, 0) < 0)
		return -errno;
	return 0;
}

int label_list_read(int fd, struct label_list *ret)
{
	int r = 0;

	*ret = (struct label_list){ 0 };
	ret->item = calloc(EVM_XATTRS, sizeof(*ret->item));
	ret->value = calloc(EVM_XATTRS, sizeof(*ret->value));
	if (!ret->item || !ret->value)
		r = -ENOMEM;
	for (size_t i = 0; i < EVM_XATTRS && r == 0; i++) {
		const char *name = evm_xattr_name((enum evm_xattr)i);
		struct buf *v = &ret->value[ret->n];

		r = attr_read(fd, name, v);
		if (r == -ENODATA || r == -EOPNOTSUPP) {
			r = 0;
			continue;
		}
		if (r < 0)
			break;
		ret->item[ret->n++] =
			(struct template_xattr){ name, v->data, v->len };
	}
	if (r < 0)
		label_list_release(ret);
	return r;
}

void label_list_release(struct label_list *l)
{
	for (size_t i = 0; l->value && i < EVM_XATTRS; i++)
		buf_release(&l->value[i]);
	free(l->value);
	free(l->item);
	*l = (struct label_list){ 0 };
}
