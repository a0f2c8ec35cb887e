// SPDX-License-Identifier: Apache-2.0
/*
 * What a mount says about itself: status, tpm, keys, evm, denials. Lines
 * of "name: value", one fact each, for people and for scripts; names are only
 * ever added.
 */
#include "base/log.h"
#include "control_file.h"
#include "denial.h"

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static int print_number(struct buf *to, const char *name, uint64_t value)
{
	return buf_printf(to, "%s: %llu\n", name, (unsigned long long)value);
}

/* A path is the user's text: it must not be able to make a line of its own. */
static int print_text(struct buf *to, const char *name, const char *value)
{
	int r = buf_printf(to, "%s: ", name);

	if (r == 0)
		r = buf_append_escaped(to, value);
	return r < 0 ? r : buf_append_u8(to, '\n');
}

static int print_policy(struct fs *fs, struct buf *to)
{
	struct policy *p = fs_policy(fs);
	size_t rules = policy_count(p);
	bool locked;
	int r;

	policy_unref(p);
	(void)pthread_mutex_lock(&fs->policy_lock);
	locked = fs->policy_locked;
	(void)pthread_mutex_unlock(&fs->policy_lock);
	r = print_number(to, "policy_rules", rules);
	if (r == 0)
		r = print_number(to, "policy_generation",
				 atomic_load(&fs->policy_generation));
	return r < 0 ? r
		     : buf_printf(to, "policy_locked: %s\n", yes_no(locked));
}

static int print_store(struct fs *fs, struct buf *to)
{
	struct store_info s;

	store_stat(fs->store, &s);
	return buf_printf(
		to,
		"store: %s\n"
		"store_locked: %s\n"
		"locked_bytes: %llu\n"
		"lock_budget: %llu\n"
		"objects: %llu\n"
		"objects_evicted: %llu\n",
		s.tmpfs ? "tmpfs" : "memfd", yes_no(s.locked),
		(unsigned long long)s.used, (unsigned long long)s.budget,
		(unsigned long long)s.objects, (unsigned long long)s.evicted);
}

static int print_journal(struct fs *fs, struct buf *to)
{
	int r = print_number(to, "journal_entries", journal_count(fs->journal));

	if (r == 0)
		r = print_number(to, "journal_violations",
				 journal_violations(fs->journal));
	return r < 0 ? r
		     : buf_printf(to, "journal_degraded: %s\n",
				  yes_no(journal_degraded(fs->journal)));
}

static int status_print(struct fs *fs, struct buf *to)
{
	static const char *const mode[] = {
		[APPRAISE_ENFORCE] = "enforce",
		[APPRAISE_LOG] = "log",
		[APPRAISE_FIX] = "fix",
		[APPRAISE_OFF] = "off",
	};
	int r = print_text(to, "source", fs->opt->source);

	if (r == 0)
		r = print_text(to, "mountpoint", fs->opt->mountpoint);
	if (r == 0)
		r = buf_printf(to, "appraise: %s\n", mode[fs->opt->appraise]);
	if (r == 0)
		r = print_policy(fs, to);
	if (r == 0)
		r = print_store(fs, to);
	if (r == 0)
		r = print_number(to, "inodes", inode_count(fs->inodes));
	if (r == 0)
		r = buf_printf(to, "passthrough: %s\n",
			       yes_no(fs->passthrough));
	if (r == 0)
		r = print_journal(fs, to);
	if (r == 0)
		r = print_number(to, "denials", denials_count(fs->denials));
	return r < 0 ? r : print_number(to, "log_dropped", log_dropped());
}

const struct control_type control_status = { .print = status_print };

static int tpm_print(struct fs *fs, struct buf *to)
{
	int r;

	if (!fs->extender || !fs->tcti)
		return buf_append_str(to, "tcti: none\n");
	r = print_text(to, "tcti", fs->tcti);
	if (r == 0)
		r = print_number(to, "pcr", fs->opt->pcr);
	if (r == 0)
		r = buf_append_str(to, "banks:");
	for (unsigned i = 0; r == 0 && i < fs->extender->n_banks; i++)
		r = buf_printf(to, " %s", hash_alg_name(fs->extender->bank[i]));
	return r < 0 ? r
		     : buf_printf(to, "\nprivate: %s\n",
				  yes_no(fs->private_tpm));
}

const struct control_type control_tpm = { .print = tpm_print };

static int print_keys(const struct keyring *keys, struct buf *to)
{
	size_t n = keys ? keyring_count(keys) : 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		r = keyring_describe(keys, i, to);
		if (r == 0)
			r = buf_append_u8(to, '\n');
	}
	return r;
}

static int keys_print(struct fs *fs, struct buf *to)
{
	return print_keys(fs->keys, to);
}

const struct control_type control_keys = { .print = keys_print };

static int evm_keys_print(struct fs *fs, struct buf *to)
{
	return print_keys(fs->evm_keys, to);
}

const struct control_type control_evm_keys = { .print = evm_keys_print };

/* As securityfs' evm: no newline; EVM_INIT_X509 is 2
 * (Documentation/ABI/testing/evm). */
static int evm_print(struct fs *fs, struct buf *to)
{
	return buf_append_u8(to, fs->evm_keys ? '2' : '0');
}

const struct control_type control_evm = { .print = evm_print };

static int denials_text(struct fs *fs, struct buf *to)
{
	return denials_print(fs->denials, to);
}

const struct control_type control_denials = { .print = denials_text };

static int version_print(struct fs *fs, struct buf *to)
{
	(void)fs;
	return buf_append_str(to, IMAFS_VERSION "\n");
}

const struct control_type control_version = { .print = version_print };
