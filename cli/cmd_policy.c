// SPDX-License-Identifier: Apache-2.0
/* imafs policy: checks a policy text, prints one in canonical form. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "cli.h"
#include "digest.h"
#include "json.h"
#include "policy.h"
#include "template.h"

const char cmd_policy_usage[] =
	"usage: imafs policy check [--kernel] [--json] FILE|-\n"
	"       imafs policy print NAME|FILE|-\n"
	"\n"
	"check reads a policy as a mount would and says what is wrong with\n"
	"it: FILE:LINE:COLUMN: error: ... for each line that is not a rule,\n"
	"FILE:LINE:COLUMN: warning: ... for rules that can never decide, "
	"conditions\n"
	"without effect, and rules that a mount refuses because this build\n"
	"cannot enforce them (security module labels, fs-verity digests,\n"
	"appended signatures).\n"
	"\n"
	"  -k, --kernel   refuse what is imafs' own and no kernel accepts:\n"
	"                 memlock, imasig_optional\n"
	"  -j, --json     print one JSON object\n"
	"  -h, --help     print this text\n"
	"\n"
	"print writes the rules of FILE, or of the built-in policies NAME\n"
	"(several separated by ',' or '|'), in canonical form: tcb, ima_tcb,\n"
	"appraise_tcb, secure_boot, critical_data, fail_securely,\n"
	"signed_init. Write ./NAME for a file of such a name.\n"
	"\n"
	"Rules for MODULE_CHECK, FIRMWARE_CHECK, KEXEC_KERNEL_CHECK,\n"
	"KEXEC_INITRAMFS_CHECK, KEXEC_CMDLINE, KEY_CHECK and CRITICAL_DATA\n"
	"are valid and are kept, but no file operation causes these events,\n"
	"so a mount never applies them.\n"
	"\n"
	"The language: imafs-policy(5).\n"
	"\n"
	"exit status: 0 valid (warnings or not), 1 not a policy, 2 usage,\n"
	"3 could not be read\n";

/* Larger than any policy that is meant as one. */
#define MAX_TEXT (256u << 20)

/* A binary has a bad line every few bytes; nobody reads them all. */
#define MAX_ERRORS 100

struct options {
	bool kernel;
	bool json;
};

static const char *known_template(const char *name, size_t len)
{
	const struct template *t = template_find(name, len);

	return t ? template_name(t) : NULL;
}

static struct policy_env env_of(const struct options *o)
{
	return (struct policy_env){
		.hash_available = digest_available,
		.template_name = known_template,
		.kernel_only = o->kernel,
	};
}

static bool is_stdin(const char *file)
{
	return strcmp(file, "-") == 0;
}

static int read_stdin(struct buf *to)
{
	char chunk[65536];
	size_t n;

	while ((n = fread(chunk, 1, sizeof(chunk), stdin)) > 0) {
		int r = buf_append(to, chunk, n);

		if (r < 0)
			return r;
		if (to->len > MAX_TEXT)
			return -EFBIG;
	}
	return ferror(stdin) ? -EIO : 0;
}

static int read_text(const char *file, struct buf *to)
{
	return is_stdin(file) ? read_stdin(to)
			      : io_read_file(AT_FDCWD, file, MAX_TEXT, to);
}

/* Buffered output is only written here. Return: @status, or CLI_FAILED. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	cli_error("cannot write the output: %s", strerror(errno));
	return CLI_FAILED;
}

/* What was found, in the order of the lines. */
struct report {
	const char *file;
	bool json;
	bool failed; /* no memory for all of it */
	unsigned errors, warnings;
	struct buf error_list, warning_list; /* JSON */
};

static void report_release(struct report *r)
{
	buf_release(&r->error_list);
	buf_release(&r->warning_list);
}

static void json_finding(struct report *rep, struct buf *list, unsigned line,
			 unsigned column, const char *msg)
{
	int r = buf_printf(list, "%s{\"line\":%u,\"column\":%u,",
			   list->len ? "," : "", line, column);

	if (r == 0)
		r = buf_append_str(list, "\"message\":");
	if (r == 0)
		r = json_string(list, msg);
	if (r == 0)
		r = buf_append_u8(list, '}');
	if (r < 0)
		rep->failed = true;
}

