// SPDX-License-Identifier: Apache-2.0
/*
 * The appraisal table; see include/appraise.h. Decides about one file from
 * values alone: it reads nothing and knows no rule.
 *
 * IMA: security/integrity/ima/ima_appraise.c, ima_appraise_measurement()
 */
#include "appraise.h"

#include <errno.h>

#include <openssl/crypto.h>

#include "crypto/header.h"
#include "policy.h"
#include "xattr.h"

const char *integrity_status_name(enum integrity_status s)
{
	static const char *const name[] = {
		[INTEGRITY_UNKNOWN] = "unknown",
		[INTEGRITY_FAIL] = "fail",
		[INTEGRITY_FAIL_IMMUTABLE] = "fail_immutable",
		[INTEGRITY_NOLABEL] = "no_label",
		[INTEGRITY_NOXATTRS] = "no_xattrs",
		[INTEGRITY_PASS] = "pass",
		[INTEGRITY_PASS_IMMUTABLE] = "pass_immutable",
	};
	const size_t n = sizeof(name) / sizeof(name[0]);

	return (size_t)s < n ? name[s] : "unknown";
}

static struct appraisal result(enum integrity_status status, const char *cause)
{
	return (struct appraisal){ .status = status, .cause = cause };
}

static struct appraisal unknown(void)
{
	return result(INTEGRITY_UNKNOWN, "unknown");
}

static struct appraisal fail(const char *cause)
{
	return result(INTEGRITY_FAIL, cause);
}

static bool wants(const struct appraise_input *in, unsigned option)
{
	return (in->options & option) != 0;
}

/* A rule that insists on version 3 insists on a signature. */
static bool wants_signature(const struct appraise_input *in)
{
	return wants(in, OPT_DIGSIG_REQUIRED | OPT_SIGV3_REQUIRED);
}

static struct appraisal signature_required(const struct appraise_input *in,
					   enum integrity_status status)
{
	return result(status, wants(in, OPT_VERITY_REQUIRED)
				      ? "verity-signature-required"
				      : "IMA-signature-required");
}

/* A good file that is not signed. */
static struct appraisal pass_unsigned(const struct appraise_input *in)
{
	struct appraisal a = result(INTEGRITY_PASS, "");

	a.unsigned_ = wants(in, OPT_SIG_OPTIONAL);
	return a;
}

static struct appraisal pass_signed(void)
{
	struct appraisal a = result(INTEGRITY_PASS, "");

	a.digsig = true;
	return a;
}

static bool digest_valid(const struct digest *d)
{
	return d && d->size && d->size == hash_alg_size(d->alg);
}

/* Only where there is a label. */
static uint8_t label_type(const struct appraise_input *in)
{
	return in->xattr[0];
}

static uint8_t label_version(const struct appraise_input *in)
{
	return in->xattr_len > 1 ? in->xattr[1] : 0;
}

static struct appraisal no_label(const struct appraise_input *in)
{
	if (in->created && (!wants_signature(in) || in->empty))
		return pass_unsigned(in);
	if (wants_signature(in))
		return signature_required(in, INTEGRITY_NOLABEL);
	if (wants(in, OPT_SIG_OPTIONAL))
		return pass_unsigned(in);
	return result(INTEGRITY_NOLABEL, "missing-hash");
}

static struct appraisal hash_label(const struct appraise_input *in)
{
	const struct digest *d = in->digest;
	bool immutable = in->evm == INTEGRITY_PASS_IMMUTABLE;
	size_t header = label_type(in) == IMA_XATTR_DIGEST ? 1 : 2;

	/* a portable EVM signature covers the hash, which then counts as
	 * signed */
	if (wants_signature(in) && !immutable)
		return signature_required(in, INTEGRITY_FAIL);
	/* trailing bytes are ignored, as in the kernel; the caller must have
	 * used the algorithm that the label names */
	if (in->xattr_len < header + d->size ||
	    ima_xattr_alg(in->xattr, in->xattr_len, d->alg) != d->alg ||
	    CRYPTO_memcmp(in->xattr + header, d->bytes, d->size) != 0)
		return fail("invalid-hash");
	return immutable ? pass_signed() : pass_unsigned(in);
}

