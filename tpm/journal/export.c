// SPDX-License-Identifier: Apache-2.0
/* A journal file as a list, without opening the journal: for imafs log. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "tpm/journal/list.h"
#include "tpm/journal/scan.h"

bool journal_is_journal(const uint8_t *data, size_t len)
{
	size_t n = strlen(JOURNAL_MAGIC);

	return len >= n && memcmp(data, JOURNAL_MAGIC, n) == 0;
}

static int export_record(const struct record *rec, enum hash_alg view,
			 struct buf *to)
{
	bool violation = rec->kind == RECORD_VIOLATION;
	struct digest d;
	int r;

	if (!record_is_entry(rec))
		return 0;
	r = template_digest(rec->name, rec->data, rec->data_len, view, &d);
	if (r < 0)
		return r;
	return list_append_binary(to, rec->pcr, view, violation ? NULL : &d,
				  rec->name, rec->data, rec->data_len);
}

static int export_records(struct scan *s, enum hash_alg view, struct buf *to)
{
	struct record rec;
	int r;

	while ((r = scan_next(s, &rec)) > 0) {
		r = export_record(&rec, view, to);
		if (r < 0)
			return r;
	}
	/* the journal may be in use: its last record may be half written */
	return r == -EBADMSG && s->fault == RECORD_TORN ? 0 : r;
}

int journal_export(const char *path, enum hash_alg view, uint64_t *at,
		   struct buf *to, struct diag *reterr)
{
	CLEANUP(closep) int fd = -1;
	CLEANUP(scan_release) struct scan s = { 0 };
	struct journal_header header;
	size_t header_len;
	struct stat st;
	int r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0) {
		r = -errno;
		diag_set(reterr, "%s: %s", path, strerror(-r));
		return r;
	}
	r = scan_header(&io_system, fd, &header, &header_len);
	if (r == -EPROTONOSUPPORT) {
		diag_set(reterr, "%s: written by another version of imafs",
			 path);
		return r;
	}
	if (r == -EBADMSG) {
		diag_set(reterr, "%s: not a journal, or its header is damaged",
			 path);
		return r;
	}
	if (r < 0) {
		diag_set(reterr, "%s: %s", path, strerror(-r));
		return r;
	}
	scan_init(&s, &io_system, fd, *at ? *at : header_len,
		  (uint64_t)st.st_size);
	r = export_records(&s, view, to);
	if (r == -EBADMSG)
		diag_set(reterr, "%s: damaged at byte %llu", path,
			 (unsigned long long)s.at);
	else if (r < 0)
		diag_set(reterr, "%s: %s", path, strerror(-r));
	if (r == 0)
		*at = s.at;
	return r;
}
