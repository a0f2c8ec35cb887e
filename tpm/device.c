// SPDX-License-Identifier: Apache-2.0
/*
 * A TPM 2.0 as an extender, by tpm2-tss (ESAPI). TSS2_RC ends here: callers
 * see -errno and a text.
 *
 * A software TPM serves one client at a time, and others want to read its
 * PCRs (tpm2_pcrread, a verifier). So its connection is given back when it has
 * been idle for a moment, and after a while also under load: who waits is
 * served next. A hardware TPM's resource manager has no such limit.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "swtpm.h"
#include "tpm.h"

#define HARDWARE "/dev/tpmrm0"

/* When a shared connection is given back, in nanoseconds. */
#define IDLE_NS	   (20 * 1000000)
#define LONGEST_NS (200 * 1000000)

struct device {
	struct extender x; /* first: an extender is a device */
	char *tcti;
	bool shared; /* the connection is given back */

	pthread_mutex_t lock; /* guards all below; held over TPM commands,
				 which the TPM itself does one by one */
	pthread_cond_t changed;
	TSS2_TCTI_CONTEXT *channel; /* NULL: not connected */
	ESYS_CONTEXT *esys;
	int64_t opened, used; /* monotonic ns */
	bool ending;
	bool has_thread;
	pthread_t thread; /* gives a shared connection back */
};

static struct device *device_of(struct extender *x)
{
	return (struct device *)x;
}

