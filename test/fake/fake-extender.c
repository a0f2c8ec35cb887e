// SPDX-License-Identifier: Apache-2.0
#include "test/fake/fake-extender.h"

#include <errno.h>
#include <string.h>

/* .x is the first member */
static struct fake_extender *fake(struct extender *x)
{
	return (struct fake_extender *)(void *)x;
}

static int fake_extend(struct extender *x, unsigned pcr,
		       const struct digest *digest)
{
	struct fake_extender *f = fake(x);
	enum fake_fault fault = f->faults ? f->fault : FAKE_WORKS;

	f->extends++;
	if (pcr >= FAKE_PCRS)
		return -ENXIO;
	if (f->faults)
		f->faults--;
	if (fault == FAKE_FAILS_BEFORE || fault == FAKE_REFUSES)
		return fault == FAKE_REFUSES ? -EPERM : -EIO;
	for (unsigned i = 0; i < x->n_banks; i++) {
		uint8_t both[2 * DIGEST_MAX];
		struct digest *p = &f->pcr[pcr][i];

		if (digest[i].alg != x->bank[i] || digest[i].size != p->size)
			return -EINVAL;
		memcpy(both, p->bytes, p->size);
		memcpy(both + p->size, digest[i].bytes, p->size);
		if (fault == FAKE_FAILS_OTHER)
			both[p->size] ^= 1;
		if (digest_of(p->alg, both, 2u * p->size, p) < 0)
			return -EIO;
	}
	return fault == FAKE_WORKS ? 0 : -EIO;
}

static int fake_read(struct extender *x, unsigned pcr, struct digest *ret)
{
	struct fake_extender *f = fake(x);

	f->reads++;
	if (pcr >= FAKE_PCRS)
		return -ENXIO;
	if (f->deaf)
		return -EIO;
	memcpy(ret, f->pcr[pcr], x->n_banks * sizeof(*ret));
	return 0;
}

static void fake_close(struct extender *x)
{
	(void)x; /* the caller's memory */
}

static const struct extender_ops fake_ops = {
	.extend = fake_extend,
	.read = fake_read,
	.close = fake_close,
};

void fake_extender_reset(struct fake_extender *f)
{
	memset(f->pcr, 0, sizeof(f->pcr));
	for (unsigned i = 0; i < FAKE_PCRS; i++) {
		for (unsigned k = 0; k < f->x.n_banks; k++) {
			enum hash_alg alg = f->x.bank[k];

			f->pcr[i][k].alg = (uint8_t)alg;
			f->pcr[i][k].size = (uint8_t)hash_alg_size(alg);
		}
	}
}

void fake_extender_init(struct fake_extender *f, const enum hash_alg *bank,
			unsigned n_banks)
{
	memset(f, 0, sizeof(*f));
	f->x.ops = &fake_ops;
	f->x.n_banks = n_banks;
	for (unsigned i = 0; i < n_banks; i++)
		f->x.bank[i] = bank[i];
	fake_extender_reset(f);
}
