// SPDX-License-Identifier: Apache-2.0
/*
 * imafs log --follow. Neither a file system in user space nor the kernel's
 * securityfs tells when a list grows, so it is looked at, as tail -f does.
 */
#include "log_print.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "cli.h"

#define LOOK_MS	   250
#define READ_BYTES 65536

struct growing {
	const char *file;
	int fd;		  /* of a list in the kernel's format; -1: a journal */
	uint64_t at;	  /* how far a journal was read */
	ino_t ino;	  /* which one it is; 0: not known yet */
	struct buf bytes; /* that could not be printed yet */
};

/* Appends what is new. Return: 0 or -errno, after a message. */
static int read_list(struct growing *g)
{
	while (true) {
		ssize_t n;
		int r = buf_reserve(&g->bytes, READ_BYTES);

		if (r < 0) {
			cli_error("%s: %s", g->file, strerror(-r));
			return r;
		}
		n = read(g->fd, g->bytes.data + g->bytes.len, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			cli_error("%s: %s%s", g->file, strerror(errno),
				  errno == ENOTCONN ? "; imafs has ended" : "");
			return -errno;
		}
		if (n == 0)
			return 0;
		g->bytes.len += (size_t)n;
	}
}

/* Is it still the journal that was read so far? 0 or -errno, after a message.
 */
static int check_journal(struct growing *g)
{
	struct stat st;

	if (stat(g->file, &st) < 0) {
		int r = -errno;

		cli_error("%s: %s", g->file, strerror(-r));
		return r;
	}
	if (g->ino && st.st_ino != g->ino) {
		cli_error("%s: imafs has ended, and begun another journal",
			  g->file);
		return -ESTALE;
	}
	g->ino = st.st_ino;
	return 0;
}

static int read_more(struct growing *g, enum hash_alg view)
{
	struct diag d = { 0 };
	int r, same;

	if (g->fd >= 0)
		return read_list(g);
	same = g->ino ? 0 : check_journal(g);
	if (same < 0)
		return same;
	r = journal_export(g->file, view, &g->at, &g->bytes, &d);
	/* afterwards: what was read may have been another one's already */
	same = check_journal(g);
	if (same < 0)
		return same;
	if (r < 0)
		cli_error("%s", d.msg[0] ? d.msg : strerror(-r));
	return r;
}

static void drop(struct buf *b, size_t n)
{
	if (n)
		memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}

static void wait_a_moment(void)
{
	const struct timespec t = { 0, LOOK_MS * 1000000L };

	(void)nanosleep(&t, NULL); /* early is as good */
}

static int follow(struct log_printer *p, struct growing *g)
{
	while (true) {
		size_t used;
		int r;

		r = read_more(g, p->view);
		if (r < 0)
			return r == -EBADMSG ? CLI_FAILED : CLI_UNDETERMINED;
		r = log_print(p, g->bytes.data, g->bytes.len, &used);
		drop(&g->bytes, used);
		/* the rest of an entry is still to come */
		if (r < 0 && r != -EAGAIN)
			return log_print_failed(p, r);
		wait_a_moment();
	}
}

int log_follow(struct log_printer *p, const char *file, bool is_journal)
{
	CLEANUP(closep) int fd = -1;
	struct growing g = { .file = file, .fd = -1 };
	int status;

	if (!is_journal) {
		fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0) {
			cli_error("%s: %s", file, strerror(errno));
			return CLI_UNDETERMINED;
		}
		g.fd = fd;
	}
	status = follow(p, &g);
	buf_release(&g.bytes);
	return status;
}
