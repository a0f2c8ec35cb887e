// SPDX-License-Identifier: Apache-2.0
/* A rule as a value: copying, freeing, and what its conditions mean. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/rule.h"

void rule_release(struct rule *r)
{
	for (int i = 0; i < TEXT_COUNT; i++)
		free(r->text[i]);
	memset(r->text, 0, sizeof(r->text));
}

int rule_copy(const struct rule *from, struct rule *ret)
{
	struct rule r = *from;
	int err = 0;

	for (int i = 0; i < TEXT_COUNT; i++) {
		r.text[i] = from->text[i] ? strdup(from->text[i]) : NULL;
		if (from->text[i] && !r.text[i])
			err = -ENOMEM;
	}
	if (err) {
		rule_release(&r);
		return err;
	}
	*ret = r;
	return 0;
}

struct id_range rule_id_range(const struct id_cond *c)
{
	switch (c->op) {
	case '<':
		if (c->value == 0)
			return (struct id_range){ 0, 0, true };
		return (struct id_range){ 0, c->value - 1, false };
	case '>':
		/* the parser admits at most UINT32_MAX - 1 */
		return (struct id_range){ c->value + 1,
					  UINT32_MAX - c->value - 1, false };
	default:
		return (struct id_range){ c->value, 0, false };
	}
}

bool rule_list_has(const char *list, const char *data, size_t len)
{
	for (;;) {
		const char *end = strchrnul(list, '|');

		if ((size_t)(end - list) == len && memcmp(list, data, len) == 0)
			return true;
		if (!*end)
			return false;
		list = end + 1;
	}
}
