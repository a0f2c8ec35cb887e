// SPDX-License-Identifier: Apache-2.0
/*
 * The built-in policies (IMA: ima_init_policy()), as text in the language that
 * everybody else writes. The table is in the order of the kernel's default
 * list.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "policy/ruleset.h"

/* Linux 6.12; 6.14 narrows the TMPFS line (0x1021994). */
#define TCB_EXEMPT                          \
	"dont_measure fsmagic=0x9fa0\n"     \
	"dont_measure fsmagic=0x62656572\n" \
	"dont_measure fsmagic=0x64626720\n" \
	"dont_measure fsmagic=0x1021994\n"  \
	"dont_measure fsmagic=0x1cd1\n"     \
	"dont_measure fsmagic=0x42494e4d\n" \
	"dont_measure fsmagic=0x73636673\n" \
	"dont_measure fsmagic=0xf97cff8c\n" \
	"dont_measure fsmagic=0x43415d53\n" \
	"dont_measure fsmagic=0x27e0eb\n"   \
	"dont_measure fsmagic=0x63677270\n" \
	"dont_measure fsmagic=0x6e736673\n" \
	"dont_measure fsmagic=0xde5e81e4\n"

static const char ima_tcb[] =
	TCB_EXEMPT "measure func=MMAP_CHECK mask=MAY_EXEC\n"
		   "measure func=BPRM_CHECK mask=MAY_EXEC\n"
		   "measure func=FILE_CHECK mask=MAY_READ uid=0\n"
		   "measure func=MODULE_CHECK\n"
		   "measure func=FIRMWARE_CHECK\n";

static const char tcb[] =
	TCB_EXEMPT "measure func=MMAP_CHECK mask=MAY_EXEC\n"
		   "measure func=BPRM_CHECK mask=MAY_EXEC\n"
		   "measure func=FILE_CHECK mask=^MAY_READ euid=0\n"
		   "measure func=FILE_CHECK mask=^MAY_READ uid=0\n"
		   "measure func=MODULE_CHECK\n"
		   "measure func=FIRMWARE_CHECK\n"
		   "measure func=POLICY_CHECK\n";

static const char secure_boot[] =
	"appraise func=MODULE_CHECK appraise_type=imasig\n"
	"appraise func=FIRMWARE_CHECK appraise_type=imasig\n"
	"appraise func=KEXEC_KERNEL_CHECK appraise_type=imasig\n"
	"appraise func=POLICY_CHECK appraise_type=imasig\n";

/*
 * imafs' own: whatever is opened, executed or mapped must carry a signature.
 *
 * The rule without func= matches the events of every file hook, for any mask
 * and any owner, so it alone covers FILE_CHECK, BPRM_CHECK, CREDS_CHECK and
 * both MMAP hooks. Rules for the single hooks in front of it would add nothing
 * but a second cached status per file. POLICY_CHECK is named all the same: only
 * a rule that names it closes the direct way of loading rules
 * (policy_appraises()), and without that a process could write rules that
 * exempt what it wants to run.
 *
 * appraise_tcb exempts 14 kinds of file system by fsmagic. There is no such
 * line here: whoever chooses signed_init for a tree on tmpfs (an initramfs, a
 * container's /run) means that tree. Nor is there a fowner= condition, which a
 * chown would satisfy. In the list it stands before appraise_tcb, whose
 * exemptions would match first otherwise.
 */
static const char signed_init[] =
	"appraise func=POLICY_CHECK appraise_type=imasig\n"
	"appraise appraise_type=imasig\n";

/* imafs can always be given a new policy (CONFIG_IMA_WRITE_POLICY). */
static const char appraise_tcb[] =
	"dont_appraise fsmagic=0x9fa0\n"
	"dont_appraise fsmagic=0x62656572\n"
	"dont_appraise fsmagic=0x64626720\n"
	"dont_appraise fsmagic=0x1021994\n"
	"dont_appraise fsmagic=0x858458f6\n"
	"dont_appraise fsmagic=0x1cd1\n"
	"dont_appraise fsmagic=0x42494e4d\n"
	"dont_appraise fsmagic=0x73636673\n"
	"dont_appraise fsmagic=0xf97cff8c\n"
	"dont_appraise fsmagic=0x43415d53\n"
	"dont_appraise fsmagic=0x6e736673\n"
	"dont_appraise fsmagic=0xde5e81e4\n"
	"dont_appraise fsmagic=0x27e0eb\n"
	"dont_appraise fsmagic=0x63677270\n"
	"appraise func=POLICY_CHECK appraise_type=imasig\n"
	"appraise fowner=0\n";

