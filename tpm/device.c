// SPDX-License-Identifier: Apache-2.0
/*
 * A TPM 2.0 through tpm2-tss: which banks it has, extend, read. Authorises
 * with the empty password, needs no session and leaves no object behind.
 *
 * A software TPM serves one connection at a time, and others want to read its
 * PCRs while we run (tpm2_pcrread, evmctl). That costs nothing: the swtpm TCTI
 * connects anew for every command and hangs up after the answer, so between
 * two of our commands the socket is free, and whoever connects during one
 * waits in its queue. Holding the connection and letting go of it when idle
 * would save the 10 us of connect() and need a timer thread. A hardware TPM is
 * shared by the kernel's resource manager, /dev/tpmrm0.
 */
#include "tpm/device.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "tpm/rc.h"

/*
 * A TPM that tests itself, or spares its memory, asks for patience; Linux
 * users have seen ten seconds of it. It has no way to tell when it is ready.
 */
#define BUSY_FIRST_MS 2
#define BUSY_STEP_MS  250
#define BUSY_ALL_MS   30000

struct device {
	struct extender x; /* first: ops are given its address */
	char *tcti, *name;
	TSS2_TCTI_CONTEXT *tcti_context;
	ESYS_CONTEXT *esys;		    /* NULL: not connected */
	uint8_t select_size[TPM_BANKS_MAX]; /* octets of the PCR bit map */
};

static struct device *device_of(struct extender *x)
{
	return (struct device *)(void *)x;
}

/*
 * A software TPM that goes away while we write to it must cost an error, not
 * the process, and what SIGPIPE does in the process is not ours to choose.
 */
static bool block_sigpipe(sigset_t *old)
{
	sigset_t pipe;

	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	return pthread_sigmask(SIG_BLOCK, &pipe, old) == 0 &&
	       !sigismember(old, SIGPIPE);
}

static void unblock_sigpipe(const sigset_t *old)
{
	static const struct timespec at_once;
	sigset_t pipe;

	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
		continue;
	(void)pthread_sigmask(SIG_SETMASK, old, NULL);
}

static void disconnect(struct device *d)
{
	if (d->esys)
		Esys_Finalize(&d->esys);
	if (d->tcti_context)
		Tss2_TctiLdr_Finalize(&d->tcti_context);
}

/* The TCTI opens device nodes without O_CLOEXEC. */
static void close_on_exec(TSS2_TCTI_CONTEXT *c)
{
	TSS2_TCTI_POLL_HANDLE handle[4];
	size_t n = sizeof(handle) / sizeof(handle[0]);

	if (Tss2_Tcti_GetPollHandles(c, handle, &n) != TSS2_RC_SUCCESS)
		return; /* it keeps none open */
	for (size_t i = 0; i < n; i++)
		(void)fcntl(handle[i].fd, F_SETFD, FD_CLOEXEC);
}

static TSS2_RC connect_device(struct device *d)
{
	TSS2_RC rc = Tss2_TctiLdr_Initialize(d->tcti, &d->tcti_context);

	if (rc != TSS2_RC_SUCCESS)
		return rc;
	close_on_exec(d->tcti_context);
	rc = Esys_Initialize(&d->esys, d->tcti_context, NULL);
	if (rc != TSS2_RC_SUCCESS)
		disconnect(d);
	return rc;
}

static void wait_ms(unsigned ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		continue;
}

/* A command, with its arguments, for send_command(). */
typedef TSS2_RC (*command_fn)(ESYS_CONTEXT *esys, void *arg);

static TSS2_RC send_patiently(struct device *d, command_fn command, void *arg)
{
	unsigned waited = 0, ms = BUSY_FIRST_MS;
	TSS2_RC rc;

	while (true) {
		rc = command(d->esys, arg);
		if (!rc_is_busy(rc) || waited >= BUSY_ALL_MS)
			return rc;
		wait_ms(ms);
		waited += ms;
		ms = ms < BUSY_STEP_MS / 2 ? 2 * ms : BUSY_STEP_MS;
	}
}

