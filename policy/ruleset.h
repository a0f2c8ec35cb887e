/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to policy/: the loaded policy. While it is built it is one list of
 * rules; policy_seal() derives all else from them and from then on nothing in
 * it changes.
 */
#ifndef POLICY_RULESET_H
#define POLICY_RULESET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "policy.h"
#include "policy/rule.h"

#define POLICY_MAX_RULES (1u << 24)

/*
 * The facts of an event that a probe can look at. What is longer than 32 bits
 * is there as a hash.
 */
enum lane {
	LANE_NOTHING, /* for rules that have nothing to probe */
	LANE_UID,
	LANE_GID,
	LANE_EUID,
	LANE_EGID,
	LANE_FOWNER,
	LANE_FGROUP,
	LANE_FSMAGIC,
	LANE_FSNAME,
	LANE_FS_SUBTYPE,
	LANE_FSUUID,
	LANE_MASK,     /* the whole mask */
	LANE_MASK_BIT, /* 1 if the mask has MASK_EXEC; and so on: */
	LANE_MASK_LAST = LANE_MASK_BIT + 3,
	LANE_COUNT
};

/*
 * One condition of a rule: value - lo <= span, unsigned. An event that fails
 * it fails the rule; for one that passes all the conditions are looked at. A
 * probe is 12 bytes and a handful of instructions, so that a thousand rules
 * that do not match are passed over in about a microsecond.
 */
struct probe {
	uint32_t lo, span;
	uint32_t lane : 8;  /* enum lane */
	uint32_t rule : 24; /* into policy.rules */
};

/* What is equal hashes equally. */
uint32_t lane_of_number(uint64_t v);
uint32_t lane_of_text(const char *s);
uint32_t lane_of_uuid(const uint8_t uuid[16]);

/* The rules that events of one hook can match, in order. */
struct hook_index {
	struct probe *probes; /* a part of policy.probes */
	size_t n;
	unsigned actmask; /* both bits of each class among them */
	unsigned facts;	  /* FACT_* that they ask for */
	uint32_t has;	  /* OR of their rule.has */
};

struct policy {
	atomic_uint refs;
	struct rule *rules;
	size_t n, cap;
	bool fail_securely;

	/* derived by policy_seal() */
	unsigned actions;
	uint32_t appraised_hooks; /* BIT(enum hook) */
	uint32_t setxattr_algos;
	struct probe *probes; /* of all hooks */
	struct hook_index index[HOOK_COUNT];
};

/* An empty policy with one reference; NULL without memory. */
struct policy *policy_new(void);

/* Takes ownership of what @r owns on success. 0, -ENOMEM, -E2BIG. */
int policy_add(struct policy *p, const struct rule *r);

/* Ends the building. Return: 0 or -ENOMEM. */
int policy_seal(struct policy *p);

/* True if no event at all can satisfy the rule's conditions on ids. */
bool rule_is_void(const struct rule *r);

static inline void policy_freep(struct policy **p)
{
	policy_unref(*p);
}

#endif
