/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FUSE connection: INIT, worker threads, the reading and writing of
 * /dev/fuse. Workers have cloned descriptors, so requests are answered on the
 * queue that they came from.
 */
#ifndef FS_SESSION_H
#define FS_SESSION_H

#include <signal.h>

#include "base/buf.h"
#include "ops.h"

/*
 * Sent to one of our threads it ends a system call that blocks (EINTR), and
 * does nothing else. All other signals are blocked in workers and in detached
 * threads.
 */
#define SESSION_SIGNAL SIGUSR1

/* Mounts. Return: 0 or -errno; what went wrong was logged. */
int session_open(struct fs *fs);

/*
 * Serves requests until the mount is gone or session_stop(). @ready is called
 * once, after the kernel's INIT was answered (fs->passthrough is then known)
 * and when the workers are there; not at all if session_stop() came before. To
 * be called by the thread that takes the process's signals.
 * Return: 0; -errno: nothing was served.
 */
int session_run(struct fs *fs, void (*ready)(void *arg), void *arg);

/* Asks session_run() to end; async-signal-safe. */
void session_stop(struct fs *fs);

/*
 * Unmounts if still mounted; frees the session. Accepts a session that was
 * never opened.
 */
void session_close(struct fs *fs);

/*
 * Blocking work (a lock that waits) runs on a thread of its own and replies
 * there. @work must end soon after its thread got SESSION_SIGNAL: at the end
 * of the session it is sent until the thread is gone.
 * Return: 0 or -errno, then nothing was started.
 */
int session_detach(fuse_req_t req, void (*work)(fuse_req_t req, void *arg),
		   void *arg);

/*
 * The calling worker will be busy for a while (reading and hashing a file,
 * asking the TPM, waiting for another request): somebody else shall take the
 * requests that come meanwhile. Only a hint; costs little, and nothing when
 * repeated or when somebody listens anyway.
 */
void session_busy(void);

/*
 * An empty buffer of the calling thread's own, for one reply: the kernel
 * copies it at once. Its memory stays for the next and goes with the thread.
 */
struct buf *session_scratch(void);

#endif
