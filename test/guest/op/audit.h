/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why something was denied: the kernel's audit records, or imafs' file of
 * denials, both reduced to "op=... cause=... name=...".
 */
#ifndef IMAFS_TEST_GUEST_AUDIT_H
#define IMAFS_TEST_GUEST_AUDIT_H

#include <stdio.h>

void audit_begin(void);
/* Prints what came since the last look, each line led by @number. */
void audit_look(FILE *to, unsigned number);

#endif
