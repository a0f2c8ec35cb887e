/* SPDX-License-Identifier: Apache-2.0 */
/* What metadata.c and gate_metadata.c have in common; private to them. */
#ifndef FS_METADATA_READ_H
#define FS_METADATA_READ_H

#include "base/buf.h"
#include "evm.h"
#include "fs.h"

/* A file's metadata and its security.evm. */
struct metadata {
	struct evm_metadata value; /* borrows from storage */
	struct buf storage[EVM_XATTRS];
	struct buf evm;
	int evm_err; /* 0, or why there is none */
};

/*
 * metadata_read() - all that EVM looks at
 * @fd:     O_RDONLY
 * @inside: the file is below the mount
 * @ret:    to be released in any case
 * Return: 0; -errno if an attribute is there and cannot be read.
 */
int metadata_read(const struct fs *fs, int fd, const struct stat *st,
		  bool inside, struct metadata *ret);
void metadata_release(struct metadata *m);

/* Only with evm_keys=. */
enum integrity_status metadata_verify(const struct fs *fs,
				      const struct metadata *m);

#endif
