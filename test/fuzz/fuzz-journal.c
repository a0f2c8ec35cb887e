// SPDX-License-Identifier: Apache-2.0
/*
 * journal_open() on a file of any bytes, without a TPM: it refuses it, or the
 * journal works. Accepted means that the input was not set aside.
 *
 * Few mutations survive XXH64, so each input is tried twice: as it is, which
 * decides, and with the sums made right, to get behind them.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "base/io.h"
#include "journal.h"
#include "tpm/journal/record.h"
#include "tpm/journal/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[] = "/dev/shm/imafs-fuzz-XXXXXX";
static int dirfd_ = -1;

static void remove_dir(void)
{
	static const char *const names[] = { "journal", "journal.new",
					     "journal.1", "journal.lock" };

	for (size_t i = 0; i < 4; i++)
		(void)unlinkat(dirfd_, names[i], 0);
	(void)rmdir(path);
}

static void make_dir(void)
{
	if (!mkdtemp(path))
		abort();
	dirfd_ = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd_ < 0 || atexit(remove_dir))
		abort();
}

/* Nothing here needs to survive a power failure. */
static int no_sync(const struct io *io, int fd)
{
	(void)io;
	(void)fd;
	return 0;
}

static void write_journal(const uint8_t *data, size_t size)
{
	int fd = openat(dirfd_, "journal",
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || io_pwrite_full(&io_system, fd, data, size, 0) < 0)
		abort();
	(void)close(fd);
}

/* Every view can be read to its end, and all lists replay. */
static void use(struct journal *j)
{
	struct template_event e = { .name = "/new", .has_file = true };
	enum hash_alg views[TPM_BANKS_MAX + 1];
	enum journal_added added;
	size_t n = journal_views(j, views);

	if (journal_measure(j, NULL, -1, &e, &added) < 0)
		abort();
	for (size_t i = 0; i < 2 * n; i++) {
		enum journal_format f = i % 2 ? JOURNAL_ASCII : JOURNAL_BINARY;
		size_t len = journal_size(j, f, views[i / 2]);
		uint8_t *list = malloc(len + 1);
		struct diag d;

		if (!list || journal_read(j, f, views[i / 2], list, len, 0) !=
				     (ssize_t)len)
			abort();
		if (f == JOURNAL_BINARY &&
		    journal_replay(list, len, views[i / 2], NULL, NULL, NULL, 0,
				   0, NULL, &d) < 0)
			abort();
		free(list);
	}
}

static int try_journal(const uint8_t *data, size_t size)
{
	struct io io = io_system;
	const struct journal_options o = {
		.dirfd = dirfd_,
		.dirname = path,
		.pcr = 10,
		.hash = HASH_ALG_SHA256,
		.template = template_find("ima-ng", 6),
		.io = &io,
	};
	struct journal *j = NULL;
	struct diag d = { 0 };
	int r;

	io.fdatasync = no_sync;
	write_journal(data, size);
	r = journal_open(&o, &j, &d);
	if (r < 0) {
		if (!d.msg[0])
			abort();
		return -1;
	}
	use(j);
	(void)journal_close(j);
	return unlinkat(dirfd_, "journal.1", 0) == 0 ? -1 : 0;
}

static void put_le(uint8_t *at, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get_le32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

/* This boot, and the sums of header and records. */
static void mend(uint8_t *data, size_t size)
{
	size_t at, header;

	if (size < JOURNAL_HEADER_MIN)
		return;
	header = JOURNAL_HEADER_MIN + data[34];
	if (header > size)
		return;
	if (boot_id_read(data + 16) < 0)
		abort();
	put_le(data + header - 8, XXH64(data, header - 8, 0), 8);
	for (at = header; size - at >= RECORD_HEADER_SIZE;) {
		size_t len = get_le32(data + at);

		put_le(data + at + 4, XXH64(data + at, 4, at), 4);
		if (len > size - at - RECORD_HEADER_SIZE)
			return;
		put_le(data + at + 8,
		       XXH64(data + at + RECORD_HEADER_SIZE, len, at), 8);
		at += RECORD_HEADER_SIZE + len;
	}
}

/* The corpus was made in another boot; that alone is no reason to refuse. */
static void set_boot(uint8_t *data, size_t size)
{
	struct journal_header h;
	struct buf b = BUF_INIT;
	size_t len;

	if (journal_header_decode(data, size, &h, &len) < 0)
		return;
	if (boot_id_read(h.boot_id) < 0 || journal_header_encode(&h, &b) < 0)
		abort();
	memcpy(data, b.data, len);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	int r;

	if (!copy)
		abort();
	if (dirfd_ < 0)
		make_dir();
	if (size)
		memcpy(copy, data, size);
	set_boot(copy, size);
	r = try_journal(copy, size);
	mend(copy, size);
	(void)try_journal(copy, size);
	free(copy);
	return r;
}
