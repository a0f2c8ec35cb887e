// SPDX-License-Identifier: Apache-2.0
/* imafs verify: does security.ima agree with the content? The decision is
 * appraise()'s; this file finds words for it. */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "appraise.h"
#include "base/attr.h"
#include "base/cleanup.h"
#include "base/hex.h"
#include "cli.h"
#include "content.h"
#include "evm_finding.h"
#include "json.h"
#include "label.h"
#include "options.h"
#include "policy.h"
#include "xattr.h"

const char cmd_verify_usage[] =
	"usage: imafs verify [--keys PATH]... [OPTIONS] PATH...\n"
	"\n"
	"Says of each file whether it would pass, or the kernel's word for "
	"why\n"
	"it would not.\n"
	"\n"
	"  -k, --keys PATH       certificate or public key, PEM or DER, or a\n"
	"                        directory of such files; may be repeated\n"
	"  -e, --evm-keys PATH   the same for security.evm: metadata are "
	"checked, too\n"
	"  -s, --require-signature\n"
	"                        a hash is not enough\n"
	"  -a, --hash ALG        algorithm of labels that name none, default\n"
	"                        sha256\n"
	"      --json            one JSON object per file and line\n"
	"  -r, --recursive       all regular files below directories, too\n"
	"  -x, --one-file-system do not enter directories of other file "
	"systems\n"
	"  -j, --jobs N          files at a time, default one per processor\n"
	"  -q, --quiet           only files that do not pass; no progress "
	"bar,\n"
	"                        no summary\n"
	"      --xattr-user      use user.ima, to try it without privileges\n"
	"  -h, --help            this text\n"
	"\n"
	"exit status: 0 all pass, 1 some do not, 2 usage, 3 some could not be\n"
	"determined (and none of the others failed)\n";

DEFINE_FREEP(struct keyring, keyring);

enum {
	ARG_JSON = ARG_OWN
};

struct verify {
	struct tree_options tree;
	const char *label; /* attribute name */
	struct keyring *keys;
	struct keyring *evm_keys; /* empty: EVM is not looked at */
	unsigned options;	  /* OPT_* */
	unsigned alg;
	bool json;
	_Atomic uint64_t passed, failed, undetermined;
};

/* All that was found out about one file. */
struct finding {
	struct buf label;
	int error;	 /* of open or read; 0: none */
	int label_error; /* as appraise_input.xattr_err */
	struct digest digest;
	struct evm_finding metadata;
	struct appraisal a; /* if !error */
};

static void finding_release(struct finding *f)
{
	buf_release(&f->label);
	evm_finding_release(&f->metadata);
}

static void examine(const struct verify *v, const struct walk_file *f,
		    void *scratch, struct finding *ret)
{
	struct appraise_input in = { .options = v->options, .keys = v->keys };
	CLEANUP(closep) int fd = walk_open(f);
	unsigned alg;
	int r;

	if (fd < 0) {
		ret->error = fd;
		return;
	}
	ret->label_error = attr_read(fd, v->label, &ret->label);
	if (keyring_count(v->evm_keys)) {
		r = evm_finding_check(fd, ret->label_error ? NULL : &ret->label,
				      v->evm_keys, &ret->metadata);
		if (r < 0) {
			ret->error = r;
			return;
		}
	}
	alg = ima_xattr_alg(ret->label.data, ret->label.len,
			    (enum hash_alg)v->alg);
	r = content_digest(f, fd, alg, -1, scratch, &ret->digest);
	if (r < 0 && r != -ENOPKG) {
		ret->error = r;
		return;
	}
	in.digest = r == 0 ? &ret->digest : NULL;
	in.xattr = ret->label.data;
	in.xattr_len = ret->label.len;
	in.xattr_err = ret->label_error;
	in.evm = ret->metadata.status;
	ret->digest.alg = (uint8_t)alg;
	appraise(&in, &ret->a);
}

static const char *kind(const struct finding *f)
{
	if (!f->label.len)
		return "none";
	switch (f->label.data[0]) {
	case IMA_XATTR_DIGEST:
	case IMA_XATTR_DIGEST_NG:
		return "hash";
	case EVM_IMA_XATTR_DIGSIG:
		return "signature";
	case IMA_VERITY_DIGSIG:
		return "verity-signature";
	default:
		return "unknown";
	}
}

static int explain_signature(const struct verify *v, const struct finding *f,
			     struct buf *to)
{
	struct sig_header h;
	int r = sig_header_parse(f->label.data, f->label.len, &h);

	if (r == -EOPNOTSUPP)
		return buf_printf(to, "signature version %u cannot be verified",
				  f->label.data[1]);
	if (r < 0)
		return buf_append_str(to, "the signature is malformed");
	if (keyring_count(v->keys) == 0)
		return buf_append_str(to, "no keys were given, see --keys");
	if (keyring_find(v->keys, h.keyid) == 0)
		return buf_printf(to, "none of the %zu keys has the id %08x",
				  keyring_count(v->keys), h.keyid);
	return buf_printf(to,
			  "content or signature was changed, or the key with "
			  "the id %08x is another one",
			  h.keyid);
}

