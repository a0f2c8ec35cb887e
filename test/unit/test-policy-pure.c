// SPDX-License-Identifier: Apache-2.0
/* policy_match() asks nobody and needs no memory: it is in every open. */
#include <errno.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy-rules.h"

/* The linker puts these in the place of what the code under test calls. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static unsigned allocations;

void *__wrap_malloc(size_t n)
{
	allocations++;
	return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	allocations++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	allocations++;
	return __real_realloc(p, n);
}

/* Every line that is a rule, each a policy, so that each is looked at. */
static struct policy *policies[N_RULE_CASES];
static size_t n_policies;

static int parse_all(void **state)
{
	struct diag err;

	(void)state;
	for (size_t i = 0; i < N_RULE_CASES; i++) {
		const char *text = rule_cases[i].text;

		if (!strchr(text, '@') &&
		    policy_parse(text, strlen(text), &fake_env,
				 &policies[n_policies], &err) == 0)
			n_policies++;
	}
	return n_policies > N_RULE_CASES / 4 ? 0 : -1;
}

static int free_all(void **state)
{
	(void)state;
	while (n_policies)
		policy_unref(policies[--n_policies]);
	return 0;
}

/* In a process that may only read, write and exit. */
__attribute__((noreturn)) static void match_locked_in(void)
{
	struct required req;

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
		(void)syscall(SYS_exit, 1);
	for (size_t i = 0; i < n_policies; i++) {
		for (unsigned hook = 0; hook < HOOK_COUNT; hook++) {
			struct access a = { .hook = (enum hook)hook,
					    .mask = MASK_READ,
					    .fsname = "ext4",
					    .have = FACT_IDS | FACT_CAPS };

			policy_match(policies[i], &a, &req);
		}
	}
	/* exit_group() is not among them */
	(void)syscall(SYS_exit, allocations ? 2 : 0);
	abort();
}

static void matching_makes_no_system_call_and_allocates_nothing(void **state)
{
	int status = 0;
	pid_t pid;

	(void)state;
	assert_true(allocations > 0); /* they are counted */
	allocations = 0;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		match_locked_in();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			matching_makes_no_system_call_and_allocates_nothing),
	};

	return cmocka_run_group_tests(tests, parse_all, free_all);
}
