// SPDX-License-Identifier: Apache-2.0
/*
 * Replaying a kernel-format list: the digests are recomputed from the data,
 * never believed, and lead to PCR values. Reads memory only.
 */
#include "tpm/journal/state.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "tpm/journal/list.h"

static int check(const struct list_entry *e, enum hash_alg view)
{
	struct digest d;
	int r = template_digest(e->name, e->data, e->data_len, view, &d);

	if (r < 0)
		return r;
	return e->violation || digest_equal(&d, &e->digest) ? 0 : -EBADMSG;
}

static int extend(struct pcr_set *pcrs, const struct list_entry *e)
{
	struct digest d[TPM_BANKS_MAX];
	struct digest *row;
	int r;

	if (!pcrs->n_banks)
		return 0;
	row = pcr_set_row(pcrs, e->pcr);
	if (!row)
		return -ENOMEM;
	r = pcr_set_digests(pcrs, e->name, e->data, e->data_len, e->violation,
			    d);
	return r < 0 ? r : pcr_row_extend(pcrs, row, d);
}

int list_replay(const uint8_t *list, size_t len, enum hash_alg view,
		struct pcr_set *pcrs,
		int (*each)(void *arg, uint64_t number,
			    const struct list_entry *e),
		void *arg, struct diag *reterr)
{
	struct bytes b = bytes_of(list, len);
	uint64_t number = 0;
	int r;

	while (true) {
		struct list_entry e;

		r = list_next(&b, view, &e);
		if (r == 0)
			return 0;
		if (r < 0) {
			diag_set(reterr,
				 "entry %llu, at byte %zu of the list, is %s",
				 (unsigned long long)number, len - b.left,
				 r == -EAGAIN ? "cut off" : "no measurement");
			return -EBADMSG;
		}
		r = check(&e, view);
		if (r < 0) {
			diag_set(reterr,
				 "entry %llu, template %s: its digest is not "
				 "the %s digest of its data",
				 (unsigned long long)number, e.name,
				 hash_alg_name(view));
			return r;
		}
		r = extend(pcrs, &e);
		if (r == 0 && each)
			r = each(arg, number, &e);
		if (r != 0)
			return r;
		number++;
	}
}

static struct journal_entry entry_of(const struct list_entry *e)
{
	return (struct journal_entry){
		.pcr = e->pcr,
		.name = e->name,
		.data = e->data,
		.data_len = e->data_len,
		.violation = e->violation,
		.digest = e->digest,
	};
}

/* The callers' callback and what it is to be called with. */
struct visitor {
	int (*each)(void *arg, uint64_t number, const struct journal_entry *e);
	void *arg;
};

static int visit(void *arg, uint64_t number, const struct list_entry *e)
{
	const struct visitor *v = arg;
	const struct journal_entry entry = entry_of(e);

	return v->each(v->arg, number, &entry);
}

int journal_replay(const uint8_t *list, size_t len, enum hash_alg view,
		   int (*each)(void *arg, uint64_t number,
			       const struct journal_entry *e),
		   void *arg, const enum hash_alg *banks, unsigned n_banks,
		   unsigned n_pcrs, struct digest *ret_pcr, struct diag *reterr)
{
	CLEANUP(pcr_set_release) struct pcr_set pcrs = { 0 };
	struct visitor v = { each, arg };
	int r;

	if (n_banks > TPM_BANKS_MAX || n_pcrs > JOURNAL_PCRS)
		return -EINVAL;
	pcr_set_init(&pcrs, banks, n_banks);
	r = list_replay(list, len, view, &pcrs, each ? visit : NULL, &v,
			reterr);
	if (r != 0)
		return r;
	for (unsigned i = 0; i < n_pcrs; i++) {
		const struct digest *row = pcr_set_row(&pcrs, i);

		if (!row)
			return -ENOMEM;
		if (n_banks)
			memcpy(&ret_pcr[i * n_banks], row,
			       n_banks * sizeof(*row));
	}
	return 0;
}

int journal_next(const uint8_t *list, size_t len, enum hash_alg view,
		 char name[TEMPLATE_NAME_MAX + 1], struct journal_entry *ret,
		 size_t *ret_len)
{
	struct bytes b = bytes_of(list, len);
	struct list_entry e;
	int r = list_next(&b, view, &e);

	if (r <= 0)
		return r;
	memcpy(name, e.name, sizeof(e.name));
	*ret = entry_of(&e);
	ret->name = name;
	*ret_len = len - b.left;
	return 1;
}
