/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to policy/: a parsed rule, the vocabularies and the tokens. Parser,
 * printer, checks and matcher all speak of a rule through this header.
 *
 * "IMA: f()" in the comments of this folder is a function of the kernel's
 * security/integrity/ima/ima_policy.c, Linux 6.12.
 */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "policy.h"

#define BIT(n) (1u << (n))

/*
 * The keywords of a rule but for its action, in the order in which they are
 * printed. That is the kernel's order (IMA: ima_policy_show()) except that
 * digest_type comes before appraise_type: as 6.12 prints them, they do not
 * parse again.
 */
enum key {
	KEY_FUNC,
	KEY_MASK,
	KEY_FSMAGIC,
	KEY_FSNAME,
	KEY_FS_SUBTYPE,
	KEY_KEYRINGS,
	KEY_LABEL,
	KEY_PCR,
	KEY_FSUUID,
	KEY_UID,
	KEY_EUID,
	KEY_GID,
	KEY_EGID,
	KEY_FOWNER,
	KEY_FGROUP,
	KEY_APPRAISE_ALGOS,
	KEY_OBJ_USER,
	KEY_OBJ_ROLE,
	KEY_OBJ_TYPE,
	KEY_SUBJ_USER,
	KEY_SUBJ_ROLE,
	KEY_SUBJ_TYPE,
	KEY_TEMPLATE,
	KEY_DIGEST_TYPE,
	KEY_APPRAISE_TYPE,
	KEY_PERMIT_DIRECTIO,
	KEY_APPRAISE_FLAG, /* accepted, without effect, never printed */
	KEY_COUNT
};

#define KEYS_LSM                                                     \
	(BIT(KEY_OBJ_USER) | BIT(KEY_OBJ_ROLE) | BIT(KEY_OBJ_TYPE) | \
	 BIT(KEY_SUBJ_USER) | BIT(KEY_SUBJ_ROLE) | BIT(KEY_SUBJ_TYPE))

/* Positive actions; the "dont" bit is the positive one shifted left. */
#define ACTIONS_POSITIVE                                                 \
	(ACTION_MEASURE | ACTION_APPRAISE | ACTION_AUDIT | ACTION_HASH | \
	 ACTION_MEMLOCK)

/* The positive bit of an action's class. */
static inline unsigned action_class(unsigned action)
{
	return action & ACTIONS_POSITIVE ? action : action >> 1;
}

/* Conditions whose value is a string. */
enum text {
	TEXT_FSNAME,
	TEXT_FS_SUBTYPE,
	TEXT_KEYRINGS, /* "a|b", no empty item */
	TEXT_LABEL,    /* likewise */
	TEXT_OBJ_USER,
	TEXT_OBJ_ROLE,
	TEXT_OBJ_TYPE,
	TEXT_SUBJ_USER,
	TEXT_SUBJ_ROLE,
	TEXT_SUBJ_TYPE,
	TEXT_COUNT
};

/* Conditions on an id; uid= and euid= share a slot, as do gid= and egid=. */
enum id_slot {
	ID_USER,
	ID_GROUP,
	ID_FOWNER,
	ID_FGROUP,
	ID_SLOTS
};

struct id_cond {
	uint32_t value;
	char op; /* '=', '<' or '>' */
};

struct rule {
	unsigned line;	  /* in the text that it was parsed from */
	unsigned column;  /* of its first word */
	unsigned action;  /* one ACTION_* bit */
	unsigned options; /* OPT_* bits */
	uint32_t has;	  /* BIT(KEY_*) of the keywords given */
	enum hook hook;	  /* HOOK_NONE: no func= */
	unsigned mask;	  /* one MASK_* bit, 0: no mask= */
	bool mask_any;	  /* mask=^... */
	int pcr;
	uint32_t algos; /* bit per hash_alg */
	uint64_t fsmagic;
	uint8_t fsuuid[16];
	struct id_cond id[ID_SLOTS];
	const char *template; /* static lifetime, not owned */
	char *text[TEXT_COUNT];
};