static const char critical_data[] = "measure func=CRITICAL_DATA\n";

enum builtin {
	BUILTIN_IMA_TCB,
	BUILTIN_TCB,
	BUILTIN_SECURE_BOOT,
	BUILTIN_SIGNED_INIT,
	BUILTIN_APPRAISE_TCB,
	BUILTIN_CRITICAL_DATA,
	BUILTIN_FAIL_SECURELY, /* no rule; changes what appraise rules mean */
	BUILTIN_COUNT
};

#define BUILTINS_TCB (BIT(BUILTIN_IMA_TCB) | BIT(BUILTIN_TCB))

static const struct {
	const char *name;
	const char *old_name; /* NULL: none */
	const char *text;
} builtins[BUILTIN_COUNT] = {
	[BUILTIN_IMA_TCB] = { "ima_tcb", NULL, ima_tcb },
	[BUILTIN_TCB] = { "tcb", NULL, tcb },
	[BUILTIN_SECURE_BOOT] = { "secure_boot", NULL, secure_boot },
	[BUILTIN_SIGNED_INIT] = { "signed_init", NULL, signed_init },
	[BUILTIN_APPRAISE_TCB] = { "appraise_tcb", "ima_appraise_tcb",
				   appraise_tcb },
	[BUILTIN_CRITICAL_DATA] = { "critical_data", NULL, critical_data },
	[BUILTIN_FAIL_SECURELY] = { "fail_securely", NULL, "" },
};

static bool is(const char *name, const char *word, size_t len)
{
	return name && strlen(name) == len && memcmp(name, word, len) == 0;
}

static int add_name(const char *word, size_t len, unsigned *chosen,
		    struct diag *reterr)
{
	for (unsigned i = 0; i < BUILTIN_COUNT; i++) {
		if (!is(builtins[i].name, word, len) &&
		    !is(builtins[i].old_name, word, len))
			continue;
		/* as on the kernel's command line, the first one counts */
		if (!(BIT(i) & BUILTINS_TCB) || !(*chosen & BUILTINS_TCB))
			*chosen |= BIT(i);
		return 0;
	}
	diag_at(reterr, 0, 0,
		"'%s' is not a built-in policy; there are tcb, ima_tcb, "
		"appraise_tcb, secure_boot, critical_data, fail_securely and "
		"signed_init",
		token_shown(word, len).text);
	return -ENOENT;
}

static int choose(const char *names, unsigned *ret_chosen, struct diag *reterr)
{
	static const char separators[] = ",| \n";
	unsigned chosen = 0;
	int r = 0;

	names += strspn(names, separators);
	while (*names && r == 0) {
		size_t len = strcspn(names, separators);

		r = add_name(names, len, &chosen, reterr);
		names += len;
		names += strspn(names, separators);
	}
	if (r == 0 && !chosen)
		return add_name(names, 0, &chosen, reterr);
	*ret_chosen = chosen;
	return r;
}

int policy_builtin(const char *names, const struct policy_env *env,
		   struct policy **ret, struct diag *reterr)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	unsigned chosen = 0;
	int r = choose(names, &chosen, reterr);

	for (unsigned i = 0; i < BUILTIN_COUNT && r == 0; i++) {
		if (chosen & BIT(i))
			r = buf_append_str(&text, builtins[i].text);
	}
	if (r == 0)
		r = policy_parse((const char *)text.data, text.len, env, ret,
				 reterr);
	assert(r != -EINVAL && r != -E2BIG); /* our own text is in order */
	if (r == 0)
		(*ret)->fail_securely = chosen & BIT(BUILTIN_FAIL_SECURELY);
	return r;
}
