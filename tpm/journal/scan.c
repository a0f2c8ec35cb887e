// SPDX-License-Identifier: Apache-2.0
/* A window that moves over the journal file; see scan.h. */
#include "tpm/journal/scan.h"

#include <errno.h>

#define WINDOW_MIN (4u << 10)
#define WINDOW_MAX (128u << 10)

void scan_init(struct scan *s, const struct io *io, int fd, uint64_t at,
	       uint64_t end)
{
	*s = (struct scan){ .io = io, .fd = fd, .at = at, .end = end };
}

void scan_release(struct scan *s)
{
	buf_release(&s->window);
}

/* Makes the window begin at .at and hold @len bytes if the file has them. */
static int fill(struct scan *s, size_t len)
{
	uint64_t left = s->end - s->at;
	size_t want = s->step && s->step < WINDOW_MAX ? s->step : WINDOW_MAX;
	ssize_t n;
	int r;

	if (want < WINDOW_MIN)
		want = WINDOW_MIN;
	if (want < len)
		want = len;
	if (want > left)
		want = (size_t)left;
	s->window.len = 0;
	r = buf_reserve(&s->window, want);
	if (r < 0)
		return r;
	n = io_pread_full(s->io, s->fd, s->window.data, want, (off_t)s->at);
	if (n < 0)
		return (int)n;
	s->window.len = (size_t)n;
	s->window_at = s->at;
	if ((size_t)n < want) /* somebody made the file shorter */
		s->end = s->at + (uint64_t)n;
	return 0;
}

static enum record_fault decode(struct scan *s, struct record *ret,
				size_t *ret_len)
{
	size_t skip = (size_t)(s->at - s->window_at);

	return record_decode(s->window.data + skip, s->window.len - skip, s->at,
			     ret, ret_len);
}

int scan_next(struct scan *s, struct record *ret)
{
	size_t len;
	int r;

	s->fault = RECORD_WHOLE;
	if (s->at >= s->end)
		return 0;
	if (s->at < s->window_at || s->at >= s->window_at + s->window.len) {
		r = fill(s, 0);
		if (r < 0)
			return r;
		if (s->at >= s->end)
			return 0;
	}
	s->fault = decode(s, ret, &len);
	/* the window ends inside of the record: move it; if need be, twice */
	for (int i = 0; s->fault == RECORD_TORN && i < 2; i++) {
		if (len > s->end - s->at)
			break;
		r = fill(s, len);
		if (r < 0)
			return r;
		s->fault = decode(s, ret, &len);
	}
	if (s->fault != RECORD_WHOLE)
		return -EBADMSG;
	s->at += len;
	return 1;
}

int scan_resync(struct scan *s)
{
	struct record rec;

	while (s->end - s->at > RECORD_HEADER_SIZE) {
		int r;

		s->at++;
		r = scan_next(s, &rec);
		if (r != -EBADMSG)
			return r;
	}
	return 0;
}

int scan_header(const struct io *io, int fd, struct journal_header *ret,
		size_t *ret_len)
{
	uint8_t bytes[JOURNAL_HEADER_MAX];
	ssize_t n = io_pread_full(io, fd, bytes, sizeof(bytes), 0);

	if (n < 0)
		return (int)n;
	return journal_header_decode(bytes, (size_t)n, ret, ret_len);
}