static void add_error(struct report *rep, unsigned line, unsigned column,
		      const char *msg)
{
	rep->errors++;
	if (rep->json)
		json_finding(rep, &rep->error_list, line, column, msg);
	else
		(void)printf("%s:%u:%u: error: %s\n", rep->file, line, column,
			     msg);
}

static void add_warning(void *arg, unsigned line, unsigned column,
			const char *msg)
{
	struct report *rep = arg;

	rep->warnings++;
	if (rep->json)
		json_finding(rep, &rep->warning_list, line, column, msg);
	else
		(void)printf("%s:%u:%u: warning: %s\n", rep->file, line, column,
			     msg);
}

/* The text behind the first @lines lines. */
static const char *skip_lines(const char *at, const char *end, unsigned lines)
{
	while (lines-- > 0 && at < end) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));

		at = eol ? eol + 1 : end;
	}
	return at;
}

/* Is it the text that is wrong? */
static bool is_bad_rule(int r)
{
	return r == -EINVAL || r == -ERANGE || r == -E2BIG;
}

/*
 * Reports every bad line, not only the first: a line is good or bad whatever
 * the others are, so reading goes on behind it.
 * Return: 0: *ret is the policy; -EINVAL: reported; or another error.
 */
static int parse_all(struct report *rep, const struct buf *text,
		     const struct policy_env *env, struct policy **ret)
{
	const char *at = text->len ? (const char *)text->data : "";
	const char *end = at + text->len;
	unsigned lines = 0;

	for (;;) {
		struct policy *p = NULL;
		struct diag err = { 0 };
		int r = policy_parse(at, (size_t)(end - at), env, &p, &err);

		if (r == 0 && !rep->errors) {
			*ret = p;
			return 0;
		}
		policy_unref(p);
		if (!is_bad_rule(r))
			return r == 0 ? -EINVAL : r;
		add_error(rep, lines + err.line, err.column, err.msg);
		if (r == -E2BIG || rep->errors == MAX_ERRORS)
			return -EINVAL;
		at = skip_lines(at, end, err.line);
		lines += err.line;
	}
}

static void lint(struct report *rep, const struct policy *p,
		 const struct buf *text, const struct options *o)
{
	unsigned lines = 1, column = 1;

	(void)policy_lint(p, add_warning, rep);
	if (!o->kernel || !text->len || text->data[text->len - 1] == '\n')
		return;
	for (size_t i = 0; i < text->len; i++) {
		bool eol = text->data[i] == '\n';

		lines += eol;
		column = eol ? 1 : column + 1;
	}
	add_warning(rep, lines, column,
		    "no newline at the end: the kernel refuses such a file "
		    "when it is loaded by its path");
}

static void print_summary(const struct report *rep, const struct policy *p)
{
	if (!p) {
		(void)printf("%s: %u error%s%s\n", rep->file, rep->errors,
			     rep->errors == 1 ? "" : "s",
			     rep->errors == MAX_ERRORS ? ", reading no further"
						       : "");
		return;
	}
	(void)printf("%s: %zu rule%s, %u warning%s\n", rep->file,
		     policy_count(p), policy_count(p) == 1 ? "" : "s",
		     rep->warnings, rep->warnings == 1 ? "" : "s");
}

static void print_list(const char *name, const struct buf *list)
{
	(void)printf(",\"%s\":[", name);
	if (list->len)
		(void)fwrite(list->data, 1, list->len, stdout);
	(void)putchar(']');
}

static int print_json(const struct report *rep, const struct policy *p)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT;

	if (rep->failed || json_string(&name, rep->file) < 0)
		return -ENOMEM;
	(void)printf("{\"file\":%.*s,\"valid\":%s", (int)name.len,
		     (const char *)name.data, p ? "true" : "false");
	if (p)
		(void)printf(",\"rules\":%zu", policy_count(p));
	print_list("errors", &rep->error_list);
	print_list("warnings", &rep->warning_list);
	(void)fputs("}\n", stdout);
	return 0;
}

static int check_text(struct report *rep, const struct buf *text,
		      const struct options *o)
{
	const struct policy_env env = env_of(o);
	struct policy *p = NULL;
	int r = parse_all(rep, text, &env, &p);

	if (r < 0 && r != -EINVAL)
		return r;
	if (p)
		lint(rep, p, text, o);
	r = 0;
	if (o->json)
		r = print_json(rep, p);
	else
		print_summary(rep, p);
	policy_unref(p);
	return r;
}

