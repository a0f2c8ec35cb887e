/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a process that outlives a change of the root finds /proc.
 *
 * A daemon of an initramfs keeps the old root, from which switch_root has moved
 * /proc away. So it stands in /proc, and names what it needs from there.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

/*
 * Makes /proc the working directory; relative paths mean something else from
 * then on. Once, before there are threads. Where there is no /proc all stays
 * as it was.
 */
void proc_enter(void);

/* "/proc", or "." after proc_enter(). */
const char *proc_dir(void);

#endif
