// SPDX-License-Identifier: Apache-2.0
/*
 * The words of the policy language, each vocabulary in one table. No grammar
 * here: what goes together is check.c's.
 */
#include <string.h>

#include "policy/rule.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

static bool same(const char *word, const char *name, size_t len)
{
	return strlen(word) == len && memcmp(word, name, len) == 0;
}

static const struct {
	const char *name;
	unsigned action;
} actions[] = {
	{ "measure", ACTION_MEASURE },
	{ "dont_measure", ACTION_DONT_MEASURE },
	{ "appraise", ACTION_APPRAISE },
	{ "dont_appraise", ACTION_DONT_APPRAISE },
	{ "audit", ACTION_AUDIT },
	{ "dont_audit", ACTION_DONT_AUDIT }, /* since 6.19 */
	{ "hash", ACTION_HASH },
	{ "dont_hash", ACTION_DONT_HASH },
	{ "memlock", ACTION_MEMLOCK },
	{ "dont_memlock", ACTION_DONT_MEMLOCK },
};

unsigned action_find(const char *name, size_t len)
{
	for (size_t i = 0; i < N(actions); i++) {
		if (same(actions[i].name, name, len))
			return actions[i].action;
	}
	return 0;
}

const char *action_name(unsigned action)
{
	for (size_t i = 0; i < N(actions); i++) {
		if (actions[i].action == action)
			return actions[i].name;
	}
	return NULL;
}

/* A hook's own name comes before its aliases; internal: not for rules. */
static const struct {
	const char *name;
	enum hook hook;
	unsigned mask; /* of all its events; 0: they differ, or have none */
	bool internal;
} hooks[] = {
	{ "FILE_CHECK", HOOK_FILE_CHECK, 0, false },
	{ "PATH_CHECK", HOOK_FILE_CHECK, 0, false },
	{ "MMAP_CHECK", HOOK_MMAP_CHECK, MASK_EXEC, false },
	{ "FILE_MMAP", HOOK_MMAP_CHECK, MASK_EXEC, false },
	{ "MMAP_CHECK_REQPROT", HOOK_MMAP_CHECK_REQPROT, MASK_EXEC, false },
	{ "BPRM_CHECK", HOOK_BPRM_CHECK, MASK_EXEC, false },
	{ "CREDS_CHECK", HOOK_CREDS_CHECK, MASK_EXEC, false },
	{ "POST_SETATTR", HOOK_POST_SETATTR, 0, true },
	{ "MODULE_CHECK", HOOK_MODULE_CHECK, MASK_READ, false },
	{ "FIRMWARE_CHECK", HOOK_FIRMWARE_CHECK, MASK_READ, false },
	{ "KEXEC_KERNEL_CHECK", HOOK_KEXEC_KERNEL_CHECK, MASK_READ, false },
	{ "KEXEC_INITRAMFS_CHECK", HOOK_KEXEC_INITRAMFS_CHECK, MASK_READ,
	  false },
	{ "POLICY_CHECK", HOOK_POLICY_CHECK, MASK_READ, false },
	{ "KEXEC_CMDLINE", HOOK_KEXEC_CMDLINE, 0, false },
	{ "KEY_CHECK", HOOK_KEY_CHECK, 0, false },
	{ "CRITICAL_DATA", HOOK_CRITICAL_DATA, 0, false },
	{ "SETXATTR_CHECK", HOOK_SETXATTR_CHECK, 0, false },
};

const char *hook_name(enum hook h)
{
	for (size_t i = 0; i < N(hooks); i++) {
		if (hooks[i].hook == h)
			return hooks[i].name;
	}
	return NULL;
}

enum hook hook_find(const char *name, size_t len)
{
	for (size_t i = 0; i < N(hooks); i++) {
		if (!hooks[i].internal && same(hooks[i].name, name, len))
			return hooks[i].hook;
	}
	return HOOK_NONE;
}

unsigned hook_mask(enum hook h)
{
	for (size_t i = 0; i < N(hooks); i++) {
		if (hooks[i].hook == h)
			return hooks[i].mask;
	}
	return 0;
}

static const struct {
	const char *name;
	unsigned mask;
} masks[] = {
	{ "MAY_EXEC", MASK_EXEC },
	{ "MAY_WRITE", MASK_WRITE },
	{ "MAY_READ", MASK_READ },
	{ "MAY_APPEND", MASK_APPEND },
};

unsigned mask_find(const char *name, size_t len)
{
	for (size_t i = 0; i < N(masks); i++) {
		if (same(masks[i].name, name, len))
			return masks[i].mask;
	}
	return 0;
}

const char *mask_name(unsigned mask)
{
	for (size_t i = 0; i < N(masks); i++) {
		if (masks[i].mask == mask)
			return masks[i].name;
	}
	return NULL;
}

/*
 * The most demanding first: a rule may name imasig and imasig|modsig, and is
 * printed as the one that has all its options. OPT_CHECK_BLACKLIST is the
 * kernel's for all of them; nothing here obeys it (doc/design/004, 32).
 */
static const struct appraise_type appraise_types[] = {
	{ "imasig|modsig",
	  OPT_DIGSIG_REQUIRED | OPT_MODSIG_ALLOWED | OPT_CHECK_BLACKLIST },
	{ "sigv3",
	  OPT_DIGSIG_REQUIRED | OPT_SIGV3_REQUIRED | OPT_CHECK_BLACKLIST },
	{ "imasig", OPT_DIGSIG_REQUIRED | OPT_CHECK_BLACKLIST },
	{ "imasig_optional", OPT_SIG_OPTIONAL | OPT_CHECK_BLACKLIST },
};

