/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metadata that execve() gives privileges by, as an EVM signature covered
 * them: what a node may show (doc/design/010-evm.md). Values only.
 */
#ifndef FS_VOUCHED_H
#define FS_VOUCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* include/uapi/linux/capability.h, XATTR_CAPS_SZ_3: longer ones are refused */
#define VOUCHED_CAPS_MAX 24

struct vouched {
	bool yes; /* false: nothing was checked, the rest means nothing */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	uint8_t caps_len; /* 0: no security.capability */
	uint8_t caps[VOUCHED_CAPS_MAX];
};

/* Takes a value of security.capability over; one that is too long is none. */
void vouched_set_caps(struct vouched *v, const void *value, size_t len);

/* Both say the same, or neither says anything. */
bool vouched_equal(const struct vouched *a, const struct vouched *b);

/* Are these the owner and mode? Only where v->yes. */
bool vouched_covers(const struct vouched *v, const struct stat *st);
/* Is this the security.capability? Only where v->yes. */
bool vouched_covers_caps(const struct vouched *v, const void *value,
			 size_t len);

#endif
