// SPDX-License-Identifier: Apache-2.0
/*
 * Text that is written to .ima/policy. The first byte says in pieces of which
 * length; the outcome must be the same as with a single write. Paths of policy
 * files lead to a file of two rules, or nowhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fs/control.h"
#include "fs/denial.h"
#include "fs/gate.h"
#include "fs/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the control files need and this target has not. */

int gate_policy_file(struct fs *fs, const struct caller *c, const char *path,
		     struct buf *to, struct verdict *ret)
{
	(void)fs;
	(void)c;
	*ret = (struct verdict){ .allow = true };
	if (strcmp(path, "/file") == 0)
		return buf_append_str(to, "measure func=BPRM_CHECK\n"
					  "audit func=FILE_CHECK\n");
	return -ENOENT;
}

void session_busy(void)
{
}

void caller_comm(const struct caller *c, struct buf *to)
{
	(void)c;
	(void)to;
}

size_t journal_views(const struct journal *j,
		     enum hash_alg ret[TPM_BANKS_MAX + 1])
{
	(void)j;
	(void)ret;
	return 0;
}

uint64_t journal_size(struct journal *j, enum journal_format f,
		      enum hash_alg view)
{
	(void)j;
	(void)f;
	(void)view;
	return 0;
}

ssize_t journal_read(struct journal *j, enum journal_format f,
		     enum hash_alg view, void *to, size_t len, uint64_t at)
{
	(void)j;
	(void)f;
	(void)view;
	(void)to;
	(void)len;
	(void)at;
	return 0;
}

uint64_t journal_count(const struct journal *j)
{
	(void)j;
	return 0;
}

uint64_t journal_violations(const struct journal *j)
{
	(void)j;
	return 0;
}

bool journal_degraded(const struct journal *j)
{
	(void)j;
	return false;
}

void store_stat(struct store *s, struct store_info *ret)
{
	(void)s;
	*ret = (struct store_info){ 0 };
}

uint64_t inode_count(struct inode_table *t)
{
	(void)t;
	return 0;
}

/* One writer on a new mount. Return: what close(2) or a write(2) said. */
static int write_all(const uint8_t *data, size_t size, size_t piece,
		     struct buf *ret)
{
	static const struct mount_options opt = { 0 };
	const struct caller me = { .fsuid = geteuid(), .pid = getpid() };
	struct fs fs = { .opt = &opt };
	struct control_handle *h;
	int r;

	(void)pthread_mutex_init(&fs.policy_lock, NULL);
	if (policy_parse("", 0, &fs_policy_env, &fs.policy, NULL) < 0 ||
	    control_new(&fs, &fs.control) < 0 ||
	    control_open(&fs, control_lookup(&fs, "policy"), &me,
			 O_WRONLY | O_TRUNC, &h) < 0)
		abort();
	for (size_t at = 0; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;

		if (control_write(&fs, h, data + at, n, (off_t)at) < 0)
			break;
	}
	r = control_flush(&fs, h, &me);
	control_release(&fs, h);
	if (policy_print(fs.policy, ret) < 0)
		abort();
	policy_unref(fs.policy);
	control_free(fs.control);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, pieces = BUF_INIT;
	int r, s;

	log_set_level(LOG_LEVEL_ERR); /* refusals are warnings */
	if (size < 2)
		return -1;
	r = write_all(data + 1, size - 1, size, &once);
	s = write_all(data + 1, size - 1, 1 + data[0] % 64u, &pieces);
	if (r != s || once.len != pieces.len ||
	    (once.len && memcmp(once.data, pieces.data, once.len) != 0))
		abort();
	if (r == 0 && !once.len)
		abort(); /* accepted, and then lost */
	if (r < 0 && once.len)
		abort(); /* refused, and yet in force */
	buf_release(&once);
	buf_release(&pieces);
	return r < 0 ? -1 : 0;
}
