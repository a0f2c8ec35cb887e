/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to policy/: what parse.c (words, lines, texts) and value.c (what
 * follows the '=') share.
 */
#ifndef POLICY_PARSE_H
#define POLICY_PARSE_H

#include <stddef.h>

#include "policy/rule.h"

struct parser {
	struct lexer lex;
	const struct policy_env *env;
	struct diag *err;

	struct rule rule; /* the one that is being read */
	struct rule_columns at;

	/* the word that is being read; for a keyword also its parts */
	struct token word;
	enum key key;
	char op;
	const char *arg;
	size_t arg_len;
};

/* For messages. */
#define WORD(p) (token_shown((p)->word.text, (p)->word.len).text)
#define NAME(p) (keyword_of((p)->key)->name)

/* Fills p->err with the place of the current word. Return: -EINVAL. */
int parser_refuse(const struct parser *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Reads the value of the current keyword into p->rule. Return: 0; -EINVAL with
 * p->err filled; -ENOMEM.
 */
int parser_value(struct parser *p);

#endif