/*
 * Sends one command. After an error of the connection ESYS cannot be used any
 * more, so the next command begins with a new one.
 */
static TSS2_RC send_command(struct device *d, command_fn command, void *arg)
{
	sigset_t old;
	bool blocked = block_sigpipe(&old);
	TSS2_RC rc = d->esys ? TSS2_RC_SUCCESS : connect_device(d);

	if (rc == TSS2_RC_SUCCESS) {
		rc = send_patiently(d, command, arg);
		if (rc != TSS2_RC_SUCCESS && !rc_is_answer(rc))
			disconnect(d);
	}
	if (blocked)
		unblock_sigpipe(&old);
	return rc;
}

/* Where a digest goes in a TPMT_HA; NULL for what tpm2-tss cannot marshal. */
static uint8_t *digest_bytes(TPMT_HA *ha)
{
	switch (ha->hashAlg) {
	case TPM2_ALG_SHA1:
		return ha->digest.sha1;
	case TPM2_ALG_SHA256:
		return ha->digest.sha256;
	case TPM2_ALG_SHA384:
		return ha->digest.sha384;
	case TPM2_ALG_SHA512:
		return ha->digest.sha512;
	case TPM2_ALG_SM3_256:
		return ha->digest.sm3_256;
	default:
		return NULL;
	}
}

struct extend_args {
	ESYS_TR pcr;
	TPML_DIGEST_VALUES values;
};

static TSS2_RC extend_command(ESYS_CONTEXT *esys, void *arg)
{
	const struct extend_args *a = arg;

	return Esys_PCR_Extend(esys, a->pcr, ESYS_TR_PASSWORD, ESYS_TR_NONE,
			       ESYS_TR_NONE, &a->values);
}

static int device_extend(struct extender *x, unsigned pcr,
			 const struct digest *digest)
{
	struct device *d = device_of(x);
	struct extend_args a = { .pcr = ESYS_TR_PCR0 + pcr };
	TSS2_RC rc;

	if (pcr >= TPM2_MAX_PCRS)
		return -ENXIO;
	a.values.count = x->n_banks;
	for (unsigned i = 0; i < x->n_banks; i++) {
		TPMT_HA *ha = &a.values.digests[i];

		ha->hashAlg = hash_alg_to_tpm(x->bank[i]);
		if (digest[i].alg != x->bank[i] ||
		    digest[i].size != hash_alg_size(x->bank[i]))
			return -EINVAL;
		memcpy(digest_bytes(ha), digest[i].bytes, digest[i].size);
	}
	rc = send_command(d, extend_command, &a);
	if (rc != TSS2_RC_SUCCESS)
		log_debug("TPM2_PCR_Extend failed pcr=%u tpm=%s cause=\"%s\"",
			  pcr, d->name, rc_text(rc));
	return rc_to_errno(rc);
}

struct read_args {
	TPML_PCR_SELECTION wanted;
	TPML_PCR_SELECTION *got;
	TPML_DIGEST *values;
};

static TSS2_RC read_command(ESYS_CONTEXT *esys, void *arg)
{
	struct read_args *a = arg;

	return Esys_PCR_Read(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
			     &a->wanted, NULL, &a->got, &a->values);
}

/* The bank of a selection; -1: one that was not asked for. */
static int bank_of(const struct extender *x, TPMI_ALG_HASH alg)
{
	for (unsigned i = 0; i < x->n_banks; i++) {
		if (hash_alg_to_tpm(x->bank[i]) == alg)
			return (int)i;
	}
	return -1;
}

static bool selects(const TPMS_PCR_SELECTION *s, unsigned pcr)
{
	return pcr / 8 < s->sizeofSelect &&
	       (s->pcrSelect[pcr / 8] & 1u << pcr % 8);
}

