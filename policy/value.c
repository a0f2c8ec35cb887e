// SPDX-License-Identifier: Apache-2.0
/*
 * What follows a keyword's '=' (IMA: ima_parse_rule()), and which keywords it
 * must not or must come after.
 */
#include "policy/parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "hash_alg.h"

static int refuse_value(const struct parser *p)
{
	return parser_refuse(p, "'%s': '%s' needs %s", WORD(p), NAME(p),
			     keyword_of(p->key)->needs);
}

static bool arg_is(const struct parser *p, const char *word)
{
	return strlen(word) == p->arg_len &&
	       memcmp(word, p->arg, p->arg_len) == 0;
}

/*
 * The kernel's kstrtoull() for one base: an optional '+', "0x" for base 16,
 * then digits to the end. Return: 0, -EINVAL or -ERANGE.
 */
static int parse_number(const char *s, size_t len, unsigned base, uint64_t *ret)
{
	uint64_t v = 0;

	if (len && *s == '+') {
		s++;
		len--;
	}
	if (base == 16 && len >= 2 && s[0] == '0' && (s[1] | 0x20) == 'x') {
		s += 2;
		len -= 2;
	}
	if (!len)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		int digit = hex_digit(s[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return -EINVAL;
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (unsigned)digit, &v))
			return -ERANGE;
	}
	*ret = v;
	return 0;
}

/*
 * Refuses the value if parse_number() did, with its errno: -ERANGE for more
 * than 64 bits, as the kernel's kstrtoull().
 */
static int refuse_number(struct parser *p, int r)
{
	if (r < 0)
		(void)refuse_value(p); /* only for the message */
	return r;
}

static int parse_func(struct parser *p)
{
	p->rule.hook = hook_find(p->arg, p->arg_len);
	if (p->rule.hook != HOOK_NONE)
		return 0;
	if (arg_is(p, hook_name(HOOK_POST_SETATTR)))
		return parser_refuse(
			p,
			"'%s': this hook is internal and cannot be "
			"named in a rule",
			WORD(p));
	return parser_refuse(
		p,
		"'%s': no such hook; there are FILE_CHECK, MMAP_CHECK, "
		"MMAP_CHECK_REQPROT, BPRM_CHECK, CREDS_CHECK, "
		"MODULE_CHECK, FIRMWARE_CHECK, KEXEC_KERNEL_CHECK, "
		"KEXEC_INITRAMFS_CHECK, KEXEC_CMDLINE, POLICY_CHECK, "
		"KEY_CHECK, CRITICAL_DATA and SETXATTR_CHECK, and a "
		"rule has one of them",
		WORD(p));
}

static int parse_mask(struct parser *p)
{
	bool any = *p->arg == '^';

	p->rule.mask = mask_find(p->arg + any, p->arg_len - any);
	p->rule.mask_any = any;
	return p->rule.mask ? 0 : refuse_value(p);
}

static int parse_fsmagic(struct parser *p)
{
	if (p->rule.fsmagic)
		return parser_refuse(
			p,
			"'%s': 'fsmagic=' stands twice; make it two "
			"rules",
			WORD(p));
	return refuse_number(
		p, parse_number(p->arg, p->arg_len, 16, &p->rule.fsmagic));
}

static int parse_fsuuid(struct parser *p)
{
	static const uint8_t null[16];
	static const uint8_t group[] = { 4, 2, 2, 2, 6 };
	const char *s = p->arg;
	uint8_t *to = p->rule.fsuuid;

	if (memcmp(to, null, sizeof(null)) != 0)
		return parser_refuse(
			p,
			"'%s': 'fsuuid=' stands twice; make it two "
			"rules",
			WORD(p));
	/* as the kernel, nobody looks at what follows the 36th character */
	if (p->arg_len < 36)
		return refuse_value(p);
	for (size_t i = 0; i < sizeof(group); i++) {
		if (i > 0 && *s++ != '-')
			return refuse_value(p);
		if (hex_decode(s, to, group[i]) < 0)
			return refuse_value(p);
		s += 2 * group[i];
		to += group[i];
	}
	return 0;
}

static int parse_id(struct parser *p)
{
	uint64_t v = 0;
	int r = parse_number(p->arg, p->arg_len, 10, &v);

	if (r == 0 && v >= UINT32_MAX)
		r = -EINVAL;
	if (r < 0)
		return refuse_number(p, r);
	p->rule.id[keyword_of(p->key)->slot] =
		(struct id_cond){ (uint32_t)v, p->op };
	return 0;
}

static int parse_pcr(struct parser *p)
{
	/* the kernel reads an int, so "-0" passes and is 0 */
	bool minus = *p->arg == '-';
	uint64_t v;

	if (parse_number(p->arg + minus, p->arg_len - minus, 10, &v) < 0 ||
	    v > 63 || (minus && (v || p->arg[1] == '+')))
		return refuse_value(p);
	p->rule.pcr = (int)v;
	return 0;
}

/* Text conditions replace an earlier one (fsname= may stand twice). */
static int parse_text(struct parser *p)
{
	char **to = &p->rule.text[keyword_of(p->key)->slot];
	char *copy = strndup(p->arg, p->arg_len);

	if (!copy)
		return -ENOMEM;
	free(*to);
	*to = copy;
	return 0;
}

