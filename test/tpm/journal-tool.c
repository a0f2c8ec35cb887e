// SPDX-License-Identifier: Apache-2.0
/*
 * journal-tool DIR TCTI FIRST COUNT [LIST ALG]: measures COUNT made-up files
 * into the journal in DIR, with TCTI's PCR 10, one violation among each ten
 * of them; then writes the binary list of bank ALG to LIST. "end" for TCTI
 * ends the private TPM of DIR instead.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "journal.h"
#include "tpm.h"

static int measure(struct journal *j, unsigned i)
{
	char name[64];
	struct template_event e = { .name = name,
				    .has_file = true,
				    .violation = i % 10 == 9 };
	enum journal_added added;
	int r;

	(void)snprintf(name, sizeof(name), "/usr/share/file %u", i);
	r = digest_of(HASH_ALG_SHA256, name, strlen(name), &e.digest);
	return r < 0 ? r : journal_measure(j, NULL, -1, &e, &added);
}

static int write_list(struct journal *j, const char *path, const char *alg)
{
	enum hash_alg view = (enum hash_alg)hash_alg_find(alg, strlen(alg));
	size_t len = journal_size(j, JOURNAL_BINARY, view);
	uint8_t *list = malloc(len + 1);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r = -1;

	if (list && fd >= 0 &&
	    journal_read(j, JOURNAL_BINARY, view, list, len, 0) == (ssize_t)len)
		r = io_pwrite_full(&io_system, fd, list, len, 0);
	if (fd >= 0 && close(fd) < 0)
		r = -1;
	free(list);
	return r;
}

static int run(struct journal_options *o, char **argv)
{
	struct diag d = { 0 };
	struct journal *j = NULL;
	unsigned first = (unsigned)atoi(argv[3]),
		 count = (unsigned)atoi(argv[4]);
	int r = journal_open(o, &j, &d);

	if (r < 0)
		(void)fprintf(stderr, "%s\n", d.msg);
	for (unsigned i = first; r == 0 && i < first + count; i++)
		r = measure(j, i);
	if (r == 0 && argv[5])
		r = write_list(j, argv[5], argv[6]);
	if (journal_close(j) < 0)
		r = -1;
	return r;
}

int main(int argc, char **argv)
{
	struct journal_options o = { .pcr = 10,
				     .hash = HASH_ALG_SHA256,
				     .template = template_find("ima-ng", 6) };
	struct tpm_options t = { 0 };
	struct extender *x = NULL;
	struct diag d = { 0 };
	bool private_tpm;
	int r;

	if (argc < 3)
		return 2;
	o.dirname = t.dirname = argv[1];
	o.dirfd = t.dirfd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (strcmp(argv[2], "end") == 0)
		return tpm_end_private(t.dirfd) < 0;
	if (argc != 5 && argc != 7)
		return 2;
	t.tcti = argv[2];
	r = tpm_open(&t, &x, &private_tpm, &d);
	if (r < 0) {
		(void)fprintf(stderr, "%s\n", d.msg);
		return 1;
	}
	o.extender = x;
	r = run(&o, argv);
	if (x)
		x->ops->close(x);
	return r < 0;
}
