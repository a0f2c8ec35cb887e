// SPDX-License-Identifier: Apache-2.0
/*
 * Policy text from anybody. What is accepted must print to text that is
 * accepted and prints the same; it must survive lint and matching; and what
 * the kernel or a mount would take is a part of it. A refusal says where.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "hash_alg.h"
#include "policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(what)                                                     \
	do {                                                           \
		if (!(what)) {                                         \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, \
				      __LINE__, #what);                \
			abort();                                       \
		}                                                      \
	} while (0)

static bool hash_available(unsigned alg)
{
	return alg != HASH_ALG_MD4;
}

static const char *template_name(const char *name, size_t len)
{
	static const char *const known[] = { "ima-ng", "ima-sig", "d-ng|n-ng" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i]) == len && memcmp(known[i], name, len) == 0)
			return known[i];
	}
	return NULL;
}

static void print(const struct policy *p, struct buf *to)
{
	MUST(policy_print(p, to) == 0);
}

static void print_again(const struct policy *p, const struct policy_env *env)
{
	struct buf once = BUF_INIT, twice = BUF_INIT, joined = BUF_INIT;
	struct policy *again, *both;

	print(p, &once);
	MUST(policy_parse((char *)once.data, once.len, env, &again, NULL) == 0);
	print(again, &twice);
	MUST(once.len == twice.len);
	MUST(once.len == 0 || memcmp(once.data, twice.data, once.len) == 0);
	MUST(policy_count(p) == policy_count(again));
	MUST(policy_actions(p) == policy_actions(again));
	MUST(policy_setxattr_algos(p) == policy_setxattr_algos(again));
	MUST(policy_concat(p, again, &both) == 0);
	print(both, &joined);
	MUST(joined.len == 2 * once.len);
	policy_unref(again);
	policy_unref(both);
	buf_release(&once);
	buf_release(&twice);
	buf_release(&joined);
}

static void match(const struct policy *p)
{
	for (unsigned i = 0; i < HOOK_COUNT * 16; i++) {
		struct access a = {
			.hook = (enum hook)(i % HOOK_COUNT),
			.mask = i / HOOK_COUNT,
			.have = FACT_IDS | FACT_CAPS,
			.suid = i % 3,
			.cap_setuid = i % 2,
			.fsmagic = 0xef53,
			.fsname = i % 5 ? "ext4" : NULL,
			.func_data = i % 7 ? ".ima" : NULL,
		};
		struct required req;

		policy_match(p, &a, &req);
		MUST((req.actions & ~policy_actions(p)) == 0);
		MUST(req.rule_measure <= policy_count(p));
		MUST(!(req.actions & ACTION_APPRAISE) || req.rule_appraise);
	}
}

static void hear(void *arg, unsigned line, unsigned column, const char *msg)
{
	int *heard = arg;

	MUST(line > 0 && column > 0 && *msg);
	(*heard)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct policy_env env = { hash_available, template_name,
					       false, false };
	static const struct policy_env strict = { hash_available, template_name,
						  true, true };
	const char *text = (const char *)data;
	struct policy *p = NULL, *narrow = NULL;
	struct diag err = { 0 };
	int heard = 0;
	int r = policy_parse(text, size, &env, &p, &err);

	if (policy_parse(text, size, &strict, &narrow, NULL) == 0) {
		MUST(r == 0);
		policy_unref(narrow);
	}
	if (r < 0) {
		MUST((r == -EINVAL || r == -ERANGE) && !p);
		MUST(err.line > 0 && err.column > 0 && *err.msg);
		return -1;
	}
	print_again(p, &env);
	MUST(policy_lint(p, hear, &heard) == heard);
	match(p);
	policy_unref(p);
	return 0;
}
