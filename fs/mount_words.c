// SPDX-License-Identifier: Apache-2.0
/*
 * The words of "imafs mount -o". Checks them, starts nothing. A word that is
 * neither ours nor known to mean nothing for this file system is an error: a
 * protection that somebody asked for must not be missing in silence.
 */
#include "mount.h"

#include <ctype.h>
#include <errno.h>
#include <fuse3/fuse_opt.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "digest.h"
#include "memory.h"
#include "template.h"

#define WORKERS_LIMIT 256

/* Applies a word; @value is "" for words that take none. */
typedef int (*apply_fn)(struct mount_options *o, const char *value,
			struct diag *reterr);

struct word {
	const char *name;
	apply_fn apply; /* NULL: the word means nothing here */
	bool takes_value;
	bool pass_on; /* to libfuse, as it is */
};

static int replace(char **slot, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*slot);
	*slot = copy;
	return 0;
}

static int set_policy(struct mount_options *o, const char *value,
		      struct diag *reterr)
{
	(void)reterr;
	return replace(&o->policy, value);
}

static int add_to(char ***list, const char *value)
{
	size_t n = 0;
	char **more;

	while (*list && (*list)[n])
		n++;
	more = reallocarray(*list, n + 2, sizeof(*more));
	if (!more)
		return -ENOMEM;
	*list = more;
	more[n + 1] = NULL;
	more[n] = strdup(value);
	return more[n] ? 0 : -ENOMEM;
}

static int add_keys(struct mount_options *o, const char *value,
		    struct diag *reterr)
{
	(void)reterr;
	return add_to(&o->keys, value);
}

static int add_evm_keys(struct mount_options *o, const char *value,
			struct diag *reterr)
{
	(void)reterr;
	return add_to(&o->evm_keys, value);
}

static int set_trust(struct mount_options *o, const char *value,
		     struct diag *reterr)
{
	(void)reterr;
	return replace(&o->trust, value);
}

static int set_state(struct mount_options *o, const char *value,
		     struct diag *reterr)
{
	(void)reterr;
	return replace(&o->state, value);
}

static int set_tpm(struct mount_options *o, const char *value,
		   struct diag *reterr)
{
	(void)reterr;
	return replace(&o->tpm, value);
}

/* Decimal digits, nothing else, at most @max. */
static int parse_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text) ||
		    __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (unsigned)(*text - '0'), &n) ||
		    n > max)
			return -EINVAL;
	}
	*ret = n;
	return 0;
}

static int set_pcr(struct mount_options *o, const char *value,
		   struct diag *reterr)
{
	uint64_t n;

	if (parse_number(value, 23, &n)) {
		diag_set(reterr, "pcr=%s: a PCR is a number from 0 to 23",
			 value);
		return -EINVAL;
	}
	/* TCG PC Client Platform Firmware Profile, table of PCR localities */
	if (n >= 17 && n <= 22) {
		diag_set(reterr,
			 "pcr=%s: PCRs 17 to 22 cannot be extended from here "
			 "(they need another locality); use 8 to 15",
			 value);
		return -EINVAL;
	}
	o->pcr = (unsigned)n;
	return 0;
}

static int set_hash(struct mount_options *o, const char *value,
		    struct diag *reterr)
{
	int alg = hash_alg_find(value, strlen(value));

	if (alg < 0) {
		diag_set(reterr,
			 "hash=%s: not a hash algorithm; use sha256, sha384, "
			 "sha512, sha1, ...",
			 value);
		return -EINVAL;
	}
	if (!digest_available((unsigned)alg)) {
		diag_set(reterr,
			 "hash=%s: the installed OpenSSL does not offer it; "
			 "use sha256",
			 value);
		return -EINVAL;
	}
	o->hash = (enum hash_alg)alg;
	return 0;
}

