/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FUSE operations. An operation is three lines of thought: resolve the node,
 * call one do_x() (0 or -errno, takes and drops its own locks), reply exactly
 * once. Operations never decide: opens, label changes and everything else
 * that a policy can have a say in goes through gate.h.
 *
 * After a reply the node may be gone: the kernel may already have forgotten it.
 */
#ifndef FS_OPS_H
#define FS_OPS_H

#define FUSE_USE_VERSION 312
#include <fuse3/fuse_lowlevel.h>

#include "caller.h"
#include "fs.h"
#include "gate.h"

extern const struct fuse_lowlevel_ops fs_ops; /* ops.c: the table */

static inline struct fs *fs_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

/*
 * The kernel's number for a node, and back. name_to_handle_at(2) shows it to
 * anybody, so it is not the node's address.
 */
fuse_ino_t id_of(const struct fs *fs, const struct node *n);
struct node *node_of(struct fs *fs, fuse_ino_t ino);

/* Before the first use. Return: 0; -errno of getrandom(2). */
int id_key_make(struct fs *fs);

struct caller caller_of(fuse_req_t req);

/*
 * Replies with 0 or -errno. ENOSYS of the file system below becomes
 * EOPNOTSUPP: FUSE takes ENOSYS as "never ask this mount again".
 */
void reply_error(fuse_req_t req, int r);

/*
 * The same for what a path walk may ask about @n on its way to an open: that
 * the file is gone uses up the kernel's one repetition, see retry.h.
 */
void reply_node_error(fuse_req_t req, struct node *n, int r);

/*
 * Is @name in @parent the control directory? It hides a file of that name
 * below, which can be neither reached nor made, replaced or removed.
 */
bool name_is_control(struct fs *fs, const struct node *parent,
		     const char *name);

/*
 * May @name be made or removed in @parent? 0; -EPERM for the control
 * directory's name in the root and for everything inside it.
 */
int name_check(struct fs *fs, const struct node *parent, const char *name);

/*
 * name_dir_open() - the directory that a name is to be made or removed in
 * @exists: -errno if @name is the control directory's: -EEXIST to make it,
 *          -EPERM to remove it
 * @ret_fd: O_PATH. Return: 0; -EPERM in .ima; @exists; -ESTALE; -errno.
 */
int name_dir_open(struct fs *fs, const struct node *parent, const char *name,
		  int exists, int *ret_fd);

/*
 * Looks @name up in @parent, a real directory that is open as @dirfd: for
 * lookup, and at the end of everything that makes a name. A node in @ret is
 * held for the kernel: entry_undo() unless it is told. 0; -ENOENT; -ESTALE;
 * -errno.
 */
int lookup_in(struct fs *fs, struct node *parent, int dirfd, const char *name,
	      struct fuse_entry_param *ret);
void entry_undo(struct fs *fs, const struct fuse_entry_param *e);

/* Fills in an entry for a control node, which is not counted. */
void entry_of_control(struct fs *fs, struct node *n,
		      struct fuse_entry_param *ret);

/* Replies with @e if @r is 0, otherwise with the error. */
void reply_entry(fuse_req_t req, int r, const struct fuse_entry_param *e);

/*
 * A path to an O_PATH descriptor for calls that have no AT_EMPTY_PATH; it
 * leads to the file itself, symlinks included.
 */
struct fd_path {
	char text[sizeof("/proc/self/fd/") + 11];
};
struct fd_path fd_path(int fd);

/* ops_lookup.c */
void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup);
void op_forget_multi(fuse_req_t req, size_t count,
		     struct fuse_forget_data *forgets);
void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_readlink(fuse_req_t req, fuse_ino_t ino);
void op_statfs(fuse_req_t req, fuse_ino_t ino);

/* ops_attr.c */
void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
		struct fuse_file_info *fi);

/* Asks gate_set_attr(). 0: it may be changed; -errno. */
int may_set_attr(struct fs *fs, struct node *n, const struct caller *c,
		 const struct attr_change *a);

/*
 * drop_setuid() - what truncation by @c takes from a file: the setuid bit, and
 * the setgid bit of an executable (root's, in the kernel CAP_FSETID's, does
 * not). The kernel does this for all but open(O_TRUNC), which it leaves whole
 * to us. Before it truncates: the gate may forbid it. 0 or -errno.
 */
int drop_setuid(struct fs *fs, struct node *n, const struct caller *c, int fd);

/*
 * Owner, mode or ACL of @n's file were changed: its other nodes must not show
 * the old ones, nor let anybody in by them, until their timeout.
 */
void tell_other_nodes(struct fs *fs, const struct node *n);

/* A file's mode without the bits that writing to it takes. */
mode_t mode_when_written(mode_t mode);

/* ops_namespace.c */
void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
	      dev_t rdev);
void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode);
void op_symlink(fuse_req_t req, const char *link, fuse_ino_t parent,
		const char *name);
void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t newparent,
	     const char *newname);
void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name,
	       fuse_ino_t newparent, const char *newname, unsigned flags);

/* ops_dir.c */
void dirs_release(struct fs *fs); /* what a forced end leaves open */
void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		struct fuse_file_info *fi);
void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi);
void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync,
		 struct fuse_file_info *fi);

/* ops_xattr.c */
void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
		 const char *value, size_t size, int flags);
void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size);
void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size);
void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name);

/* ops_file.c */
void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
	       struct fuse_file_info *fi);
void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
	     struct fuse_file_info *fi);
void op_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size,
	      off_t off, struct fuse_file_info *fi);
void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);

/* ops_io.c: what works on an open file and decides nothing */
void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync,
	      struct fuse_file_info *fi);
void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset,
		  off_t length, struct fuse_file_info *fi);
void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence,
	      struct fuse_file_info *fi);
void op_copy_file_range(fuse_req_t req, fuse_ino_t ino_in, off_t off_in,
			struct fuse_file_info *fi_in, fuse_ino_t ino_out,
			off_t off_out, struct fuse_file_info *fi_out,
			size_t len, int flags);

/* ops_lock.c */
void op_getlk(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
	      struct flock *lock);
void op_setlk(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
	      struct flock *lock, int sleep);
void op_flock(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
	      int op);
/* Gives the locks back, then op_release(). */
void op_release_locked(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi);

#endif