static int parse_list(struct parser *p)
{
	const char *end = p->arg + p->arg_len;

	for (const char *c = p->arg; c < end; c++) {
		if (*c == '|' && (c == p->arg || c + 1 == end || c[1] == '|'))
			return parser_refuse(
				p, "'%s': an item of the list is empty",
				WORD(p));
	}
	return parse_text(p);
}

static int parse_algos(struct parser *p)
{
	const char *s = p->arg, *end = p->arg + p->arg_len;

	for (;;) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		size_t len = (size_t)((comma ? comma : end) - s);
		int alg = hash_alg_find(s, len);

		if (alg < 0)
			return parser_refuse(
				p,
				"'%s': '%s' is not a hash algorithm; "
				"write for example sha256,sha512",
				WORD(p), token_shown(s, len).text);
		if (!p->env->hash_available((unsigned)alg))
			return parser_refuse(
				p,
				"'%s': the crypto library here cannot "
				"compute %s; leave it out",
				WORD(p), hash_alg_name((unsigned)alg));
		p->rule.algos |= BIT(alg);
		if (!comma)
			return 0;
		s = comma + 1;
	}
}

static int parse_template(struct parser *p)
{
	const char *name;

	if (p->rule.action != ACTION_MEASURE)
		return parser_refuse(
			p,
			"'%s': 'template=' is for 'measure' rules and "
			"must stand after the word 'measure'",
			WORD(p));
	name = p->env->template_name(p->arg, p->arg_len);
	if (!name)
		return parser_refuse(
			p,
			"'%s': no template has this name or format; "
			"write for example ima-ng or ima-sig",
			WORD(p));
	p->rule.template = name;
	return 0;
}

static int parse_digest_type(struct parser *p)
{
	if (p->rule.options & (OPT_DIGSIG_REQUIRED | OPT_SIG_OPTIONAL))
		return parser_refuse(
			p,
			"'%s': 'digest_type=' must stand before "
			"'appraise_type=sigv3', and goes with no other "
			"appraise_type",
			WORD(p));
	if (!arg_is(p, "verity"))
		return refuse_value(p);
	p->rule.options |= OPT_VERITY_REQUIRED;
	return 0;
}

static int parse_appraise_type(struct parser *p)
{
	const struct appraise_type *t = appraise_type_find(p->arg, p->arg_len);
	bool verity = p->rule.options & OPT_VERITY_REQUIRED;

	if (!t)
		return refuse_value(p);
	if ((t->options & OPT_SIG_OPTIONAL) && p->env->kernel_only)
		return parser_refuse(p,
				     "'%s': imasig_optional is imafs' own, the "
				     "kernel refuses it",
				     WORD(p));
	if ((t->options & OPT_SIGV3_REQUIRED) && !verity)
		return parser_refuse(
			p,
			"'%s': sigv3 needs 'digest_type=verity' in "
			"front of it",
			WORD(p));
	if (!(t->options & OPT_SIGV3_REQUIRED) && verity)
		return parser_refuse(
			p,
			"'%s': a rule with digest_type=verity needs "
			"appraise_type=sigv3",
			WORD(p));
	if (((t->options | p->rule.options) & OPT_SIG_OPTIONAL) &&
	    ((t->options | p->rule.options) & OPT_DIGSIG_REQUIRED))
		return parser_refuse(p,
				     "'%s': imasig_optional goes with no other "
				     "appraise_type in one rule",
				     WORD(p));
	p->rule.options |= t->options;
	return 0;
}

static int parse_permit_directio(struct parser *p)
{
	p->rule.options |= OPT_PERMIT_DIRECTIO;
	return 0;
}

/*
 * Since 6.6 the kernel takes any value and does nothing with it: it always
 * makes the check that the flag once asked for. policy_lint() says so.
 */
static int parse_nothing(struct parser *p)
{
	(void)p;
	return 0;
}

static int (*const parse_key[KEY_COUNT])(struct parser *p) = {
	[KEY_FUNC] = parse_func,
	[KEY_MASK] = parse_mask,
	[KEY_FSMAGIC] = parse_fsmagic,
	[KEY_FSNAME] = parse_text,
	[KEY_FS_SUBTYPE] = parse_text,
	[KEY_KEYRINGS] = parse_list,
	[KEY_LABEL] = parse_list,
	[KEY_PCR] = parse_pcr,
	[KEY_FSUUID] = parse_fsuuid,
	[KEY_UID] = parse_id,
	[KEY_EUID] = parse_id,
	[KEY_GID] = parse_id,
	[KEY_EGID] = parse_id,
	[KEY_FOWNER] = parse_id,
	[KEY_FGROUP] = parse_id,
	[KEY_APPRAISE_ALGOS] = parse_algos,
	[KEY_OBJ_USER] = parse_text,
	[KEY_OBJ_ROLE] = parse_text,
	[KEY_OBJ_TYPE] = parse_text,
	[KEY_SUBJ_USER] = parse_text,
	[KEY_SUBJ_ROLE] = parse_text,
	[KEY_SUBJ_TYPE] = parse_text,
	[KEY_TEMPLATE] = parse_template,
	[KEY_DIGEST_TYPE] = parse_digest_type,
	[KEY_APPRAISE_TYPE] = parse_appraise_type,
	[KEY_PERMIT_DIRECTIO] = parse_permit_directio,
	[KEY_APPRAISE_FLAG] = parse_nothing,
};

int parser_value(struct parser *p)
{
	return parse_key[p->key](p);
}
