/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory there is for this process. */
#ifndef FS_MEMORY_H
#define FS_MEMORY_H

#include <stdint.h>
#include <stdio.h>

/*
 * memory_size() - bytes that this process may use
 * The memory of the machine, or the least limit of the control groups that the
 * process is in. 0: unknown.
 */
uint64_t memory_size(void);

/*
 * memory_limit_of() - the least limit of control groups
 * @groups: the text of /proc/PID/cgroup, cgroups(7)
 * @mounts: the text of /proc/PID/mountinfo, proc(5)
 * Return: bytes; UINT64_MAX if there is no limit, or none can be read.
 */
uint64_t memory_limit_of(FILE *groups, FILE *mounts);

#endif
