// SPDX-License-Identifier: Apache-2.0
/*
 * Rules -> canonical text (IMA: ima_policy_show()): what the kernel's policy
 * file shows, with two corrections without which it would not parse again:
 * digest_type before appraise_type, and ids above 2^31 - 1 as they are, not
 * negative.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "hash_alg.h"
#include "policy/ruleset.h"

typedef int (*print_fn)(const struct rule *r, enum key k, struct buf *to);

static int print_func(const struct rule *r, enum key k, struct buf *to)
{
	return buf_printf(to, "%s=%s", keyword_of(k)->name, hook_name(r->hook));
}

static int print_mask(const struct rule *r, enum key k, struct buf *to)
{
	return buf_printf(to, "%s=%s%s", keyword_of(k)->name,
			  r->mask_any ? "^" : "", mask_name(r->mask));
}

static int print_fsmagic(const struct rule *r, enum key k, struct buf *to)
{
	return buf_printf(to, "%s=0x%" PRIx64, keyword_of(k)->name, r->fsmagic);
}

static int print_text(const struct rule *r, enum key k, struct buf *to)
{
	return buf_printf(to, "%s=%s", keyword_of(k)->name,
			  r->text[keyword_of(k)->slot]);
}

static int print_pcr(const struct rule *r, enum key k, struct buf *to)
{
	return buf_printf(to, "%s=%d", keyword_of(k)->name, r->pcr);
}

static int print_fsuuid(const struct rule *r, enum key k, struct buf *to)
{
	static const uint8_t group[] = { 4, 2, 2, 2, 6 };
	const uint8_t *from = r->fsuuid;
	int err = buf_printf(to, "%s", keyword_of(k)->name);

	for (size_t i = 0; i < sizeof(group) && err == 0; i++) {
		err = buf_append_u8(to, i == 0 ? '=' : '-');
		if (err == 0)
			err = buf_append_hex(to, from, group[i]);
		from += group[i];
	}
	return err;
}

static int print_id(const struct rule *r, enum key k, struct buf *to)
{
	const struct id_cond *c = &r->id[keyword_of(k)->slot];

	return buf_printf(to, "%s%c%" PRIu32, keyword_of(k)->name, c->op,
			  c->value);
}

static int print_algos(const struct rule *r, enum key k, struct buf *to)
{
	int err = buf_append_str(to, keyword_of(k)->name);
	char before = '=';

	for (unsigned alg = 0; alg < HASH_ALG_COUNT && err == 0; alg++) {
		if (!(r->algos & BIT(alg)))
			continue;
		err = buf_printf(to, "%c%s", before, hash_alg_name(alg));
		before = ',';
	}
	return err;
}

static int print_template(const struct rule *r, enum key k, struct buf *to)
{
	return buf_printf(to, "%s=%s", keyword_of(k)->name, r->template);
}

static int print_digest_type(const struct rule *r, enum key k, struct buf *to)
{
	(void)r; /* there is one such type */
	return buf_printf(to, "%s=verity", keyword_of(k)->name);
}

static int print_appraise_type(const struct rule *r, enum key k, struct buf *to)
{
	return buf_printf(to, "%s=%s", keyword_of(k)->name,
			  appraise_type_of(r->options)->name);
}

static int print_word(const struct rule *r, enum key k, struct buf *to)
{
	(void)r;
	return buf_append_str(to, keyword_of(k)->name);
}

static const print_fn print_key[KEY_COUNT] = {
	[KEY_FUNC] = print_func,
	[KEY_MASK] = print_mask,
	[KEY_FSMAGIC] = print_fsmagic,
	[KEY_FSNAME] = print_text,
	[KEY_FS_SUBTYPE] = print_text,
	[KEY_KEYRINGS] = print_text,
	[KEY_LABEL] = print_text,
	[KEY_PCR] = print_pcr,
	[KEY_FSUUID] = print_fsuuid,
	[KEY_UID] = print_id,
	[KEY_EUID] = print_id,
	[KEY_GID] = print_id,
	[KEY_EGID] = print_id,
	[KEY_FOWNER] = print_id,
	[KEY_FGROUP] = print_id,
	[KEY_APPRAISE_ALGOS] = print_algos,
	[KEY_OBJ_USER] = print_text,
	[KEY_OBJ_ROLE] = print_text,
	[KEY_OBJ_TYPE] = print_text,
	[KEY_SUBJ_USER] = print_text,
	[KEY_SUBJ_ROLE] = print_text,
	[KEY_SUBJ_TYPE] = print_text,
	[KEY_TEMPLATE] = print_template,
	[KEY_DIGEST_TYPE] = print_digest_type,
	[KEY_APPRAISE_TYPE] = print_appraise_type,
	[KEY_PERMIT_DIRECTIO] = print_word,
	[KEY_APPRAISE_FLAG] = NULL, /* has no effect, is not shown */
};

/* One rule, a space after every item, no newline. */
static int print_rule(const struct rule *r, struct buf *to)
{
	int err = buf_printf(to, "%s ", action_name(r->action));

	for (unsigned k = 0; k < KEY_COUNT && err == 0; k++) {
		if (!(r->has & BIT(k)) || !print_key[k])
			continue;
		err = print_key[k](r, k, to);
		if (err == 0)
			err = buf_append_u8(to, ' ');
	}
	return err;
}

int policy_print(const struct policy *p, struct buf *to)
{
	int err = 0;

	for (size_t i = 0; i < p->n && err == 0; i++) {
		err = print_rule(&p->rules[i], to);
		if (err == 0)
			err = buf_append_u8(to, '\n');
	}
	return err;
}

int policy_print_rule(const struct policy *p, unsigned number, struct buf *to)
{
	int err;

	if (number == 0 || number > p->n)
		return -ERANGE;
	err = print_rule(&p->rules[number - 1], to);
	if (err == 0)
		to->len--; /* the space after the last item */
	return err;
}