static int set_template(struct mount_options *o, const char *value,
			struct diag *reterr)
{
	if (!template_define(value, strlen(value))) {
		diag_set(reterr,
			 "template=%s: neither a template (ima-ng, ima-sig, "
			 "...) nor a format (d-ng|n-ng|...)",
			 value);
		return -EINVAL;
	}
	return replace(&o->template, value);
}

/* "...; use A, B or C": all @names, they are few. */
static void say_choices(const char *word, const char *value,
			const char *const *names, struct diag *reterr)
{
	char list[64] = "";
	size_t len = 0;

	for (int i = 0; names[i] && len < sizeof(list); i++) {
		const char *before = i == 0 ? "" : names[i + 1] ? ", " : " or ";

		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
					before, names[i]);
	}
	diag_set(reterr, "%s=%.200s: unknown value; use %s", word, value, list);
}

/* Index of @value in @names, which ends with NULL; -EINVAL. */
static int choose(const char *word, const char *value, const char *const *names,
		  struct diag *reterr)
{
	for (int i = 0; names[i]; i++) {
		if (strcmp(names[i], value) == 0)
			return i;
	}
	say_choices(word, value, names, reterr);
	return -EINVAL;
}

static int set_appraise(struct mount_options *o, const char *value,
			struct diag *reterr)
{
	static const char *const names[] = {
		[APPRAISE_ENFORCE] = "enforce",
		[APPRAISE_LOG] = "log",
		[APPRAISE_FIX] = "fix",
		[APPRAISE_OFF] = "off",
		NULL,
	};
	int i = choose("appraise", value, names, reterr);

	if (i < 0)
		return i;
	o->appraise = (enum appraise_mode)i;
	return 0;
}

static int set_control(struct mount_options *o, const char *value,
		       struct diag *reterr)
{
	static const char *const names[] = {
		[CONTROL_HIDDEN] = "hidden",
		[CONTROL_VISIBLE] = "visible",
		[CONTROL_NONE] = "none",
		NULL,
	};
	int i = choose("control", value, names, reterr);

	if (i < 0)
		return i;
	o->control = (enum control_visibility)i;
	return 0;
}

static int set_lock_budget(struct mount_options *o, const char *value,
			   struct diag *reterr)
{
	static const char units[] = "KMGT";
	CLEANUP(freep) char *digits = strdup(value);
	size_t len = strlen(value);
	const char *unit = NULL;
	uint64_t factor = 1, n;
	bool percent = false;
	int r;

	if (!digits)
		return -ENOMEM;
	if (len && value[len - 1] == '%')
		percent = true;
	else if (len)
		unit = strchr(units, toupper((unsigned char)value[len - 1]));
	if (percent || unit)
		digits[len - 1] = '\0';
	if (unit)
		factor <<= 10 * (unit - units + 1);
	r = parse_number(digits, percent ? 100 : UINT64_MAX, &n);
	if (r == 0 && percent)
		n *= memory_size() / 100;
	if (r || n == 0 || __builtin_mul_overflow(n, factor, &n) ||
	    n > INT64_MAX) {
		diag_set(reterr,
			 "lock_budget=%s: not a size; use 512M, 2G or 25%% (of "
			 "memory)",
			 value);
		return -EINVAL;
	}
	o->lock_budget = n;
	return 0;
}

static int set_workers(struct mount_options *o, const char *value,
		       struct diag *reterr)
{
	uint64_t n;

	if (parse_number(value, WORKERS_LIMIT, &n) || n == 0) {
		diag_set(reterr, "workers=%s: use a number from 1 to %d", value,
			 WORKERS_LIMIT);
		return -EINVAL;
	}
	o->workers = (unsigned)n;
	return 0;
}

#define FLAG_SETTER(name, member, to)                               \
	static int name(struct mount_options *o, const char *value, \
			struct diag *reterr)                        \
	{                                                           \
		(void)value;                                        \
		(void)reterr;                                       \
		o->member = (to);                                   \
		return 0;                                           \
	}                                                           \
	_Static_assert(1, "")

