// SPDX-License-Identifier: Apache-2.0
/*
 * What the integrity log said. The ASCII list is followed on one descriptor,
 * as log readers do; at the end of the case the entries that the case added
 * to every binary view are copied out, each with the number of the operation
 * that caused it. IMAFS_ONLY_BASE=1 drops entries of files outside base_dir:
 * with a policy that covers the whole machine others log as well.
 */
#include "audit.h"
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	const char *shown;
	size_t digest;
} views[] = {
	{ "binary_runtime_measurements", "sha1", 20 },
	{ "binary_runtime_measurements_sha256", "sha256", 32 },
};

#define ASCII	"ascii_runtime_measurements"
#define N_VIEWS (sizeof(views) / sizeof(*views))

static size_t seen[N_VIEWS]; /* bytes before the case */
static long count_first;
static long count_after[4096]; /* entries after each operation */
static unsigned n_operations;
static long violations_seen;
static int ascii_fd;
static bool only_base;

static char *log_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", log_dir, name);
	return path;
}

static struct text log_read(const char *name)
{
	struct text t = { 0 };

	if (!text_read_file(&t, log_path(name)))
		die("%s: %s", log_path(name), strerror(errno));
	return t;
}

static long log_number(const char *name)
{
	struct text t = log_read(name);
	long n = atol(t.at);

	free(t.at);
	return n;
}

static bool is_ours(const char *entry, size_t len)
{
	return !only_base || memmem(entry, len, base_dir, strlen(base_dir));
}

static void drain_ascii(struct text *t)
{
	char buf[8192];
	ssize_t n;

	while ((n = read(ascii_fd, buf, sizeof(buf))) > 0)
		text_add(t, buf, n);
	if (n < 0)
		die("following the list: %s", strerror(errno));
}

void watch_begin(void)
{
	const char *only = getenv("IMAFS_ONLY_BASE");
	struct text t = { 0 };
	size_t i;

	only_base = only && *only == '1';
	for (i = 0; i < N_VIEWS; i++) {
		t = log_read(views[i].name);
		seen[i] = t.len;
		free(t.at);
	}
	ascii_fd = open(log_path(ASCII), O_RDONLY | O_CLOEXEC);
	if (ascii_fd < 0)
		die("%s: %s", log_path(ASCII), strerror(errno));
	t = (struct text){ 0 };
	drain_ascii(&t);
	free(t.at);
	violations_seen = log_number("violations");
	count_first = log_number("runtime_measurements_count");
	audit_begin();
}

void watch_look(FILE *transcript, FILE *causes, unsigned number)
{
	struct text t = { 0 };
	char *line, *end;
	long now;

	text_add(&t, "", 0);
	drain_ascii(&t);
	for (line = t.at; (end = strchr(line, '\n')); line = end + 1) {
		if (is_ours(line, end - line))
			fprintf(transcript, "  + %.*s\n", (int)(end - line),
				line);
	}
	if (*line)
		fprintf(transcript, "  + %s (unfinished line)\n", line);
	free(t.at);
	now = log_number("violations");
	if (now != violations_seen)
		fprintf(transcript, "  ! violations +%ld\n",
			now - violations_seen);
	violations_seen = now;
	if (number >= sizeof(count_after) / sizeof(*count_after))
		die("too many operations");
	for (; n_operations <= number; n_operations++)
		count_after[n_operations] =
			log_number("runtime_measurements_count") - count_first;
	audit_look(causes, number);
}

static uint32_t le32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Length of the entry at @p (tpm/journal/list.h), 0 if it is not whole. */
static size_t entry_len(const char *p, size_t left, size_t digest)
{
	size_t at = 4 + digest;
	uint32_t name_len;

	if (left < at + 4)
		return 0;
	name_len = le32(p + at);
	at += 4;
	if (left < at + name_len + 4)
		return 0;
	if (name_len == 3 && !memcmp(p + at, "ima", 3)) {
		/* sic: always 20 bytes of file digest, without a length */
		at += 3 + 20;
		if (left < at + 4)
			return 0;
	} else {
		at += name_len;
	}
	at += 4 + le32(p + at);
	return at <= left ? at : 0;
}

/* One line for each entry: operation, view, the bytes in hexadecimal. */
static void print_entries(FILE *f, const char *shown, const char *p,
			  size_t left, size_t digest)
{
	unsigned operation = 0;
	size_t i, len;
	long n;

	for (n = 0; left; n++, p += len, left -= len) {
		len = entry_len(p, left, digest);
		if (!len) {
			fprintf(f, "%u %s torn\n", operation, shown);
			return;
		}
		while (operation < n_operations - 1 &&
		       count_after[operation] <= n)
			operation++;
		if (!is_ours(p, len))
			continue;
		fprintf(f, "%u %s ", operation, shown);
		for (i = 0; i < len; i++)
			fprintf(f, "%02x", (unsigned char)p[i]);
		fputc('\n', f);
	}
}

void watch_end(const char *out_dir)
{
	char path[PATH_MAX];
	struct text t;
	FILE *f;
	size_t i;

	snprintf(path, sizeof(path), "%s/entries", out_dir);
	f = fopen(path, "w");
	if (!f)
		die("%s: %s", path, strerror(errno));
	for (i = 0; i < N_VIEWS; i++) {
		t = log_read(views[i].name);
		if (t.len < seen[i])
			fprintf(f, "0 %s shrank\n", views[i].shown);
		else
			print_entries(f, views[i].shown, t.at + seen[i],
				      t.len - seen[i], views[i].digest);
		free(t.at);
	}
	if (fclose(f))
		die("%s: %s", path, strerror(errno));
	close(ascii_fd);
}