static int check(const char *file, const struct options *o)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	CLEANUP(report_release)
	struct report rep = {
		.file = is_stdin(file) ? "<stdin>" : file,
		.json = o->json,
	};
	int r = read_text(file, &text);

	if (r == 0)
		r = check_text(&rep, &text, o);
	if (r < 0) {
		cli_error("cannot read the policy '%s': %s", rep.file,
			  strerror(-r));
		return CLI_UNDETERMINED;
	}
	return finish(rep.errors ? CLI_FAILED : CLI_OK);
}

/* Return: CLI_OK, or another status that has been explained. */
static int load(const char *name, const struct options *o, struct policy **ret)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	const struct policy_env env = env_of(o);
	struct diag err = { 0 };
	int r = policy_builtin(name, &env, ret, NULL);

	if (r == -ENOENT) {
		r = read_text(name, &text);
		if (r < 0) {
			cli_error("'%s' is neither a built-in policy nor a "
				  "file that can be read: %s",
				  name, strerror(-r));
			return CLI_UNDETERMINED;
		}
		r = policy_parse((const char *)text.data, text.len, &env, ret,
				 &err);
	}
	if (is_bad_rule(r)) {
		cli_error("%s:%u:%u: error: %s",
			  is_stdin(name) ? "<stdin>" : name, err.line,
			  err.column, err.msg);
		return CLI_FAILED;
	}
	if (r < 0) {
		cli_error("cannot read the policy '%s': %s", name,
			  strerror(-r));
		return CLI_UNDETERMINED;
	}
	return CLI_OK;
}

static int print(const char *name, const struct options *o)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct policy *p = NULL;
	int r = load(name, o, &p);

	if (r != CLI_OK)
		return r;
	r = policy_print(p, &text);
	if (policy_count(p) == 0)
		cli_error("'%s' has no rules", name);
	policy_unref(p);
	if (r < 0) {
		cli_error("cannot print '%s': %s", name, strerror(-r));
		return CLI_UNDETERMINED;
	}
	if (text.len)
		(void)fwrite(text.data, 1, text.len, stdout);
	return finish(CLI_OK);
}

static int bad_option(char **argv)
{
	if (optopt == 0)
		return cli_usage("policy", "'%s' is not an option",
				 argv[optind - 1]);
	if (strchr("kjh", optopt))
		return cli_usage("policy", "'%s': the option takes no value",
				 argv[optind - 1]);
	return cli_usage("policy", "'-%c' is not an option", optopt);
}

/* Return: CLI_OK, CLI_USAGE (explained), or -1 if --help was given. */
static int parse_options(int argc, char **argv, struct options *ret)
{
	static const struct option names[] = {
		{ "kernel", no_argument, NULL, 'k' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "kjh", names, NULL)) != -1) {
		switch (c) {
		case 'k':
			ret->kernel = true;
			break;
		case 'j':
			ret->json = true;
			break;
		case 'h':
			return -1;
		default:
			return bad_option(argv);
		}
	}
	return CLI_OK;
}

int cmd_policy(int argc, char **argv)
{
	struct options o = { false, false };
	const char *verb;
	int r = parse_options(argc, argv, &o);

	if (r < 0)
		return cli_help("policy");
	if (r != CLI_OK)
		return r;
	if (optind == argc)
		return cli_usage("policy", "say 'check' or 'print'");
	verb = argv[optind];
	if (strcmp(verb, "check") != 0 && strcmp(verb, "print") != 0)
		return cli_usage("policy",
				 "'%s' is neither 'check' nor "
				 "'print'",
				 verb);
	if (optind + 2 != argc)
		return cli_usage("policy", "'%s' takes one %s", verb,
				 *verb == 'c' ? "file, or '-'"
					      : "name or file, or '-'");
	if (*verb == 'c')
		return check(argv[optind + 1], &o);
	if (o.kernel || o.json)
		return cli_usage("policy",
				 "'print' takes neither --kernel nor --json");
	return print(argv[optind + 1], &o);
}