static int explain_unknown(const struct finding *f, struct buf *to)
{
	if (f->label_error == -EOPNOTSUPP)
		return buf_append_str(to, "the file system has no such "
					  "attributes");
	if (f->label_error && f->label_error != -ENODATA)
		return buf_printf(to, "the attribute cannot be read: %s",
				  strerrordesc_np(-f->label_error));
	if (!digest_available(f->digest.alg))
		return buf_printf(to, "%s is not available in this OpenSSL",
				  hash_alg_name(f->digest.alg));
	return buf_append_str(to, "the signature could not be checked");
}

/* The cause in other words. */
static int explain(const struct verify *v, const struct finding *f,
		   struct buf *to)
{
	static const struct {
		const char *cause, *text;
	} words[] = {
		{ "missing-hash", "it has no label" },
		{ "invalid-hash", "the content is not what was hashed" },
		{ "invalid-signature-version", "unknown signature version" },
		{ "invalid-verity-signature",
		  "signature of an fs-verity digest, not of the content" },
		{ "unknown-ima-data",
		  "the label is neither hash nor signature" },
	};
	const char *cause = f->a.cause;

	if (strcmp(cause, "invalid-signature") == 0)
		return explain_signature(v, f, to);
	if (strcmp(cause, "unknown") == 0)
		return explain_unknown(f, to);
	if (strcmp(cause, "missing-HMAC") == 0 ||
	    strcmp(cause, "invalid-HMAC") == 0 ||
	    strcmp(cause, "invalid-fail-immutable") == 0)
		return evm_finding_explain(&f->metadata, v->evm_keys, to);
	if (strcmp(cause, "IMA-signature-required") == 0)
		return buf_append_str(to, f->label.len ? "it has only a hash"
						       : "it has no label");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(cause, words[i].cause) == 0)
			return buf_append_str(to, words[i].text);
	}
	return 0;
}

enum verdict_word {
	V_UNDETERMINED = 0,
	V_FAIL,
	V_PASS
};

static enum verdict_word word(const struct finding *f)
{
	if (f->error || f->a.status == INTEGRITY_UNKNOWN)
		return V_UNDETERMINED;
	return integrity_good(f->a.status) ? V_PASS : V_FAIL;
}

static const char *const verdict_text[] = {
	[V_UNDETERMINED] = "undetermined",
	[V_FAIL] = "fail",
	[V_PASS] = "pass",
};

static int why_of(const struct verify *v, const struct finding *f,
		  struct buf *to)
{
	if (f->error)
		return buf_append_str(to, content_error(f->error));
	return f->a.cause[0] ? explain(v, f, to) : 0;
}

/* "path: fail: invalid-hash (the content is not what was hashed)" */
static int put_text(const struct walk_file *file, const struct finding *f,
		    const char *why, struct buf *to)
{
	const char *cause = f->error ? "" : f->a.cause;
	struct sig_header h;
	int r = buf_append_escaped(to, file->path);

	if (r == 0)
		r = buf_printf(to, ": %s", verdict_text[word(f)]);
	if (r == 0 && cause[0])
		r = buf_printf(to, ": %s", cause);
	if (r == 0 && why[0])
		r = buf_printf(to, cause[0] ? " (%s)" : ": %s", why);
	if (r == 0 && word(f) == V_PASS)
		r = buf_printf(to, " (%s, %s", kind(f),
			       hash_alg_name(f->digest.alg));
	if (r == 0 && word(f) == V_PASS &&
	    sig_header_parse(f->label.data, f->label.len, &h) == 0)
		r = buf_printf(to, ", key id %08x", h.keyid);
	if (r == 0 && word(f) == V_PASS && f->metadata.status)
		r = buf_printf(to, ", metadata %s",
			       f->metadata.status == INTEGRITY_PASS_IMMUTABLE
				       ? "portable"
				       : "bound");
	if (r == 0 && word(f) == V_PASS)
		r = buf_append_u8(to, ')');
	return r < 0 ? r : buf_append_u8(to, '\n');
}

static int put_json_path(const char *path, struct buf *to)
{
	CLEANUP(buf_release) struct buf hex = BUF_INIT;
	int r = json_member(to, "path", path);

	/* JSON has no way to say these bytes */
	if (r < 0 || json_is_text(path))
		return r;
	r = buf_append_hex(&hex, path, strlen(path) + 1);
	if (r < 0)
		return r;
	hex.data[hex.len - 2] = '\0'; /* of the NUL, too */
	return json_member(to, "path_hex", (char *)hex.data);
}

