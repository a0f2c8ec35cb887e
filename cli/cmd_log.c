// SPDX-License-Identifier: Apache-2.0
/* imafs log: print a measurement list, or replay it and compare PCRs. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/hex.h"
#include "base/io.h"
#include "journal.h"
#include "log_pcrs.h"
#include "log_print.h"

const char cmd_log_usage[] =
	"usage: imafs log [--json] [--verify|--follow] [--bank ALG] "
	"MOUNT|FILE\n"
	"\n"
	"Prints a measurement list: that of a mount, a journal, or a list in\n"
	"the kernel's binary format.\n"
	"\n"
	"  --verify      recompute every digest, replay the list and compare\n"
	"                it with the TPM's PCRs: 0 equal, 1 not, 3 unknown\n"
	"  --follow      go on and print what is added\n"
	"  --json        one JSON object a line\n"
	"  --bank ALG    the digests to show; a FILE in the kernel's format "
	"is\n"
	"                a view of one bank (default sha1; of a mount or a\n"
	"                journal sha256)\n"
	"  --hash-alg ALG  the same\n"
	"  --tcti TCTI   where the TPM is (default: the mount knows)\n"
	"  --pcrs FILE   compare with values that tpm2_pcrread has printed\n"
	"  -h, --help    this text\n"
	"\n"
	"See imafs-log(1).\n";

#define LIST_MAX ((size_t)1 << 34)

struct arguments {
	const char *path, *tcti, *pcrs;
	int bank; /* -1: the default */
	bool json, verify, follow;
};

/* A list in the kernel's format, and where it came from. */
struct list {
	struct buf bytes;
	enum hash_alg view;
	char *file; /* that the bytes are of */
	bool is_journal;
	char *tcti; /* NULL: not known */
};

static void list_release(struct list *l)
{
	buf_release(&l->bytes);
	free(l->file);
	free(l->tcti);
	l->file = l->tcti = NULL;
}

/*
 * Whoever made the directory wrote .ima/tpm, and a TCTI may be a library that
 * is loaded, a command that is run (cmd:), or a file that is written to: only
 * what does no more than talk to a TPM is taken from there.
 */
static bool is_harmless(const char *tcti)
{
	static const char device[] = "device:/dev/tpm";
	static const char *const socket[] = { "swtpm:", "mssim:", "tabrmd:" };

	if (strcmp(tcti, "none") == 0)
		return true;
	if (strncmp(tcti, device, sizeof(device) - 1) == 0)
		return !strchr(tcti + sizeof(device) - 1, '/');
	for (size_t i = 0; i < sizeof(socket) / sizeof(socket[0]); i++) {
		if (strncmp(tcti, socket[i], strlen(socket[i])) == 0)
			return true;
	}
	return false;
}

/* "tcti: ..." of .ima/tpm. Without it the user has to say. */
static void find_tcti(const char *mount, struct list *l)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *copy = NULL;
	char *line, *save = NULL;

	if (asprintf(&path, "%s/.ima/tpm", mount) < 0) {
		path = NULL;
		return;
	}
	if (io_read_file(AT_FDCWD, path, 65536, &text) < 0)
		return;
	copy = buf_steal_str(&text);
	for (line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "tcti: ", 6) == 0 && !l->tcti &&
		    is_harmless(line + 6))
			l->tcti = strdup(line + 6);
	}
}

static bool has_control(const char *mount)
{
	CLEANUP(freep) char *path = NULL;

	if (asprintf(&path, "%s/.ima/version", mount) < 0) {
		path = NULL;
		return true; /* the other message is not wrong */
	}
	return access(path, F_OK) == 0 || errno != ENOENT;
}

static const char *remedy(int r)
{
	switch (r) {
	case -ENOENT:
		return "; the mount has no list for this bank (--bank)";
	case -ENOTCONN:
		return "; imafs has ended, read the journal in its state "
		       "directory";
	default:
		return "";
	}
}

