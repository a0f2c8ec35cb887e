// SPDX-License-Identifier: Apache-2.0
/*
 * What policy_match() costs: nanoseconds per call for an open that no rule
 * matches (all rules are looked at), by number and kind of rules. Built with
 * the tests; run it by hand, preferably on an idle machine and -O2.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "policy.h"

#define ROUNDS 7

static bool every_hash(unsigned alg)
{
	(void)alg;
	return true;
}

static const char *one_template(const char *name, size_t len)
{
	(void)name;
	(void)len;
	return "ima-ng";
}

static const struct policy_env env = { every_hash, one_template, false, true };

/* Appends rule @i of a kind; none of them matches the access below. */
static int by_owner(struct buf *to, unsigned i)
{
	return buf_printf(to, "measure func=FILE_CHECK fowner=%u\n", 10 + i);
}

static int by_file_system(struct buf *to, unsigned i)
{
	return buf_printf(to, "dont_appraise fsname=fs%u\nappraise fowner=%u\n",
			  i, 10 + i);
}

/* The first condition holds each time; only the second rules out. */
static int by_subject(struct buf *to, unsigned i)
{
	return buf_printf(to,
			  "appraise func=FILE_CHECK mask=^MAY_READ fowner=5 "
			  "fsname=ext4 uid=%u\n",
			  10000 + i);
}

static int mixed(struct buf *to, unsigned i)
{
	switch (i % 8) {
	case 0:
		return buf_printf(to, "dont_measure fsmagic=0x%x\n", 10 + i);
	case 1:
		return buf_printf(to, "measure mask=^MAY_READ euid=%u\n",
				  10 + i);
	case 2:
		return buf_printf(to,
				  "appraise fowner>%u appraise_type="
				  "imasig\n",
				  5000 + i);
	case 3:
		return buf_printf(to, "audit func=FILE_CHECK mask=MAY_WRITE\n");
	case 4:
		return buf_printf(to, "dont_appraise fsname=fs%u\n", i);
	case 5:
		return buf_printf(to,
				  "appraise fsuuid=00000000-0000-0000-0000-"
				  "%012x\n",
				  i + 1);
	case 6:
		return buf_printf(to, "measure gid<%u fgroup=7\n", i);
	default:
		return buf_printf(to, "measure func=MMAP_CHECK\n");
	}
}

static double seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double ns_per_match(const struct policy *p, const struct access *a,
			   unsigned calls)
{
	volatile unsigned sink = 0;
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double start = seconds(), ns;

		for (unsigned i = 0; i < calls; i++) {
			struct required req;

			policy_match(p, a, &req);
			sink |= req.actions;
		}
		ns = (seconds() - start) * 1e9 / calls;
		if (round == 0 || ns < best)
			best = ns;
	}
	if (sink)
		(void)fprintf(stderr, "a rule matched, the numbers are void\n");
	return best;
}

static int bench(const char *kind, int (*rule)(struct buf *to, unsigned i),
		 const struct access *a)
{
	static const unsigned counts[] = { 1, 100, 1000 };

	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		struct buf text = BUF_INIT;
		struct policy *p = NULL;
		struct diag err = { 0 };
		int r = 0;

		for (unsigned i = 0; i < counts[c] && r == 0; i++)
			r = rule(&text, i);
		if (r == 0)
			r = policy_parse((const char *)text.data, text.len,
					 &env, &p, &err);
		buf_release(&text);
		if (r < 0) {
			(void)fprintf(stderr, "%u: %s\n", err.line, err.msg);
			return r;
		}
		(void)printf("%-14s %5zu rules %9.1f ns\n", kind,
			     policy_count(p),
			     ns_per_match(p, a, 2000000 / (counts[c] + 9)));
		policy_unref(p);
	}
	return 0;
}

int main(void)
{
	const struct access a = {
		.hook = HOOK_FILE_CHECK,
		.mask = MASK_READ,
		.have = FACT_IDS | FACT_CAPS,
		.uid = 5000,
		.euid = 5000,
		.suid = 5000,
		.gid = 5000,
		.egid = 5000,
		.sgid = 5000,
		.fowner = 5,
		.fgroup = 5,
		.fsmagic = 0xef53,
		.fsname = "ext4",
	};

	return bench("fowner", by_owner, &a) < 0 ||
	       bench("fsname+fowner", by_file_system, &a) < 0 ||
	       bench("shared fowner", by_subject, &a) < 0 ||
	       bench("mixed", mixed, &a) < 0;
}
