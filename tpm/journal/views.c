// SPDX-License-Identifier: Apache-2.0
/*
 * The lists as files that only grow. Entries are read back from the journal
 * and digests computed again: what a million entries would take in memory is
 * better spent on file contents.
 */
#include "tpm/journal/state.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "tpm/journal/list.h"
#include "tpm/journal/scan.h"

/* Where to begin reading. */
struct start {
	uint64_t number; /* of the entry */
	uint64_t skip;	 /* bytes of it before the wanted one */
	uint64_t at;	 /* its record in the file */
	uint64_t end;	 /* of what is visible in the file */
};

size_t journal_views(const struct journal *j,
		     enum hash_alg ret[TPM_BANKS_MAX + 1])
{
	for (size_t i = 0; i < j->n_views; i++)
		ret[i] = j->view[i];
	return j->n_views;
}

static bool has_view(const struct journal *j, enum hash_alg view)
{
	for (size_t i = 0; i < j->n_views; i++) {
		if (j->view[i] == view)
			return true;
	}
	return false;
}

uint64_t journal_size(struct journal *j, enum journal_format f,
		      enum hash_alg view)
{
	uint64_t size;

	if (!has_view(j, view))
		return 0;
	(void)pthread_rwlock_rdlock(&j->seen);
	size = index_offset(&j->index, f, view, j->index.count);
	(void)pthread_rwlock_unlock(&j->seen);
	return size;
}

/* Return: 1; 0 if there is nothing at @at yet. */
static int find_start(struct journal *j, enum journal_format f,
		      enum hash_alg view, uint64_t at, struct start *ret)
{
	const struct index *x = &j->index;
	int found = 0;

	(void)pthread_rwlock_rdlock(&j->seen);
	if (at < index_offset(x, f, view, x->count)) {
		ret->number = index_find(x, f, view, at);
		ret->skip = at - index_offset(x, f, view, ret->number);
		ret->at = index_at(x, ret->number)->at;
		ret->end = j->visible;
		found = 1;
	}
	(void)pthread_rwlock_unlock(&j->seen);
	return found;
}

static uint64_t size_of(struct journal *j, enum journal_format f,
			enum hash_alg view, uint64_t number)
{
	uint64_t size;

	(void)pthread_rwlock_rdlock(&j->seen);
	size = index_offset(&j->index, f, view, number + 1) -
	       index_offset(&j->index, f, view, number);
	(void)pthread_rwlock_unlock(&j->seen);
	return size;
}

static int render(const struct record *rec, enum journal_format f,
		  enum hash_alg view, struct buf *to)
{
	bool violation = rec->kind == RECORD_VIOLATION;
	struct digest d;
	int r = 0;

	if (!violation)
		r = template_digest(rec->name, rec->data, rec->data_len, view,
				    &d);
	if (r < 0)
		return r;
	return (f == JOURNAL_ASCII ? list_append_ascii : list_append_binary)(
		to, rec->pcr, view, violation ? NULL : &d, rec->name, rec->data,
		rec->data_len);
}

/* Copies what @s has from @start on. Return: bytes, or -errno. */
static ssize_t copy_out(struct journal *j, enum journal_format f,
			enum hash_alg view, const struct start *start,
			struct scan *s, uint8_t *to, size_t len)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	uint64_t number = start->number, skip = start->skip;
	struct record rec;
	size_t done = 0;
	int r;

	while (done < len) {
		size_t n;

		r = scan_next(s, &rec);
		if (r <= 0)
			return r < 0 ? r : (ssize_t)done;
		if (!record_is_entry(&rec))
			continue;
		text.len = 0;
		r = render(&rec, f, view, &text);
		if (r < 0)
			return r;
		/* somebody wrote to the file: offsets would shift */
		if (text.len != size_of(j, f, view, number++))
			return -EBADMSG;
		n = text.len - (size_t)skip;
		if (n > len - done)
			n = len - done;
		memcpy(to + done, text.data + skip, n);
		done += n;
		skip = 0;
	}
	return (ssize_t)done;
}

ssize_t journal_read(struct journal *j, enum journal_format f,
		     enum hash_alg view, void *to, size_t len, uint64_t at)
{
	CLEANUP(scan_release) struct scan s = { 0 };
	struct start start;

	if (!has_view(j, view))
		return -EINVAL;
	if (!len || !find_start(j, f, view, at, &start))
		return 0;
	scan_init(&s, j->io, j->fd, start.at, start.end);
	s.step = len;
	return copy_out(j, f, view, &start, &s, to, len);
}