static int put_json(const struct walk_file *file, const struct finding *f,
		    const char *why, struct buf *to)
{
	char hex[2 * DIGEST_MAX + 1], keyid[9];
	bool digest = !f->error && f->digest.size;
	struct sig_header h;
	int r = buf_append_u8(to, '{');

	if (digest)
		hex_encode(hex, f->digest.bytes, f->digest.size);
	if (r == 0)
		r = put_json_path(file->path, to);
	if (r == 0)
		r = json_member(to, "result", verdict_text[word(f)]);
	if (r == 0 && !f->error)
		r = json_member(to, "status",
				integrity_status_name(f->a.status));
	if (r == 0 && !f->error && f->a.cause[0])
		r = json_member(to, "cause", f->a.cause);
	if (r == 0 && why[0])
		r = json_member(to, "reason", why);
	if (r == 0 && !f->error)
		r = json_member(to, "label", kind(f));
	if (r == 0 && f->metadata.status)
		r = json_member(to, "evm",
				integrity_status_name(f->metadata.status));
	if (r == 0 && sig_header_parse(f->label.data, f->label.len, &h) == 0) {
		(void)snprintf(keyid, sizeof(keyid), "%08x", h.keyid);
		r = json_member(to, "keyid", keyid);
	}
	if (r == 0 && digest)
		r = json_member(to, "algorithm", hash_alg_name(f->digest.alg));
	if (r == 0 && digest)
		r = json_member(to, "digest", hex);
	return r < 0 ? r : buf_append_str(to, "}\n");
}

static int report(const struct verify *v, const struct walk_file *file,
		  const struct finding *f, struct buf *to)
{
	CLEANUP(buf_release) struct buf why = BUF_INIT;
	int r;

	r = why_of(v, f, &why);
	if (r == 0)
		r = buf_append_u8(&why, 0);
	if (r < 0)
		return r;
	if (v->json)
		return put_json(file, f, (char *)why.data, to);
	return put_text(file, f, (char *)why.data, to);
}

static int on_file(void *arg, const struct walk_file *file, struct out *out,
		   void *scratch)
{
	CLEANUP(finding_release) struct finding f = { .label = BUF_INIT };
	struct verify *v = arg;
	size_t before = out->to_stdout.len;
	int r;

	examine(v, file, scratch, &f);
	switch (word(&f)) {
	case V_PASS:
		v->passed++;
		if (v->tree.walk.quiet)
			return 0;
		break;
	case V_FAIL:
		v->failed++;
		break;
	case V_UNDETERMINED:
		v->undetermined++;
		break;
	}
	r = report(v, file, &f, &out->to_stdout);
	if (r < 0) {
		out->to_stdout.len = before;
		out_error_at(out, file->path, "%s", strerrordesc_np(-r));
	}
	return r;
}

static int run(struct verify *v, char *const paths[])
{
	const struct walk_ops ops = { .file = on_file };
	struct walk_result w = { 0 };
	int r;

	v->label = label_name(v->tree.xattr_user);
	r = walk(&v->tree.walk, &ops, v, paths, &w);
	if (r < 0)
		cli_error("%s", strerrordesc_np(-r));
	v->undetermined += w.failed;
	if (!v->tree.walk.quiet && !v->json)
		(void)fprintf(stderr,
			      "imafs: %" PRIu64 " passed, %" PRIu64
			      " failed, %" PRIu64 " undetermined\n",
			      (uint64_t)v->passed, (uint64_t)v->failed,
			      (uint64_t)v->undetermined);
	if (v->failed)
		return CLI_FAILED;
	return r < 0 || v->undetermined ? CLI_UNDETERMINED : CLI_OK;
}

static int add_keys(struct keyring *to, const char *path)
{
	struct diag why = { 0 };

	if (keyring_load(to, path, &why) == 0)
		return -1;
	cli_error("%s", why.msg);
	return CLI_UNDETERMINED;
}

/* Return: -1 to go on, else a cli_exit. */
static int take_option(struct verify *v, int option)
{
	switch (option) {
	case 'k':
		return add_keys(v->keys, optarg);
	case 'e':
		return add_keys(v->evm_keys, optarg);
	case 's':
		v->options |= OPT_DIGSIG_REQUIRED;
		return -1;
	case 'a':
		return hash_option("verify", optarg, &v->alg);
	case ARG_JSON:
		v->json = true;
		return -1;
	default:
		return tree_option(&v->tree, "verify", option, optarg);
	}
}

int cmd_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "keys", required_argument, NULL, 'k' },
		{ "evm-keys", required_argument, NULL, 'e' },
		{ "require-signature", no_argument, NULL, 's' },
		{ "hash", required_argument, NULL, 'a' },
		{ "json", no_argument, NULL, ARG_JSON },
		TREE_LONG_OPTIONS,
		{ 0 },
	};
	CLEANUP(keyring_freep) struct keyring *keys = NULL;
	CLEANUP(keyring_freep) struct keyring *evm_keys = NULL;
	struct verify v = { .alg = HASH_ALG_SHA256 };
	int option;

	if (keyring_new(&keys) < 0 || keyring_new(&evm_keys) < 0) {
		cli_error("out of memory");
		return CLI_UNDETERMINED;
	}
	v.keys = keys;
	v.evm_keys = evm_keys;
	while ((option = getopt_long(argc, argv, "k:e:sa:" TREE_SHORT_OPTIONS,
				     options, NULL)) != -1) {
		int r = take_option(&v, option);

		if (r >= 0)
			return r;
	}
	if (optind == argc)
		return cli_usage("verify", "no file to verify");
	return run(&v, argv + optind);
}
