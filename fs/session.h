/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FUSE connection: INIT, worker threads, the reading and writing of
 * /dev/fuse. Each worker has a cloned descriptor, so requests are answered on
 * the queue that they came from.
 */
#ifndef FS_SESSION_H
#define FS_SESSION_H

#include "ops.h"

/* Mounts. Return: 0 or -errno; what went wrong was logged. */
int session_open(struct fs *fs);

/*
 * Serves requests until the mount is gone or session_stop(). @ready is called
 * once, after the kernel's INIT was answered (fs->passthrough is then known).
 */
int session_run(struct fs *fs, void (*ready)(void *arg), void *arg);

/* Asks session_run() to end; async-signal-safe. */
void session_stop(struct fs *fs);

/* Unmounts if still mounted; frees the session. */
void session_close(struct fs *fs);

/*
 * Blocking work (a lock that waits) runs on a thread of its own and replies
 * there. Return: 0 or -errno, then nothing was started.
 */
int session_detach(fuse_req_t req, void (*work)(fuse_req_t req, void *arg),
		   void *arg);

#endif
