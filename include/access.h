/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about one access, gathered by fs/ before policy/ is asked. */
#ifndef IMAFS_ACCESS_H
#define IMAFS_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The kernel's enum ima_hooks, by the names that policies use. */
enum hook {
	HOOK_NONE = 0, /* in a rule: no func= given */
	HOOK_FILE_CHECK,
	HOOK_MMAP_CHECK,
	HOOK_MMAP_CHECK_REQPROT,
	HOOK_BPRM_CHECK,
	HOOK_CREDS_CHECK,
	HOOK_POST_SETATTR, /* internal; cannot be written in a rule */
	HOOK_MODULE_CHECK,
	HOOK_FIRMWARE_CHECK,
	HOOK_KEXEC_KERNEL_CHECK,
	HOOK_KEXEC_INITRAMFS_CHECK,
	HOOK_POLICY_CHECK,
	HOOK_KEXEC_CMDLINE,
	HOOK_KEY_CHECK,
	HOOK_CRITICAL_DATA,
	HOOK_SETXATTR_CHECK,
	HOOK_COUNT
};

/* "FILE_CHECK" ...; NULL for HOOK_NONE and out of range. policy/vocab.c. */
const char *hook_name(enum hook h);

/* Access masks, include/linux/fs.h. */
#define MASK_EXEC   0x01
#define MASK_WRITE  0x02
#define MASK_READ   0x04
#define MASK_APPEND 0x08
#define MASK_ACCESS 0x10

/*
 * Facts that cost a look at /proc; a policy says which of them its rules ask
 * for (policy_facts()), and only those are gathered.
 */
#define FACT_IDS  0x1 /* uid, suid, gid, sgid; fsuid and fsgid otherwise */
#define FACT_CAPS 0x2 /* cap_setuid, cap_setgid */

struct access {
	enum hook hook;
	unsigned mask; /* MASK_* bits */
	unsigned have; /* FACT_* gathered */

	uid_t uid, euid, suid; /* of the subject, in the init user namespace */
	gid_t gid, egid, sgid;
	bool cap_setuid, cap_setgid; /* effective capabilities */

	uid_t fowner; /* of the inode */
	gid_t fgroup;

	uint64_t fsmagic;	/* statfs f_type of the source file system */
	uint8_t fsuuid[16];	/* all zero: unknown */
	const char *fsname;	/* "ext4"; NULL: unknown */
	const char *fs_subtype; /* NULL: none */

	/* KEY_CHECK: keyring; CRITICAL_DATA: label. NULL: none. */
	const char *func_data;
};

#endif