/* The view of @bank, or without one the best that there is. */
static int read_mount(const struct arguments *a, struct list *l)
{
	static const enum hash_alg order[] = { HASH_ALG_SHA256, HASH_ALG_SHA1 };
	CLEANUP(freep) char *path = NULL;
	int r = -ENOENT;

	for (size_t i = 0; r == -ENOENT && i < (a->bank < 0 ? 2u : 1u); i++) {
		l->view = a->bank < 0 ? order[i] : (enum hash_alg)a->bank;
		free(path);
		if (asprintf(&path, "%s/.ima/binary_runtime_measurements_%s",
			     a->path, hash_alg_name(l->view)) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		r = io_read_file(AT_FDCWD, path, LIST_MAX, &l->bytes);
	}
	if (r < 0) {
		if (r == -ENOENT && !has_control(a->path))
			cli_error("%s: no imafs is mounted there, or one with "
				  "control=none",
				  a->path);
		else
			cli_error("%s: %s%s", path, strerror(-r), remedy(r));
		return r;
	}
	l->file = STEAL(path);
	find_tcti(a->path, l);
	return 0;
}

static int read_file(const struct arguments *a, struct list *l)
{
	struct diag d = { 0 };
	uint64_t at = 0;
	int r = io_read_file(AT_FDCWD, a->path, LIST_MAX, &l->bytes);

	l->view = a->bank < 0 ? HASH_ALG_SHA1 : (enum hash_alg)a->bank;
	if (r < 0) {
		cli_error("%s: %s", a->path, strerror(-r));
		return r;
	}
	l->file = strdup(a->path);
	if (!l->file)
		return -ENOMEM;
	l->is_journal = journal_is_journal(l->bytes.data, l->bytes.len);
	if (!l->is_journal)
		return 0;
	buf_release(&l->bytes);
	l->view = a->bank < 0 ? HASH_ALG_SHA256 : (enum hash_alg)a->bank;
	r = journal_export(a->path, l->view, &at, &l->bytes, &d);
	if (r < 0)
		cli_error("%s", d.msg[0] ? d.msg : strerror(-r));
	return r;
}

/* What cannot be read says nothing; what is damaged is not what was written. */
static int status_of(int error)
{
	return error == -EBADMSG ? CLI_FAILED : CLI_UNDETERMINED;
}

static int read_list(const struct arguments *a, struct list *l)
{
	struct stat st;

	if (stat(a->path, &st) < 0) {
		int r = -errno;

		cli_error("%s: %s%s", a->path, strerror(-r),
			  r == -ENOTCONN ? remedy(r) : "");
		return r;
	}
	return S_ISDIR(st.st_mode) ? read_mount(a, l) : read_file(a, l);
}

static struct log_printer printer_of(const struct arguments *a,
				     const struct list *l)
{
	return (struct log_printer){ .path = a->path,
				     .view = l->view,
				     .json = a->json,
				     .terminal = isatty(STDOUT_FILENO) };
}

static int print_list(const struct arguments *a, const struct list *l)
{
	struct log_printer p = printer_of(a, l);
	size_t used;
	int r = log_print(&p, l->bytes.data, l->bytes.len, &used);

	return r < 0 ? log_print_failed(&p, r) : CLI_OK;
}

/* What the replay is told about the entries on the way. */
struct seen {
	uint64_t pcrs; /* bit per PCR */
	uint64_t count, violations;
	bool terminal;
};

static int see_entry(void *arg, uint64_t number, const struct journal_entry *e)
{
	struct seen *s = arg;

	if (e->pcr < JOURNAL_PCRS)
		s->pcrs |= UINT64_C(1) << e->pcr;
	s->count = number + 1;
	s->violations += e->violation;
	if (s->terminal && number % 16384 == 16383)
		(void)fprintf(stderr, "\r%llu entries",
			      (unsigned long long)s->count);
	return 0;
}

static int get_pcrs(const struct arguments *a, const struct list *l,
		    uint64_t wanted, struct pcr_values *v)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	const char *tcti = a->tcti ? a->tcti : l->tcti;
	struct diag d = { 0 };
	int r;

	if (a->pcrs) {
		r = io_read_file(AT_FDCWD, a->pcrs, 1 << 20, &text);
		if (r == 0)
			r = pcr_values_parse((char *)text.data, text.len, v,
					     &d);
		if (r < 0 && d.line)
			cli_error("%s:%u: %s", a->pcrs, d.line, d.msg);
		else if (r < 0)
			cli_error("%s: %s", a->pcrs,
				  d.msg[0] ? d.msg : strerror(-r));
		return r;
	}
	if (!tcti) {
		cli_error("%s: no TPM is known for this list; name it with "
			  "--tcti, or its values with --pcrs",
			  a->path);
		return -ENODEV;
	}
	r = pcr_values_read(tcti, wanted, v, &d);
	if (r < 0)
		cli_error("%s", d.msg[0] ? d.msg : strerror(-r));
	return r;
}