/* Banks of which @ret has no value yet. */
static void select_missing(const struct device *d, unsigned pcr,
			   const struct digest *have, TPML_PCR_SELECTION *ret)
{
	ret->count = 0;
	for (unsigned i = 0; i < d->x.n_banks; i++) {
		TPMS_PCR_SELECTION *s = &ret->pcrSelections[ret->count];

		if (have[i].size)
			continue;
		*s = (TPMS_PCR_SELECTION){
			.hash = hash_alg_to_tpm(d->x.bank[i]),
			.sizeofSelect = d->select_size[i],
		};
		s->pcrSelect[pcr / 8] = (BYTE)(1u << pcr % 8);
		ret->count++;
	}
}

/* Values follow in the order of the selections that have the PCR. */
static int take_values(const struct device *d, unsigned pcr,
		       const struct read_args *a, struct digest *ret)
{
	unsigned n = 0;

	for (unsigned i = 0; i < a->got->count; i++) {
		const TPMS_PCR_SELECTION *s = &a->got->pcrSelections[i];
		int bank = bank_of(&d->x, s->hash);
		const TPM2B_DIGEST *v;

		if (!selects(s, pcr) || n == a->values->count)
			continue;
		v = &a->values->digests[n++];
		/* nor one that is known: it would be asked for for ever */
		if (bank < 0 || ret[bank].size ||
		    v->size != hash_alg_size(d->x.bank[bank]))
			return -EIO;
		ret[bank].alg = (uint8_t)d->x.bank[bank];
		ret[bank].size = (uint8_t)v->size;
		memcpy(ret[bank].bytes, v->buffer, v->size);
	}
	return n ? 0 : -ENXIO; /* a bank lacks this PCR */
}

static int device_read(struct extender *x, unsigned pcr, struct digest *ret)
{
	struct device *d = device_of(x);
	struct digest have[TPM_BANKS_MAX] = { 0 };
	struct read_args a = { 0 };
	int r = 0;

	for (unsigned i = 0; i < x->n_banks; i++) {
		if (pcr / 8 >= d->select_size[i])
			return -ENXIO;
	}
	/* a TPM may answer with fewer values than were asked for */
	while (select_missing(d, pcr, have, &a.wanted), a.wanted.count) {
		TSS2_RC rc = send_command(d, read_command, &a);

		if (rc != TSS2_RC_SUCCESS) {
			log_debug("TPM2_PCR_Read failed pcr=%u tpm=%s "
				  "cause=\"%s\"",
				  pcr, d->name, rc_text(rc));
			return rc_to_errno(rc);
		}
		r = take_values(d, pcr, &a, have);
		Esys_Free(a.got);
		Esys_Free(a.values);
		if (r < 0)
			return r;
	}
	memcpy(ret, have, x->n_banks * sizeof(*ret));
	return 0;
}

static void device_free(struct device *d)
{
	if (!d)
		return;
	disconnect(d);
	free(d->tcti);
	free(d->name);
	free(d);
}

DEFINE_FREEP(struct device, device);

static void device_close(struct extender *x)
{
	device_free(device_of(x));
}

static const struct extender_ops device_ops = {
	.extend = device_extend,
	.read = device_read,
	.close = device_close,
};

static TSS2_RC banks_command(ESYS_CONTEXT *esys, void *arg)
{
	TPMS_CAPABILITY_DATA **ret = arg;
	TPMI_YES_NO more;

	return Esys_GetCapability(esys, ESYS_TR_NONE, ESYS_TR_NONE,
				  ESYS_TR_NONE, TPM2_CAP_PCRS, 0, 1, &more,
				  ret);
}

static bool is_empty(const TPMS_PCR_SELECTION *s)
{
	for (unsigned i = 0; i < s->sizeofSelect; i++) {
		if (s->pcrSelect[i])
			return false;
	}
	return true;
}

