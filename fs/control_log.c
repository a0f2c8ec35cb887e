// SPDX-License-Identifier: Apache-2.0
/*
 * The measurement lists of .ima/ and their counters, as in the kernel's
 * securityfs. A list is read from the journal at the reader's offset, never
 * from a copy: a descriptor that stays open sees it grow (tail -f, and agents
 * that seek to where they stopped).
 */
#include "control_file.h"

static ssize_t list_read(struct fs *fs, struct control_handle *h, void *to,
			 size_t len, off_t at)
{
	return journal_read(fs->journal, h->file->format, h->file->view, to,
			    len, (uint64_t)at);
}

/* securityfs says 0; tail -f would then never look at the file again. */
static uint64_t list_size(struct fs *fs, const struct control_file *f)
{
	return journal_size(fs->journal, f->format, f->view);
}

const struct control_type control_list = {
	.read = list_read,
	.size = list_size,
};

static int count_print(struct fs *fs, struct buf *to)
{
	return buf_printf(to, "%llu\n",
			  (unsigned long long)journal_count(fs->journal));
}

const struct control_type control_count = { .print = count_print };

static int violations_print(struct fs *fs, struct buf *to)
{
	return buf_printf(to, "%llu\n",
			  (unsigned long long)journal_violations(fs->journal));
}

const struct control_type control_violations = { .print = violations_print };