static void print_pcr(const char *what, unsigned pcr, const struct digest *d)
{
	char hex[2 * DIGEST_MAX + 1];

	hex_encode(hex, d->bytes, d->size);
	(void)printf("%-8s PCR %u %s %s\n", what, pcr, hash_alg_name(d->alg),
		     hex);
}

/* One replay beside what the TPM says. */
struct outcome {
	struct seen seen;
	struct pcr_values want;
	struct digest got[JOURNAL_PCRS * TPM_BANKS_MAX]; /* row by PCR */
	unsigned compared, different;
};

/* @each is called for each pair of values that can be compared. */
static void compare(struct outcome *o,
		    void (*each)(unsigned pcr, const struct digest *tpm,
				 const struct digest *list))
{
	o->compared = o->different = 0;
	for (unsigned pcr = 0; pcr < JOURNAL_PCRS; pcr++) {
		for (unsigned b = 0; b < o->want.n_banks; b++) {
			const struct digest *w = &o->want.value[pcr][b];
			const struct digest *g =
				&o->got[pcr * o->want.n_banks + b];

			if (!(o->seen.pcrs & (UINT64_C(1) << pcr)) || !w->size)
				continue;
			o->compared++;
			o->different += !digest_equal(w, g);
			if (each)
				each(pcr, w, g);
		}
	}
}

static void print_pair(unsigned pcr, const struct digest *tpm,
		       const struct digest *list)
{
	if (digest_equal(tpm, list)) {
		print_pcr("equal", pcr, tpm);
	} else {
		print_pcr("TPM", pcr, tpm);
		print_pcr("list", pcr, list);
	}
}

static int report(const struct arguments *a, struct outcome *o)
{
	unsigned long long entries = o->seen.count,
			   violations = o->seen.violations;

	if (!o->compared) {
		cli_error(entries ? "%s: none of the PCRs of this list is known"
				  : "%s: the list is empty",
			  a->path);
		return CLI_UNDETERMINED;
	}
	if (a->json) {
		(void)printf("{\"entries\":%llu,\"violations\":%llu,"
			     "\"compared\":%u,\"different\":%u}\n",
			     entries, violations, o->compared, o->different);
	} else {
		compare(o, print_pair);
		(void)printf("%llu entries, %llu violations: the list is %s"
			     "what the TPM vouches for\n",
			     entries, violations, o->different ? "NOT " : "");
	}
	return o->different ? CLI_FAILED : CLI_OK;
}

/* First pass: which PCRs does the list speak of? Checks nothing. */
static uint64_t pcrs_of(const struct list *l)
{
	const uint8_t *at = l->bytes.data;
	size_t left = l->bytes.len, n;
	uint64_t pcrs = 0;

	while (left) {
		char name[TEMPLATE_NAME_MAX + 1];
		struct journal_entry e;

		if (journal_next(at, left, l->view, name, &e, &n) <= 0)
			break;
		if (e.pcr < JOURNAL_PCRS)
			pcrs |= UINT64_C(1) << e.pcr;
		at += n;
		left -= n;
	}
	return pcrs;
}

/* Return: -1 with @o filled in, or a cli_exit. */
static int replay_once(const struct arguments *a, const struct list *l,
		       struct outcome *o)
{
	struct diag d = { 0 };
	int r;