const struct appraise_type *appraise_type_find(const char *name, size_t len)
{
	for (size_t i = 0; i < N(appraise_types); i++) {
		if (same(appraise_types[i].name, name, len))
			return &appraise_types[i];
	}
	return NULL;
}

const struct appraise_type *appraise_type_of(unsigned options)
{
	for (size_t i = 0; i < N(appraise_types); i++) {
		if ((appraise_types[i].options & ~options) == 0)
			return &appraise_types[i];
	}
	return NULL;
}

#define NEEDS_ID   "a number from 0 to 4294967294"
#define NEEDS_NAME "a name"
#define NEEDS_LSM  "a label of the security module"
#define USER	   (BIT(KEY_UID) | BIT(KEY_EUID))
#define GROUP	   (BIT(KEY_GID) | BIT(KEY_EGID))

/*
 * Which words may stand twice is as odd here as in the kernel (IMA:
 * ima_parse_rule()). fsmagic and fsuuid may after a zero; the parser looks at
 * that.
 */
static const struct keyword keywords[KEY_COUNT] = {
	[KEY_FUNC] = { "func", "a hook such as FILE_CHECK", BIT(KEY_FUNC),
		       false, 0 },
	[KEY_MASK] = { "mask",
		       "MAY_EXEC, MAY_WRITE, MAY_READ or MAY_APPEND, with '^' "
		       "in front for 'contains'",
		       BIT(KEY_MASK), false, 0 },
	[KEY_FSMAGIC] = { "fsmagic", "a hexadecimal number of at most 64 bits",
			  0, false, 0 },
	[KEY_FSNAME] = { "fsname", "a file system type such as ext4", 0, false,
			 TEXT_FSNAME },
	[KEY_FS_SUBTYPE] = { "fs_subtype", "a file system subtype",
			     BIT(KEY_FS_SUBTYPE), false, TEXT_FS_SUBTYPE },
	[KEY_KEYRINGS] = { "keyrings", "names separated by '|'",
			   BIT(KEY_KEYRINGS), false, TEXT_KEYRINGS },
	[KEY_LABEL] = { "label", "names separated by '|'", BIT(KEY_LABEL),
			false, TEXT_LABEL },
	[KEY_PCR] = { "pcr", "a number from 0 to 63", 0, false, 0 },
	[KEY_FSUUID] = { "fsuuid", "a UUID written 8-4-4-4-12", 0, false, 0 },
	[KEY_UID] = { "uid", NEEDS_ID, USER, true, ID_USER },
	[KEY_EUID] = { "euid", NEEDS_ID, USER, true, ID_USER },
	[KEY_GID] = { "gid", NEEDS_ID, GROUP, true, ID_GROUP },
	[KEY_EGID] = { "egid", NEEDS_ID, GROUP, true, ID_GROUP },
	[KEY_FOWNER] = { "fowner", NEEDS_ID, BIT(KEY_FOWNER), true, ID_FOWNER },
	[KEY_FGROUP] = { "fgroup", NEEDS_ID, BIT(KEY_FGROUP), true, ID_FGROUP },
	[KEY_APPRAISE_ALGOS] = { "appraise_algos",
				 "hash algorithms separated by ','",
				 BIT(KEY_APPRAISE_ALGOS), false, 0 },
	[KEY_OBJ_USER] = { "obj_user", NEEDS_LSM, BIT(KEY_OBJ_USER), false,
			   TEXT_OBJ_USER },
	[KEY_OBJ_ROLE] = { "obj_role", NEEDS_LSM, BIT(KEY_OBJ_ROLE), false,
			   TEXT_OBJ_ROLE },
	[KEY_OBJ_TYPE] = { "obj_type", NEEDS_LSM, BIT(KEY_OBJ_TYPE), false,
			   TEXT_OBJ_TYPE },
	[KEY_SUBJ_USER] = { "subj_user", NEEDS_LSM, BIT(KEY_SUBJ_USER), false,
			    TEXT_SUBJ_USER },
	[KEY_SUBJ_ROLE] = { "subj_role", NEEDS_LSM, BIT(KEY_SUBJ_ROLE), false,
			    TEXT_SUBJ_ROLE },
	[KEY_SUBJ_TYPE] = { "subj_type", NEEDS_LSM, BIT(KEY_SUBJ_TYPE), false,
			    TEXT_SUBJ_TYPE },
	[KEY_TEMPLATE] = { "template", "a template's name or format",
			   BIT(KEY_TEMPLATE), false, 0 },
	[KEY_DIGEST_TYPE] = { "digest_type", "the word verity", 0, false, 0 },
	[KEY_APPRAISE_TYPE] = { "appraise_type",
				"imasig, imasig|modsig, sigv3 or "
				"imasig_optional",
				0, false, 0 },
	[KEY_PERMIT_DIRECTIO] = { "permit_directio", NULL, 0, false, 0 },
	[KEY_APPRAISE_FLAG] = { "appraise_flag", NEEDS_NAME, 0, false, 0 },
};

const struct keyword *keyword_of(enum key k)
{
	return &keywords[k];
}

enum key keyword_find(const char *name, size_t len)
{
	unsigned k = 0;

	while (k < KEY_COUNT && !same(keywords[k].name, name, len))
		k++;
	return k;
}

const char *keyword_guess(const char *name, size_t len)
{
	for (size_t i = 0; i < N(actions); i++) {
		if (strlen(actions[i].name) == len &&
		    strncasecmp(actions[i].name, name, len) == 0)
			return actions[i].name;
	}
	for (unsigned k = 0; k < KEY_COUNT; k++) {
		if (strlen(keywords[k].name) == len &&
		    strncasecmp(keywords[k].name, name, len) == 0)
			return keywords[k].name;
	}
	return NULL;
}
