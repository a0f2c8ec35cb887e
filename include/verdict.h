/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision about one access. A verdict is not an error: functions return
 * 0 or -errno to say whether they could find out, and fill in a verdict that
 * says what they found. A verdict whose bytes are all zero denies.
 *
 *     r = gate_open(...);
 *     if (r == 0 && v.allow) ...       the only way to let something through
 */
#ifndef IMAFS_VERDICT_H
#define IMAFS_VERDICT_H

#include <stdbool.h>

/*
 * What appraisal found (the kernel's integrity_status, with "could not tell"
 * as zero). Only PASS and PASS_IMMUTABLE are good.
 */
enum integrity_status {
	INTEGRITY_UNKNOWN = 0, /* could not be verified: denies */
	INTEGRITY_FAIL,
	INTEGRITY_FAIL_IMMUTABLE,
	INTEGRITY_NOLABEL,
	INTEGRITY_NOXATTRS,
	INTEGRITY_PASS,
	INTEGRITY_PASS_IMMUTABLE,
};

/* The kernel's audit word: "pass", "fail", "no_label", "unknown" ... */
const char *integrity_status_name(enum integrity_status s);

static inline bool integrity_good(enum integrity_status s)
{
	return s == INTEGRITY_PASS || s == INTEGRITY_PASS_IMMUTABLE;
}

/* What appraising one file's content and label came to. */
struct appraisal {
	enum integrity_status status;
	/*
	 * The kernel's audit word for a failure ("invalid-hash",
	 * "IMA-signature-required" ...); "" for PASS. Static storage.
	 */
	const char *cause;
	bool digsig;	/* a good signature: the file is immutable */
	bool unsigned_; /* imasig_optional: allowed, but without privilege */
};

/* The gate's answer. */
struct verdict {
	bool allow;
	const char *op;	   /* audit op, "appraise_data"; static storage */
	const char *cause; /* audit cause; static storage; NULL: none */
	int error;	   /* positive errno for the caller when !allow */
	unsigned rule;	   /* 1-based number of the deciding rule, 0: none */
	bool unprivileged; /* setuid bits and capabilities are not honoured */
};

#endif
