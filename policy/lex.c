// SPDX-License-Identifier: Apache-2.0
/*
 * Policy text to tokens (IMA: ima_parse_add_rule()): a rule per line, blanks
 * are space and TAB, a token that starts with '#' ends the line (Linux 6.14).
 *
 * One thing is stricter than in the kernel: a control character outside a
 * comment is refused also where the kernel takes any byte (fsname=, label=),
 * because "fsname=ext4\r" would be a rule that silently never matches.
 */
#include <string.h>

#include "policy/rule.h"

void lexer_init(struct lexer *lx, const char *text, size_t len)
{
	*lx = (struct lexer){ text, text + len, text, 1 };
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static enum lex bad_byte(const struct lexer *lx, const char *at,
			 struct token *ret)
{
	*ret = (struct token){ at, 1, lx->line,
			       (unsigned)(at - lx->line_start) + 1 };
	return LEX_BAD;
}

/* Moves to the end of the line. Return: a NUL on the way there, else NULL. */
static const char *skip_comment(struct lexer *lx)
{
	size_t left = (size_t)(lx->end - lx->at);
	const char *start = lx->at;
	const char *eol = memchr(start, '\n', left);

	lx->at = eol ? eol : lx->end;
	return memchr(start, '\0', (size_t)(lx->at - start));
}

enum lex lexer_next(struct lexer *lx, struct token *ret)
{
	while (lx->at < lx->end && (*lx->at == ' ' || *lx->at == '\t'))
		lx->at++;
	if (lx->at < lx->end && *lx->at == '#') {
		const char *nul = skip_comment(lx);

		if (nul)
			return bad_byte(lx, nul, ret);
	}
	*ret = (struct token){ lx->at, 0, lx->line,
			       (unsigned)(lx->at - lx->line_start) + 1 };
	if (lx->at == lx->end)
		return LEX_END;
	if (*lx->at == '\n') {
		lx->line_start = ++lx->at;
		lx->line++;
		return LEX_EOL;
	}
	while (lx->at < lx->end && *lx->at != ' ' && *lx->at != '\t' &&
	       *lx->at != '\n') {
		if (is_control(*lx->at))
			return bad_byte(lx, lx->at, ret);
		lx->at++;
	}
	ret->len = (size_t)(lx->at - ret->text);
	return LEX_WORD;
}

struct shown token_shown(const char *text, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	struct shown s;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		/* room for this one, "..." and the NUL */
		if (n + 8 > sizeof(s.text)) {
			memcpy(s.text + n, "...", 3);
			n += 3;
			break;
		}
		if (c >= 0x20 && c < 0x7f) {
			s.text[n++] = (char)c;
		} else {
			s.text[n++] = '\\';
			s.text[n++] = 'x';
			s.text[n++] = digit[c >> 4];
			s.text[n++] = digit[c & 15];
		}
	}
	s.text[n] = '\0';
	return s;
}