/* Frees what the rule owns, not the rule. */
void rule_release(struct rule *r);

/* Return: 0, or -ENOMEM with nothing to release. */
int rule_copy(const struct rule *from, struct rule *ret);

/* The values that satisfy an id condition: lo <= v <= lo + span. */
struct id_range {
	uint32_t lo, span;
	bool empty; /* "<0": no value at all; lo and span mean nothing */
};
struct id_range rule_id_range(const struct id_cond *c);

/*
 * True if events of func @h are tested for uid and the keyrings=/label= list
 * only, and a rule without func= is not for them.
 */
static inline bool hook_is_buffer(enum hook h)
{
	return h == HOOK_KEY_CHECK || h == HOOK_CRITICAL_DATA;
}

/* True if @data is one of the '|'-separated items of @list. */
bool rule_list_has(const char *list, const char *data, size_t len);

/* vocab.c: one table per vocabulary, used by parser and printer alike. */

struct keyword {
	const char *name;  /* without the operator */
	const char *needs; /* for messages: what its value is; NULL: none */
	uint32_t excludes; /* BIT(KEY_*) that must not have been given before */
	bool compares;	   /* takes '<' and '>' besides '=' */
	uint8_t slot;	   /* enum text or enum id_slot, where it has one */
};

const struct keyword *keyword_of(enum key k);

/* Return: the keyword of exactly that name, KEY_COUNT if there is none. */
enum key keyword_find(const char *name, size_t len);

/* As it would be if the language did not care for case; NULL if none. */
const char *keyword_guess(const char *name, size_t len);

/* Return: the ACTION_* bit, 0 if there is no action of that name. */
unsigned action_find(const char *name, size_t len);
const char *action_name(unsigned action);

/* Accepts the aliases. Return: HOOK_NONE if no rule may name it. */
enum hook hook_find(const char *name, size_t len);

/* The mask that all events of @h have, 0 if they differ (ima_main.c). */
unsigned hook_mask(enum hook h);

/* "MAY_READ" ... Return: the MASK_* bit, 0 if unknown. */
unsigned mask_find(const char *name, size_t len);
const char *mask_name(unsigned mask);

struct appraise_type {
	const char *name;
	unsigned options;
};

/* Return: NULL if there is none of that name. */
const struct appraise_type *appraise_type_find(const char *name, size_t len);

/* The one whose options a rule has; NULL: none. */
const struct appraise_type *appraise_type_of(unsigned options);

/* lex.c */

struct lexer {
	const char *at, *end;
	const char *line_start;
	unsigned line;
};

struct token {
	const char *text;
	size_t len;
	unsigned line, column; /* from 1; column in bytes */
};

enum lex {
	LEX_WORD,
	LEX_EOL, /* end of a line; a comment belongs to it */
	LEX_END,
	LEX_BAD /* the token is one byte that no policy has */
};

void lexer_init(struct lexer *lx, const char *text, size_t len);
enum lex lexer_next(struct lexer *lx, struct token *ret);

/* Part of a token made fit for a message: escaped, and cut if long. */
struct shown {
	char text[80];
};
struct shown token_shown(const char *text, size_t len);

/* check.c */

/* Where each part of a rule stands in its line, for messages. */
struct rule_columns {
	unsigned start, action;
	unsigned key[KEY_COUNT]; /* the last one, if there are several */
};

/*
 * Whether the parts of a whole rule go together (IMA: ima_validate_rule()) and
 * may be used under @env. Return: 0, or -EINVAL with @reterr filled.
 */
int rule_check(const struct rule *r, const struct rule_columns *at,
	       const struct policy_env *env, struct diag *reterr);

/*
 * Why this build cannot do what the rule asks for: a sentence, and the keyword
 * that asks. NULL if it can.
 */
const char *rule_unenforceable(const struct rule *r, enum key *ret_key);

#endif
