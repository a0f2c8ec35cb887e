// SPDX-License-Identifier: Apache-2.0
/*
 * The audit stream. The kernel queues its records and sends them from a
 * thread, so a look sends a record of its own and reads until that comes by:
 * no sleeping, nothing missed.
 */
#include "audit.h"
#include "op.h"

#include <errno.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTEGRITY_FIRST	    1800
#define INTEGRITY_LAST	    1899
#define INTEGRITY_RULE	    1805
#define AUDIT_USER_AVC_TYPE 1107 /* the one that passes with audit off */

static int stream = -1;
static char denials[PATH_MAX]; /* imafs' file, "" with the kernel */

void audit_begin(void)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK,
				 .nl_groups = 1 << (AUDIT_NLGRP_READLOG - 1) };
	int room = 1 << 20;

	snprintf(denials, sizeof(denials), "%s/denials", log_dir);
	if (access(denials, F_OK))
		denials[0] = '\0';
	stream = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	if (stream < 0 || bind(stream, (struct sockaddr *)&a, sizeof(a)))
		die("audit stream: %s", strerror(errno));
	setsockopt(stream, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
}

static void send_mark(unsigned mark)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct {
		struct nlmsghdr h;
		char text[32];
	} m = { .h = { .nlmsg_type = AUDIT_USER_AVC_TYPE,
		       .nlmsg_flags = NLM_F_REQUEST } };

	snprintf(m.text, sizeof(m.text), "mark=%u.", mark);
	m.h.nlmsg_len = NLMSG_LENGTH(strlen(m.text) + 1);
	if (sendto(stream, &m, m.h.nlmsg_len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		die("audit mark: %s", strerror(errno));
}

/* Prints " KEY=value" of a record; values end at a blank or a quote. */
static void print_field(FILE *to, const char *record, const char *key)
{
	const char *at = strstr(record, key);
	char stop = ' ';
	size_t len = strlen(key);

	if (!at || at == record || at[-1] != ' ')
		return;
	if (at[len] == '"') {
		stop = '"';
		len++;
	}
	while (at[len] && at[len] != stop && at[len] != '\n')
		len++;
	fprintf(to, " %.*s%s", (int)len, at, stop == '"' ? "\"" : "");
}

static void print_record(FILE *to, unsigned number, const char *record)
{
	fprintf(to, "%u", number);
	print_field(to, record, "op=");
	print_field(to, record, "cause=");
	print_field(to, record, "file=");
	print_field(to, record, "hash=");
	print_field(to, record, "name=");
	fputc('\n', to);
}

static void look_at_stream(FILE *to, unsigned number)
{
	static unsigned mark;
	struct pollfd p = { .fd = stream, .events = POLLIN };
	char buf[8192 + 1], want[32];
	struct nlmsghdr *h = (struct nlmsghdr *)buf;
	ssize_t n;

	snprintf(want, sizeof(want), "mark=%u.", ++mark);
	send_mark(mark);
	for (;;) {
		if (poll(&p, 1, 5000) <= 0)
			die("the audit stream is silent");
		n = recv(stream, buf, sizeof(buf) - 1, 0);
		if (n < (ssize_t)NLMSG_HDRLEN)
			continue;
		buf[n] = '\0';
		if (h->nlmsg_type == AUDIT_USER_AVC_TYPE &&
		    strstr(buf + NLMSG_HDRLEN, want))
			return;
		if (h->nlmsg_type >= INTEGRITY_FIRST &&
		    h->nlmsg_type <= INTEGRITY_LAST)
			print_record(to, number, buf + NLMSG_HDRLEN);
	}
}

/* The file begins with "# denied N, ..." and shows the last of them. */
static void look_at_denials(FILE *to, unsigned number)
{
	static unsigned long seen;
	struct text t = { 0 };
	unsigned long total, shown = 0;
	char record[MAX_LINE];
	const char *line, *at;

	if (!text_read_file(&t, denials) ||
	    sscanf(t.at, "# denied %lu", &total) != 1)
		die("%s: %s", denials, t.at ? t.at : "");
	for (at = t.at; (at = strchr(at, '\n')); at++)
		shown++;
	for (line = t.at; *line; line = at + 1) {
		at = strchr(line, '\n');
		if (!at)
			break;
		if (--shown >= total - seen)
			continue;
		snprintf(record, sizeof(record), " %.*s", (int)(at - line),
			 line);
		print_record(to, number, record);
	}
	seen = total;
	free(t.at);
}

void audit_look(FILE *to, unsigned number)
{
	/*
	 * The stream with imafs, too: on a kernel with IMA setxattr() of
	 * security.ima never gets to imafs if the kernel does not like the
	 * value.
	 */
	if (*denials)
		look_at_denials(to, number);
	look_at_stream(to, number);
}
