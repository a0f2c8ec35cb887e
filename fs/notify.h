/* SPDX-License-Identifier: Apache-2.0 */
/* Tells whoever started us in the foreground that the mount serves. */
#ifndef FS_NOTIFY_H
#define FS_NOTIFY_H

/*
 * Sends READY=1 to the socket that the environment names as NOTIFY_SOCKET, as
 * sd_notify(3) does; imafs-init and units with Type=notify wait for it.
 */
void notify_ready(void);

#endif
