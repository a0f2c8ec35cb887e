/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree below: how a file of the protected tree is named, found again and
 * opened. Nothing here follows a symlink, goes through "..", crosses into
 * another mount, or resolves a path twice.
 *
 * Two ways to find a file again, chosen once at mount:
 *  - file handles (name_to_handle_at): exact, survives renames;
 *  - where the file system or our privileges do not allow these: the parent
 *    directory and the name under which the file was last seen, opened step
 *    by step from the root and compared with (dev, ino, birth time).
 * Either way a different file under the old name is -ESTALE, never served.
 */
#ifndef FS_SOURCE_H
#define FS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/diag.h"

/*
 * Identity of a file below; two hard links have one, a file that got a freed
 * inode number has another (file handles carry the generation; birth time
 * stands in where there are none). Compared as bytes [0, size).
 */
#define FILE_ID_MAX 160
struct file_id {
	uint16_t size;
	uint8_t bytes[FILE_ID_MAX];
};

struct source {
	int root;     /* O_PATH of the root directory, on a private clone of
			 its mount where that is allowed */
	int mount;    /* O_RDONLY directory, for open_by_handle_at() */
	bool handles; /* files are found by handle */
	uint64_t fsmagic;
	uint8_t fsuuid[16];
	char fsname[64];
	char fs_subtype[64]; /* "" none */
	char *path;	     /* the root's absolute path, for messages only */
};

/*
 * source_open() - open a directory as the protected tree
 * Return: 0; -ENOTDIR; -ENOENT ...; @reterr says what to do.
 */
int source_open(const char *path, struct source *ret, struct diag *reterr);
void source_close(struct source *s);

/*
 * source_child() - open one name in a directory
 * @dirfd:  O_PATH or O_RDONLY descriptor of the directory
 * @ret_fd: O_PATH|O_NOFOLLOW descriptor
 * @ret_st, @ret_id: of what was opened
 * Return: 0; -ENOENT; -EXDEV for a mount point (which is not entered);
 * -EINVAL for "..", "" and names with '/'; -errno.
 */
int source_child(const struct source *s, int dirfd, const char *name,
		 int *ret_fd, struct stat *ret_st, struct file_id *ret_id);

/* The identity of what @fd (O_PATH or not) refers to. 0 or -errno. */
int source_identify(const struct source *s, int fd, const struct stat *st,
		    struct file_id *ret);

/*
 * source_by_handle() - a new descriptor for a file by identity; only where
 * s->handles. @flags as open(2); O_PATH allowed. 0; -ESTALE; -errno. A lack of
 * memory cannot be told from a number that is being used again: -ESTALE, too.
 */
int source_by_handle(const struct source *s, const struct file_id *id,
		     int flags, int *ret_fd);

/*
 * source_path() - open a file of the tree by a relative path, O_RDONLY
 * Symlinks are followed inside the tree only, as if its root were "/"; one
 * resolution by the kernel (openat2, RESOLVE_IN_ROOT), mount points are not
 * entered. For paths that an administrator names (a policy file), never for
 * requests. 0 or -errno.
 */
int source_path(const struct source *s, const char *path, int *ret_fd);

/*
 * source_reopen() - from an O_PATH descriptor to one with other flags, through
 * /proc/self/fd: the same file, no path. 0 or -errno.
 */
int source_reopen(int fd, int flags, int *ret_fd);

#endif