static int64_t now_ns(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The one place that turns a TSS2_RC into an errno. */
static int failed(const struct device *d, const char *what, TSS2_RC rc,
		  struct diag *reterr)
{
	diag_set(reterr, "%s: %s: %s (0x%x)", d->tcti, what, Tss2_RC_Decode(rc),
		 rc);
	if (!reterr)
		log_err("TPM %s: %s: %s (0x%x)", d->tcti, what,
			Tss2_RC_Decode(rc), rc);
	switch (rc & 0xffff) {
	case TSS2_BASE_RC_MEMORY:
		return -ENOMEM;
	case TSS2_BASE_RC_NOT_SUPPORTED:
	case TSS2_BASE_RC_NOT_IMPLEMENTED:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

/* Called with the lock. */
static void disconnect(struct device *d)
{
	if (d->esys)
		Esys_Finalize(&d->esys);
	if (d->channel)
		Tss2_TctiLdr_Finalize(&d->channel);
	d->esys = NULL;
	d->channel = NULL;
}

/* Called with the lock. */
static int connect_now(struct device *d, struct diag *reterr)
{
	TSS2_RC rc;

	if (d->shared && d->esys && now_ns() - d->opened > LONGEST_NS)
		disconnect(d);
	if (d->esys)
		return 0;
	rc = Tss2_TctiLdr_Initialize(d->tcti, &d->channel);
	if (rc != TSS2_RC_SUCCESS)
		return failed(d, "cannot connect", rc, reterr);
	rc = Esys_Initialize(&d->esys, d->channel, NULL);
	if (rc != TSS2_RC_SUCCESS) {
		disconnect(d);
		return failed(d, "cannot talk to it", rc, reterr);
	}
	d->opened = now_ns();
	return 0;
}

/* Called with the lock, after a command. */
static void used(struct device *d, bool good)
{
	d->used = now_ns();
	if (!good)
		disconnect(d); /* whatever it was, the next one starts anew */
	else if (d->shared)
		(void)pthread_cond_signal(&d->changed);
}

static void *give_back(void *arg)
{
	struct device *d = arg;

	(void)pthread_mutex_lock(&d->lock);
	while (!d->ending) {
		int64_t until = d->used + IDLE_NS;
		struct timespec t = { until / 1000000000, until % 1000000000 };

		if (!d->esys)
			(void)pthread_cond_wait(&d->changed, &d->lock);
		else if (now_ns() >= until)
			disconnect(d);
		else
			(void)pthread_cond_timedwait(&d->changed, &d->lock, &t);
	}
	(void)pthread_mutex_unlock(&d->lock);
	return NULL;
}

/*
 * Started with the first extend, not in tpm_open(): a thread would not survive
 * a fork() of the opener.
 */
static void start_thread(struct device *d)
{
	sigset_t all, before;

	if (!d->shared || d->has_thread)
		return;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	d->has_thread = pthread_create(&d->thread, NULL, give_back, d) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int device_extend(struct extender *x, unsigned pcr,
			 const struct digest *digest)
{
	struct device *d = device_of(x);
	TPML_DIGEST_VALUES values = { .count = x->n_banks };
	TSS2_RC rc;
	int r;

	if (pcr >= 32)
		return -EINVAL;
	for (unsigned i = 0; i < x->n_banks; i++) {
		if (digest[i].alg != x->bank[i])
			return -EINVAL;
		values.digests[i].hashAlg = hash_alg_to_tpm(x->bank[i]);
		memcpy(&values.digests[i].digest, digest[i].bytes,
		       digest[i].size);
	}
	(void)pthread_mutex_lock(&d->lock);
	start_thread(d);
	r = connect_now(d, NULL);
	if (r == 0) {
		rc = Esys_PCR_Extend(d->esys, ESYS_TR_PCR0 + pcr,
				     ESYS_TR_PASSWORD, ESYS_TR_NONE,
				     ESYS_TR_NONE, &values);
		if (rc != TSS2_RC_SUCCESS)
			r = failed(d, "TPM2_PCR_Extend", rc, NULL);
		used(d, r == 0);
	}
	(void)pthread_mutex_unlock(&d->lock);
	return r;
}

static int bank_of(const struct extender *x, TPMI_ALG_HASH alg)
{
	for (unsigned i = 0; i < x->n_banks; i++) {
		if (hash_alg_to_tpm(x->bank[i]) == alg)
			return (int)i;
	}
	return -EIO;
}

/*
 * Enters the values of one answer and takes them off what is still wanted.
 * The TPM answers in its own order and may leave some for the next time.
 */
static int take_values(const struct extender *x, const TPML_PCR_SELECTION *got,
		       const TPML_DIGEST *values, TPML_PCR_SELECTION *want,
		       unsigned pcr, struct digest *ret)
{
	unsigned taken = 0;

	for (unsigned i = 0; i < got->count && i < TPM2_NUM_PCR_BANKS; i++) {
		const TPMS_PCR_SELECTION *s = &got->pcrSelections[i];
		const TPM2B_DIGEST *v = &values->digests[taken];
		int b = bank_of(x, s->hash);

		if (pcr / 8 >= s->sizeofSelect ||
		    !(s->pcrSelect[pcr / 8] & (1u << pcr % 8)))
			continue;
		if (b < 0 || taken >= values->count ||
		    v->size != hash_alg_size(x->bank[b]))
			return -EIO;
		ret[b].alg = (uint8_t)x->bank[b];
		ret[b].size = (uint8_t)v->size;
		memcpy(ret[b].bytes, v->buffer, v->size);
		for (unsigned k = 0; k < want->count; k++) {
			if (want->pcrSelections[k].hash == s->hash)
				want->pcrSelections[k] =
					want->pcrSelections[--want->count];
		}
		taken++;
	}
	return taken ? 0 : -EIO;
}

static int read_banks(struct device *d, unsigned pcr, struct digest *ret)
{
	TPML_PCR_SELECTION want = { .count = d->x.n_banks };
	int r = 0;

	for (unsigned i = 0; i < want.count; i++) {
		want.pcrSelections[i].hash = hash_alg_to_tpm(d->x.bank[i]);
		want.pcrSelections[i].sizeofSelect = 3;
		want.pcrSelections[i].pcrSelect[pcr / 8] =
			(BYTE)(1u << pcr % 8);
	}
	while (want.count && r == 0) {
		TPML_PCR_SELECTION *got = NULL;
		TPML_DIGEST *values = NULL;
		UINT32 counter;
		TSS2_RC rc;

		rc = Esys_PCR_Read(d->esys, ESYS_TR_NONE, ESYS_TR_NONE,
				   ESYS_TR_NONE, &want, &counter, &got,
				   &values);
		r = rc == TSS2_RC_SUCCESS
			    ? take_values(&d->x, got, values, &want, pcr, ret)
			    : failed(d, "TPM2_PCR_Read", rc, NULL);
		Esys_Free(got);
		Esys_Free(values);
	}
	return r;
}

static int device_read(struct extender *x, unsigned pcr, struct digest *ret)
{
	struct device *d = device_of(x);
	int r;

	if (pcr >= 24) /* TCG PC Client: what a selection of 3 bytes names */
		return -EINVAL;
	memset(ret, 0, x->n_banks * sizeof(*ret));
	(void)pthread_mutex_lock(&d->lock);
	r = connect_now(d, NULL);
	if (r == 0) {
		r = read_banks(d, pcr, ret);
		used(d, r == 0);
	}
	(void)pthread_mutex_unlock(&d->lock);
	return r;
}

static void device_close(struct extender *x)
{
	struct device *d = device_of(x);

	(void)pthread_mutex_lock(&d->lock);
	d->ending = true;
	(void)pthread_cond_signal(&d->changed);
	(void)pthread_mutex_unlock(&d->lock);
	if (d->has_thread)
		(void)pthread_join(d->thread, NULL);
	disconnect(d);
	(void)pthread_cond_destroy(&d->changed);
	(void)pthread_mutex_destroy(&d->lock);
	free(d->tcti);
	free(d);
}

static bool allocated(const TPMS_PCR_SELECTION *s)
{
	for (unsigned i = 0; i < s->sizeofSelect && i < TPM2_PCR_SELECT_MAX;
	     i++) {
		if (s->pcrSelect[i])
			return true;
	}
	return false;
}

/*
 * All allocated banks, or none: a bank that is not extended could be extended
 * by anybody to fit a forged list.
 */
static int find_banks(struct device *d, struct diag *reterr)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	TPMI_YES_NO more;
	TSS2_RC rc;
	int r = 0;

	rc = Esys_GetCapability(d->esys, ESYS_TR_NONE, ESYS_TR_NONE,
				ESYS_TR_NONE, TPM2_CAP_PCRS, 0, 1, &more,
				&data);
	if (rc != TSS2_RC_SUCCESS)
		return failed(d, "TPM2_GetCapability(PCRS)", rc, reterr);
	for (unsigned i = 0; i < data->data.assignedPCR.count && r == 0; i++) {
		const TPMS_PCR_SELECTION *s =
			&data->data.assignedPCR.pcrSelections[i];
		int alg = hash_alg_from_tpm(s->hash);

		if (!allocated(s))
			continue;
		if (alg < 0 || !digest_available((unsigned)alg)) {
			diag_set(reterr,
				 "%s has a PCR bank of algorithm 0x%04x, which "
				 "cannot be computed here; deallocate it "
				 "(tpm2_pcrallocate)",
				 d->tcti, s->hash);
			r = -EOPNOTSUPP;
		} else if (d->x.n_banks < TPM_BANKS_MAX) {
			d->x.bank[d->x.n_banks++] = (enum hash_alg)alg;
		}
	}
	Esys_Free(data);
	if (r == 0 && !d->x.n_banks) {
		diag_set(reterr,
			 "%s has no PCR bank; allocate one "
			 "(tpm2_pcrallocate sha256:all)",
			 d->tcti);
		r = -ENODEV;
	}
	return r;
}

static const struct extender_ops device_ops = {
	.extend = device_extend,
	.read = device_read,
	.close = device_close,
};

static int open_tcti(const char *tcti, struct extender **ret,
		     struct diag *reterr)
{
	struct device *d = calloc(1, sizeof(*d));
	pthread_condattr_t attr;
	int r;

	if (!d)
		return -ENOMEM;
	d->x.ops = &device_ops;
	d->tcti = strdup(tcti);
	d->shared = strncmp(tcti, "swtpm", 5) == 0;
	(void)pthread_mutex_init(&d->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&d->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	/* its own messages would go to stderr, between ours */
	(void)setenv("TSS2_LOG", "all+NONE", 0);
	r = d->tcti ? connect_now(d, reterr) : -ENOMEM;
	if (r == 0)
		r = find_banks(d, reterr);
	if (r < 0) {
		device_close(&d->x);
		return r;
	}
	if (d->shared)
		disconnect(d); /* no thread gives it back yet */
	*ret = &d->x;
	return 0;
}

static int open_private(const struct tpm_options *o, struct extender **ret,
			bool *ret_private, struct diag *reterr)
{
	CLEANUP(freep) char *tcti = NULL;
	int r = swtpm_start(o->dirfd, o->dirname, reterr);

	if (r < 0)
		return r;
	*ret_private = true;
	if (asprintf(&tcti, "swtpm:path=%s/" SWTPM_SOCKET, o->dirname) < 0) {
		tcti = NULL;
		return -ENOMEM;
	}
	r = open_tcti(tcti, ret, reterr);
	if (r < 0) /* one that never worked is no evidence of anything */
		log_warn("the software TPM in %s does not answer", o->dirname);
	return r;
}

int tpm_open(const struct tpm_options *o, struct extender **ret,
	     bool *ret_private, struct diag *reterr)
{
	*ret = NULL;
	*ret_private = false;
	if (strcmp(o->tcti, "none") == 0)
		return 0;
	if (strcmp(o->tcti, "swtpm") == 0)
		return open_private(o, ret, ret_private, reterr);
	if (strcmp(o->tcti, "auto") != 0)
		return open_tcti(o->tcti, ret, reterr);
	if (access(HARDWARE, F_OK) == 0)
		return open_tcti("device:" HARDWARE, ret, reterr);
	return open_private(o, ret, ret_private, reterr);
}

int tpm_end_private(int dirfd, const char *dirname)
{
	return swtpm_end(dirfd, dirname);
}

bool tpm_supported(void)
{
	return true;
}