	*o = (struct outcome){ .seen.terminal = isatty(STDERR_FILENO) };
	if (get_pcrs(a, l, pcrs_of(l), &o->want) < 0)
		return CLI_UNDETERMINED;
	r = journal_replay(l->bytes.data, l->bytes.len, l->view, see_entry,
			   &o->seen, o->want.bank, o->want.n_banks,
			   JOURNAL_PCRS, o->got, &d);
	if (o->seen.terminal && o->seen.count >= 16384)
		(void)fputc('\n', stderr);
	if (r < 0) {
		/* the first entry of another view has digests of its own */
		cli_error("%s: %s%s", a->path, d.msg[0] ? d.msg : strerror(-r),
			  r == -EBADMSG && !o->seen.count && !l->is_journal
				  ? "; is this a view of another bank "
				    "(--bank)?"
				  : "");
		return status_of(r);
	}
	compare(o, NULL);
	return -1;
}

#define VERIFY_TRIES 16

/*
 * The PCRs are read after the list. What is in use may have extended them in
 * between; then the list has grown, too, and is read again. An entry may also
 * be in one of them and not yet in the other: that is worth a second look
 * without growth.
 */
static int verify(const struct arguments *a, struct list *l)
{
	CLEANUP(freep) struct outcome *o = malloc(sizeof(*o));
	bool may_grow = !a->pcrs && (l->is_journal || l->tcti);
	unsigned still = 0;

	if (!o) {
		cli_error("%s", strerror(ENOMEM));
		return CLI_UNDETERMINED;
	}
	for (int tries = 0; tries < VERIFY_TRIES; tries++) {
		size_t before = l->bytes.len;
		int r = replay_once(a, l, o);

		if (r >= 0)
			return r;
		if (!o->different || !may_grow)
			return report(a, o);
		list_release(l);
		r = read_list(a, l);
		if (r < 0)
			return status_of(r);
		still = l->bytes.len == before ? still + 1 : 0;
		if (still == 2)
			return report(a, o);
	}
	cli_error("%s: entries are added faster than they can be compared",
		  a->path);
	return CLI_UNDETERMINED;
}

/* Return: -1 to go on, or a cli_exit. */
static int parse(int argc, char **argv, struct arguments *a)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "verify", no_argument, NULL, 'V' },
		{ "follow", no_argument, NULL, 'f' },
		{ "hash-alg", required_argument, NULL, 'b' },
		{ "bank", required_argument, NULL, 'b' },
		{ "tcti", required_argument, NULL, 'T' },
		{ "pcrs", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*a = (struct arguments){ .bank = -1 };
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":hT:", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			a->json = true;
			break;
		case 'V':
			a->verify = true;
			break;
		case 'f':
			a->follow = true;
			break;
		case 'b':
			a->bank = hash_alg_find(optarg, strlen(optarg));
			if (a->bank < 0)
				return cli_usage("log",
						 "'%s' is not a hash algorithm",
						 optarg);
			break;
		case 'T':
			a->tcti = optarg;
			break;
		case 'p':
			a->pcrs = optarg;
			break;
		case 'h':
			return cli_help("log");
		case ':':
			return cli_usage("log", "%s needs a value",
					 argv[optind - 1]);
		default:
			return cli_usage("log", "unknown option %s",
					 argv[optind - 1]);
		}
	}
	if (optind + 1 != argc)
		return cli_usage("log", "one MOUNT or FILE is needed");
	if ((a->tcti || a->pcrs) && !a->verify)
		return cli_usage("log", "--tcti and --pcrs go with --verify");
	if (a->verify && a->follow)
		return cli_usage("log", "--follow does not go with --verify");
	a->path = argv[optind];
	return -1;
}

int cmd_log(int argc, char **argv)
{
	CLEANUP(list_release) struct list l = { .bytes = BUF_INIT };
	struct arguments a;
	int status = parse(argc, argv, &a), r;

	if (status >= 0)
		return status;
	r = read_list(&a, &l);
	if (r < 0) {
		/* what was whole is to be seen, whatever follows it */
		if (!a.verify && l.is_journal)
			(void)print_list(&a, &l);
		return status_of(r);
	}
	if (a.follow) {
		struct log_printer p = printer_of(&a, &l);

		return log_follow(&p, l.file, l.is_journal);
	}
	return a.verify ? verify(&a, &l) : print_list(&a, &l);
}