FLAG_SETTER(set_policy_once, policy_once, true);
FLAG_SETTER(set_debug, debug, true);
FLAG_SETTER(set_noexec, noexec, true);
FLAG_SETTER(set_exec, noexec, false);

static int keep(struct mount_options *o, const char *value, struct diag *reterr)
{
	(void)o;
	(void)value;
	(void)reterr;
	return 0; /* only passed on */
}

static int refuse_auto_unmount(struct mount_options *o, const char *value,
			       struct diag *reterr)
{
	(void)o;
	(void)value;
	diag_set(reterr,
		 "auto_unmount is not accepted: if the daemon died, programs "
		 "would run the unverified files below; a dead mount answers "
		 "ENOTCONN instead");
	return -EINVAL;
}

static int refuse_remount(struct mount_options *o, const char *value,
			  struct diag *reterr)
{
	(void)o;
	(void)value;
	diag_set(reterr,
		 "remount is not possible; unmount and mount again (a "
		 "new policy can be written to MOUNTPOINT/.ima/policy)");
	return -EINVAL;
}

/* How mount(8) and fstab say which words exist: mount(8), fstab(5). */
static const struct word words_known[] = {
	{ "policy", set_policy, true, false },
	{ "keys", add_keys, true, false },
	{ "evm_keys", add_evm_keys, true, false },
	{ "trust", set_trust, true, false },
	{ "state", set_state, true, false },
	{ "tpm", set_tpm, true, false },
	{ "pcr", set_pcr, true, false },
	{ "hash", set_hash, true, false },
	{ "template", set_template, true, false },
	{ "appraise", set_appraise, true, false },
	{ "lock_budget", set_lock_budget, true, false },
	{ "control", set_control, true, false },
	{ "policy_once", set_policy_once, false, false },
	{ "workers", set_workers, true, false },
	{ "debug", set_debug, false, false },

	{ "ro", keep, false, true },
	{ "rw", keep, false, true },
	{ "exec", set_exec, false, true },
	{ "noexec", set_noexec, false, true },
	{ "suid", keep, false, true },
	{ "nosuid", keep, false, true },
	{ "dev", keep, false, true },
	{ "nodev", keep, false, true },
	{ "sync", keep, false, true },
	{ "async", keep, false, true },
	{ "dirsync", keep, false, true },
	{ "allow_other", keep, false, true },
	{ "allow_root", keep, false, true },
	{ "context", keep, true, true },
	{ "fscontext", keep, true, true },
	{ "defcontext", keep, true, true },
	{ "rootcontext", keep, true, true },

	{ "auto_unmount", refuse_auto_unmount, false, false },
	{ "remount", refuse_remount, false, false },

	/* permissions are always checked by the kernel */
	{ "default_permissions", NULL, false, false },
	/* access times are the business of the file system below */
	{ "atime", NULL, false, false },
	{ "noatime", NULL, false, false },
	{ "diratime", NULL, false, false },
	{ "nodiratime", NULL, false, false },
	{ "relatime", NULL, false, false },
	{ "norelatime", NULL, false, false },
	{ "strictatime", NULL, false, false },
	{ "nostrictatime", NULL, false, false },
	{ "lazytime", NULL, false, false },
	{ "nolazytime", NULL, false, false },
	{ "iversion", NULL, false, false },
	{ "noiversion", NULL, false, false },
	/* for mount(8) and systemd, who leave them in */
	{ "defaults", NULL, false, false },
	{ "auto", NULL, false, false },
	{ "noauto", NULL, false, false },
	{ "nofail", NULL, false, false },
	{ "_netdev", NULL, false, false },
	{ "user", NULL, false, false },
	{ "nouser", NULL, false, false },
	{ "users", NULL, false, false },
	{ "nousers", NULL, false, false },
	{ "owner", NULL, false, false },
	{ "noowner", NULL, false, false },
	{ "group", NULL, false, false },
	{ "nogroup", NULL, false, false },
	{ "silent", NULL, false, false },
	{ "loud", NULL, false, false },
};