static void leave_out(struct device *d, int alg, TPMI_ALG_HASH hash)
{
	size_t n = strlen(d->x.left_out), room = sizeof(d->x.left_out) - n;
	const char *blank = n ? " " : "";

	if (alg >= 0)
		(void)snprintf(d->x.left_out + n, room, "%s%s", blank,
			       hash_alg_name((enum hash_alg)alg));
	else
		(void)snprintf(d->x.left_out + n, room, "%s0x%04x", blank,
			       hash);
}

/*
 * A bank without PCRs is switched off. One whose algorithm the kernel or the
 * library has no number for (tpm2-tss 3.2: SHA-3) cannot be given a digest of
 * the right length.
 */
static void add_bank(struct device *d, const TPMS_PCR_SELECTION *s)
{
	int alg = hash_alg_from_tpm(s->hash);
	TPMT_HA ha = { .hashAlg = s->hash };

	if (is_empty(s))
		return;
	if (alg < 0 || !digest_bytes(&ha) || d->x.n_banks == TPM_BANKS_MAX) {
		leave_out(d, alg, s->hash);
		return;
	}
	d->select_size[d->x.n_banks] = s->sizeofSelect;
	d->x.bank[d->x.n_banks++] = (enum hash_alg)alg;
}

/* What to do about @rc, or "". */
static const char *remedy(TSS2_RC rc)
{
	if (rc == TPM2_RC_INITIALIZE)
		return "; it was not started (tpm2_startup -c)";
	/* of the loader: neither a library nor a name that it knows */
	if (rc == TSS2_TCTI_RC_NOT_SUPPORTED)
		return "; no such TCTI is installed (one is "
		       "device:/dev/tpmrm0)";
	return "";
}

static int find_banks(struct device *d, struct diag *reterr)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	TSS2_RC rc = send_command(d, banks_command, &data);

	if (rc != TSS2_RC_SUCCESS) {
		diag_set(reterr, "%s does not answer: %s%s", d->name,
			 rc_text(rc), remedy(rc));
		return rc_to_errno(rc);
	}
	for (unsigned i = 0; i < data->data.assignedPCR.count; i++)
		add_bank(d, &data->data.assignedPCR.pcrSelections[i]);
	Esys_Free(data);
	if (d->x.n_banks)
		return 0;
	diag_set(reterr,
		 "%s has no PCR bank with a known algorithm "
		 "switched on (tpm2_pcrallocate)",
		 d->name);
	return -ENODEV;
}

/* tpm2-tss only says "I/O error"; a device node says why. */
static int probe_node(const char *tcti, struct diag *reterr)
{
	const char *path = strncmp(tcti, "device:", 7) == 0 ? tcti + 7 : NULL;
	CLEANUP(closep) int fd = -1;

	if (!path)
		return 0;
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		return 0;
	switch (errno) {
	case EACCES:
		diag_set(reterr,
			 "no permission for the TPM %s: run as root or in its "
			 "group, or use a software TPM (tpm=swtpm)",
			 path);
		return -EACCES;
	case EBUSY:
		diag_set(reterr,
			 "the TPM %s is in use by another program; "
			 "/dev/tpmrm0 can be shared",
			 path);
		return -EBUSY;
	default:
		diag_set(reterr, "cannot open the TPM %s: %s", path,
			 strerror(errno));
		return -errno;
	}
}

int device_open(const char *tcti, const char *name, struct extender **ret,
		struct diag *reterr)
{
	CLEANUP(device_freep) struct device *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return -ENOMEM;
	d->tcti = strdup(tcti);
	d->name = strdup(name);
	if (!d->tcti || !d->name)
		return -ENOMEM;
	d->x.ops = &device_ops;
	/* it would write to stderr what is returned anyway */
	(void)setenv("TSS2_LOG", "all+NONE", 0);
	r = probe_node(tcti, reterr);
	if (r == 0)
		r = find_banks(d, reterr);
	if (r < 0)
		return r;
	*ret = &STEAL(d)->x;
	return 0;
}
