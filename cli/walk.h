/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files and trees of files for the commands that work on many: found by one
 * thread, worked on by several.
 *
 * Names are used once, relative to the open directory that they were read
 * from. Below the paths that the user gave, no symbolic link is followed, so
 * that nobody who can rename things in the tree leads the program out of it.
 */
#ifndef CLI_WALK_H
#define CLI_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "out.h"
#include "progress.h"

/* An open directory. Lives until everything below it is done. */
struct walk_dir {
	int fd;
	struct stat st;
	char *path;		 /* for people; out_error_at() escapes it */
	const char *name;	 /* in parent; without parent: as given */
	struct walk_dir *parent; /* NULL: the user named it */
	void *data;		 /* of walk_ops.enter() */
	_Atomic unsigned refs;	 /* its files, directories and the finder */
};

/* Anything but a directory. */
struct walk_file {
	struct walk_dir *dir;	   /* NULL: the user named it */
	const char *name;	   /* in dir; without dir: as given */
	char *path;		   /* for people; out_error_at() escapes it */
	struct stat st;		   /* when it was found */
	struct progress *progress; /* to be told about bytes done */
};

struct walk_ops {
	/*
	 * One file, on a worker thread. @scratch: POOL_SCRATCH bytes, or NULL
	 * without memory. Messages go to @out. Return: 0, or -errno when it
	 * failed and @out says why.
	 */
	int (*file)(void *arg, const struct walk_file *f, struct out *out,
		    void *scratch);
	/*
	 * Optional. A directory, before its entries, on the finding thread.
	 * Return: 0; -errno to leave it out, when @out says why.
	 */
	int (*enter)(void *arg, struct walk_dir *d, struct out *out);
	/* Optional. The same, when all below is done, on any thread. */
	int (*leave)(void *arg, struct walk_dir *d, struct out *out);
	/*
	 * False: only regular files are of interest; others are passed over in
	 * a tree, and refused where the user named them.
	 */
	bool all_types;
};

struct walk_options {
	bool recursive; /* false: a directory is an error */
	bool one_fs;	/* do not enter directories of other file systems */
	bool quiet;	/* no progress bar */
	unsigned jobs;	/* 0: one per processor that we may use */
};

struct walk_result {
	uint64_t failed; /* files and directories with a message */
	uint64_t bytes;	 /* that the progress was told about */
};

/*
 * walk() - do something with every file
 * SIGINT, SIGTERM and SIGHUP end it early: walk_stopped() becomes true, what
 * has not begun is left out, and at the end the signal takes its course.
 *
 * Return: 0 (then see @ret); -ENOMEM; -errno of threads, or of stdout.
 */
int walk(const struct walk_options *o, const struct walk_ops *ops, void *arg,
	 char *const paths[], struct walk_result *ret);

/* A signal asks to come to an end. Any thread. */
bool walk_stopped(void);

/*
 * walk_open() - open a regular file for reading, and the one that was found
 * Return: a descriptor; -errno; -ELOOP if it has become a symbolic link,
 * -ESTALE if it has become another file.
 */
int walk_open(const struct walk_file *f);

#endif