/* Verifies a signature label whose type and version are admitted. */
static struct appraisal check_signature(const struct appraise_input *in,
					const char *cause)
{
	struct sig_header h;

	if (sig_header_parse(in->xattr, in->xattr_len, &h) < 0)
		return fail(cause);
	switch (header_check(&h, in->digest, in->keys)) {
	case SIG_GOOD:
		return pass_signed();
	case SIG_BAD:
	case SIG_NO_KEY:
	case SIG_UNSUPPORTED:
		return fail(cause);
	case SIG_ERROR:
		break;
	}
	return unknown();
}

static struct appraisal signature_label(const struct appraise_input *in)
{
	uint8_t version = label_version(in);

	if (wants(in, OPT_VERITY_REQUIRED) && wants_signature(in))
		return fail("verity-signature-required");
	if (version > 3)
		return fail("invalid-signature-version");
	if (wants(in, OPT_SIGV3_REQUIRED) && version != 3)
		return fail("IMA-sigv3-required");
	/* the kernel's verifier knows 1, 2 and 3, and says EOPNOTSUPP else */
	if (version == 0 && in->xattr_len > 1)
		return unknown();
	return check_signature(in, "invalid-signature");
}

static struct appraisal verity_label(const struct appraise_input *in)
{
	if (wants_signature(in) && !wants(in, OPT_VERITY_REQUIRED))
		return fail("IMA-signature-required");
	if (label_version(in) != 3)
		return fail("invalid-signature-version");
	if (!in->verity)
		return fail("invalid-verity-signature");
	return check_signature(in, "invalid-verity-signature");
}

static struct appraisal by_label(const struct appraise_input *in)
{
	if (!digest_valid(in->digest))
		return unknown();
	switch (label_type(in)) {
	case IMA_XATTR_DIGEST:
	case IMA_XATTR_DIGEST_NG:
		return hash_label(in);
	case EVM_IMA_XATTR_DIGSIG:
		return signature_label(in);
	case IMA_VERITY_DIGSIG:
		return verity_label(in);
	default:
		return result(INTEGRITY_UNKNOWN, "unknown-ima-data");
	}
}

/* Lets EVM speak before the label is looked at. True: it decided. */
static bool by_metadata(const struct appraise_input *in, struct appraisal *ret)
{
	switch (in->evm) {
	case INTEGRITY_PASS:
	case INTEGRITY_PASS_IMMUTABLE:
	case INTEGRITY_UNKNOWN:
		return false;
	case INTEGRITY_NOLABEL:
	case INTEGRITY_NOXATTRS:
		*ret = result(in->evm, "missing-HMAC");
		return true;
	case INTEGRITY_FAIL_IMMUTABLE:
		*ret = result(in->evm, "invalid-fail-immutable");
		ret->digsig = true;
		return true;
	case INTEGRITY_FAIL:
		break;
	}
	*ret = result(INTEGRITY_FAIL, "invalid-HMAC");
	return true;
}

/* Has it a signature, good or not? A portable one of EVM is as good. */
static bool is_signed(const struct appraise_input *in)
{
	return label_type(in) == EVM_IMA_XATTR_DIGSIG ||
	       in->evm == INTEGRITY_PASS_IMMUTABLE ||
	       in->evm == INTEGRITY_FAIL_IMMUTABLE;
}

static struct appraisal decide(const struct appraise_input *in)
{
	struct appraisal a;

	if (in->xattr_err && in->xattr_err != -ENODATA)
		return unknown();
	/* a value of no bytes is no label (the kernel's "rc <= 0") */
	if (in->xattr_err || !in->xattr || !in->xattr_len)
		return no_label(in);
	if (!by_metadata(in, &a))
		a = by_label(in);
	/* installers write the signature first, the data later */
	if (!integrity_good(a.status) && in->created && in->empty &&
	    is_signed(in))
		a = pass_unsigned(in);
	return a;
}

void appraise(const struct appraise_input *in, struct appraisal *ret)
{
	struct appraisal a = decide(in);

	if (integrity_good(a.status) && wants(in, OPT_VERITY_REQUIRED) &&
	    !in->verity)
		a = fail("no-verity-digest");
	*ret = a;
}
