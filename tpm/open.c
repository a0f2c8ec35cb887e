// SPDX-License-Identifier: Apache-2.0
/* Which TPM: the machine's, a private one, none; see include/tpm.h. */
#include "tpm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tpm/device.h"
#include "tpm/swtpm.h"

#define HARDWARE_NODE "/dev/tpmrm0"

/*
 * The private TPM is reached through the directory's descriptor: its path may
 * be longer than a socket address can be, and may be hidden by a mount later.
 * The descriptor lives as long as the process, so it is kept in one place.
 */
struct private_tpm {
	struct extender x; /* first: ops are given its address */
	struct extender *device;
	int dirfd;
};

static struct private_tpm *private_of(struct extender *x)
{
	return (struct private_tpm *)(void *)x;
}

static int private_extend(struct extender *x, unsigned pcr,
			  const struct digest *digest)
{
	struct extender *d = private_of(x)->device;

	return d->ops->extend(d, pcr, digest);
}

static int private_read(struct extender *x, unsigned pcr, struct digest *ret)
{
	struct extender *d = private_of(x)->device;

	return d->ops->read(d, pcr, ret);
}

static void private_free(struct private_tpm *p)
{
	if (!p)
		return;
	if (p->device)
		p->device->ops->close(p->device);
	closep(&p->dirfd);
	free(p);
}

DEFINE_FREEP(struct private_tpm, private);

static void private_close(struct extender *x)
{
	private_free(private_of(x));
}

static const struct extender_ops private_ops = {
	.extend = private_extend,
	.read = private_read,
	.close = private_close,
};

static int open_private(const struct tpm_options *o, struct extender **ret,
			struct diag *reterr)
{
	CLEANUP(private_freep) struct private_tpm *p = calloc(1, sizeof(*p));
	CLEANUP(freep) char *name = NULL;
	char tcti[64];
	int r, words;

	if (!p)
		return -ENOMEM;
	p->dirfd = fcntl(o->dirfd, F_DUPFD_CLOEXEC, 3);
	if (p->dirfd < 0) {
		diag_set(reterr, "%s: %s", o->dirname, strerror(errno));
		return -errno;
	}
	if (asprintf(&name, "the software TPM in %s", o->dirname) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	(void)snprintf(tcti, sizeof(tcti),
		       "swtpm:path=/proc/self/fd/%d/swtpm.sock", p->dirfd);
	r = swtpm_ensure(p->dirfd, o->dirname, &words, reterr);
	if (r < 0)
		return r;
	r = device_open(tcti, name, &p->device, reterr);
	swtpm_started(p->dirfd, o->dirname, words, r, reterr);
	if (r < 0)
		return r;
	p->x = *p->device; /* its banks */
	p->x.ops = &private_ops;
	*ret = &STEAL(p)->x;
	return 0;
}

static int open_named(const char *tcti, struct extender **ret,
		      struct diag *reterr)
{
	CLEANUP(freep) char *name = NULL;

	if (asprintf(&name, "the TPM %s", tcti) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	return device_open(tcti, name, ret, reterr);
}

bool tpm_supported(void)
{
	return true;
}

int tpm_open(const struct tpm_options *o, struct extender **ret,
	     bool *ret_private, struct diag *reterr)
{
	bool private = strcmp(o->tcti, "swtpm") == 0;
	const char *tcti = o->tcti;
	int r = 0;

	if (strcmp(tcti, "auto") == 0) {
		/*
		 * One that is there and cannot be opened is an error: a
		 * software TPM in its place would be less than was asked for.
		 */
		private = access(HARDWARE_NODE, F_OK) < 0;
		tcti = "device:" HARDWARE_NODE;
	}
	if (strcmp(tcti, "none") == 0)
		*ret = NULL;
	else
		r = private ? open_private(o, ret, reterr)
			    : open_named(tcti, ret, reterr);
	if (r == 0)
		*ret_private = private;
	return r;
}

bool tpm_private_runs(int dirfd)
{
	return swtpm_runs(dirfd);
}

int tpm_end_private(int dirfd)
{
	return swtpm_end(dirfd);
}
