// SPDX-License-Identifier: Apache-2.0
/*
 * Policy text -> rules (IMA: ima_parse_rule()): words, lines, the whole text.
 * The values are value.c's, what a whole rule must look like is check.c's.
 */
#include "policy/parse.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/ruleset.h"

int parser_refuse(const struct parser *p, const char *fmt, ...)
{
	va_list ap;

	if (p->err) {
		p->err->line = p->word.line;
		p->err->column = p->word.column;
		va_start(ap, fmt);
		(void)vsnprintf(p->err->msg, sizeof(p->err->msg), fmt, ap);
		va_end(ap);
	}
	return -EINVAL;
}

static int parse_action(struct parser *p, unsigned action)
{
	if (p->rule.action)
		return parser_refuse(
			p,
			"'%s': the rule already says '%s'; a rule has "
			"one action, make it two rules",
			WORD(p), action_name(p->rule.action));
	if (p->env->kernel_only &&
	    (action & (ACTION_MEMLOCK | ACTION_DONT_MEMLOCK)))
		return parser_refuse(
			p,
			"'%s': this action is imafs' own, the kernel "
			"refuses it",
			WORD(p));
	p->rule.action = action;
	p->at.action = p->word.column;
	return 0;
}

static int refuse_unknown(const struct parser *p, size_t name_len)
{
	const char *guess = keyword_guess(p->word.text, name_len);

	if (guess)
		return parser_refuse(p, "'%s': write '%s' in lower case",
				     WORD(p), guess);
	return parser_refuse(p,
			     "'%s' is not a word of the policy language; "
			     "imafs-policy(5) lists them",
			     WORD(p));
}

/* Finds key, operator and value in the word. */
static int split_keyword(struct parser *p)
{
	const char *text = p->word.text;
	const struct keyword *kw;
	size_t len = 0;

	while (len < p->word.len && !strchr("=<>", text[len]))
		len++;
	p->key = keyword_find(text, len);
	if (p->key == KEY_COUNT)
		return refuse_unknown(p, len);
	kw = keyword_of(p->key);
	if (!kw->needs)
		return len == p->word.len
			       ? 0
			       : parser_refuse(p, "'%s': '%s' takes no value",
					       WORD(p), kw->name);
	/* an empty value makes the word unknown to the kernel */
	if (p->word.len < len + 2)
		return parser_refuse(
			p, "'%s': '%s%c' needs %s", WORD(p), kw->name,
			len < p->word.len ? text[len] : '=', kw->needs);
	p->op = text[len];
	if (p->op != '=' && !kw->compares)
		return parser_refuse(p, "'%s': '%s' takes '=', not '%c'",
				     WORD(p), kw->name, p->op);
	p->arg = text + len + 1;
	p->arg_len = p->word.len - len - 1;
	return 0;
}

static int parse_word(struct parser *p)
{
	unsigned action = action_find(p->word.text, p->word.len);
	const struct keyword *kw;
	int r;

	if (action)
		return parse_action(p, action);
	r = split_keyword(p);
	if (r < 0)
		return r;
	kw = keyword_of(p->key);
	if (p->rule.has & kw->excludes) {
		if (p->rule.has & BIT(p->key))
			return parser_refuse(
				p,
				"'%s': the rule already has '%s'; make "
				"it two rules",
				WORD(p), kw->name);
		return parser_refuse(
			p,
			"'%s': a rule has only one of the real and the "
			"effective id; make it two rules",
			WORD(p));
	}
	r = parser_value(p);
	if (r < 0)
		return r;
	p->rule.has |= BIT(p->key);
	p->at.key[p->key] = p->word.column;
	return 0;
}

static int refuse_byte(const struct parser *p)
{
	switch (*p->word.text) {
	case '\0':
		return parser_refuse(p,
				     "a NUL byte: this is not a policy text");
	case '\r':
		return parser_refuse(
			p, "a carriage return; save the text with Unix "
			   "line ends");
	default:
		return parser_refuse(p, "a control character '%s'; remove it",
				     WORD(p));
	}
}

/*
 * Reads to the end of the line.
 * Return: 1: p->rule is a rule; 0: the line has none; -EINVAL; -ENOMEM.
 */
static int parse_line(struct parser *p, bool *ret_end)
{
	unsigned start = 0;
	enum lex kind;
	int r;

	p->rule = (struct rule){ .line = p->lex.line, .pcr = -1 };
	p->at = (struct rule_columns){ 0 };
	while ((kind = lexer_next(&p->lex, &p->word)) == LEX_WORD) {
		if (!start)
			start = p->word.column;
		r = parse_word(p);
		if (r < 0)
			return r;
	}
	if (kind == LEX_BAD)
		return refuse_byte(p);
	*ret_end = kind == LEX_END;
	if (!start)
		return 0;
	p->at.start = p->rule.column = start;
	r = rule_check(&p->rule, &p->at, p->env, p->err);
	return r < 0 ? r : 1;
}

static int parse_lines(struct parser *p, struct policy *to)
{
	bool end = false;
	int r;

	while (!end) {
		r = parse_line(p, &end);
		if (r > 0)
			r = policy_add(to, &p->rule);
		if (r == -E2BIG)
			diag_at(p->err, p->rule.line, p->at.start,
				"more than %u rules", POLICY_MAX_RULES);
		if (r < 0) {
			rule_release(&p->rule);
			return r;
		}
	}
	return 0;
}

int policy_parse(const char *text, size_t len, const struct policy_env *env,
		 struct policy **ret, struct diag *reterr)
{
	CLEANUP(policy_freep) struct policy *to = NULL;
	struct parser p = { .env = env, .err = reterr };
	int r;

	/* columns are unsigned, and no policy is that long */
	if (len > INT_MAX) {
		diag_at(reterr, 0, 0, "a policy of more than %d bytes",
			INT_MAX);
		return -E2BIG;
	}
	to = policy_new();
	if (!to)
		return -ENOMEM;
	lexer_init(&p.lex, len ? text : "", len);
	r = parse_lines(&p, to);
	if (r == 0)
		r = policy_seal(to);
	if (r == 0)
		*ret = STEAL(to);
	return r;
}