/* Words that carry any value for somebody else. */
static bool is_foreign(const char *name, bool has_value)
{
	return strncmp(name, "x-", 2) == 0 || strncmp(name, "X-", 2) == 0 ||
	       (has_value &&
		(strcmp(name, "comment") == 0 || strcmp(name, "user") == 0 ||
		 strcmp(name, "uhelper") == 0 || strcmp(name, "helper") == 0));
}

static const struct word *find_word(const char *name)
{
	for (size_t i = 0; i < sizeof(words_known) / sizeof(words_known[0]);
	     i++) {
		if (strcmp(words_known[i].name, name) == 0)
			return &words_known[i];
	}
	return NULL;
}

static int pass_on(struct mount_options *o, const char *name, const char *value)
{
	CLEANUP(freep) char *word = NULL;

	if (asprintf(&word, "%s%s%s", name, *value ? "=" : "", value) < 0) {
		word = NULL;
		return -ENOMEM;
	}
	return fuse_opt_add_opt_escaped(&o->fuse_options, word) ? -ENOMEM : 0;
}

/* The kernel wants to see the quotes of context="a,b"; we do not. */
static void unquote(char *value)
{
	size_t len = value ? strlen(value) : 0;

	if (len < 2 || value[0] != '"' || value[len - 1] != '"')
		return;
	memmove(value, value + 1, len - 2);
	value[len - 2] = '\0';
}

/* @value: NULL without '=' */
static int apply_word(struct mount_options *o, const char *name, char *value,
		      bool sloppy, struct diag *reterr)
{
	const struct word *w = find_word(name);
	int r;

	if (is_foreign(name, value != NULL))
		return 0;
	if (!w) {
		if (sloppy)
			return 0;
		diag_set(reterr,
			 "unknown mount option '%s'; imafs-mount(8) lists all",
			 name);
		return -EINVAL;
	}
	if (w->takes_value && (!value || !*value)) {
		diag_set(reterr, "mount option '%s' needs a value: %s=...",
			 name, name);
		return -EINVAL;
	}
	if (!w->takes_value && value) {
		diag_set(reterr, "mount option '%s' takes no value", name);
		return -EINVAL;
	}
	if (!w->apply)
		return 0;
	if (!w->pass_on)
		unquote(value);
	r = w->apply(o, value ? value : "", reterr);
	if (r == 0 && w->pass_on)
		r = pass_on(o, name, value ? value : "");
	return r;
}

/* Takes the next word off *@at into @to, without its escapes. */
static int next_word(const char **at, struct buf *to, struct diag *reterr)
{
	const char *p = *at;
	bool quoted = false;
	int r = 0;

	for (; r == 0 && *p && (quoted || *p != ','); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '\\' && (p[1] == ',' || p[1] == '\\'))
			p++;
		r = buf_append_u8(to, (uint8_t)*p);
	}
	if (quoted) {
		diag_set(reterr, "a '\"' in the mount options is not closed");
		return -EINVAL;
	}
	*at = *p ? p + 1 : p;
	return r;
}

int mount_options_parse(struct mount_options *o, const char *words, bool sloppy,
			struct diag *reterr)
{
	while (*words) {
		CLEANUP(buf_release) struct buf b = BUF_INIT;
		CLEANUP(freep) char *word = NULL;
		char *value;
		int r = next_word(&words, &b, reterr);

		if (r)
			return r;
		if (b.len == 0)
			continue; /* ",," is harmless */
		word = buf_steal_str(&b);
		if (!word)
			return -ENOMEM;
		value = strchr(word, '=');
		if (value)
			*value++ = '\0';
		r = apply_word(o, word, value, sloppy, reterr);
		if (r)
			return r;
	}
	return 0;
}
