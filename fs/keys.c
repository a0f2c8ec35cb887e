// SPDX-License-Identifier: Apache-2.0
/* Loads the keys of a mount; which are good ones, crypto/ knows. */
#include "keys.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "trust.h"

DEFINE_FREEP(struct keyring, keyring);
DEFINE_FREEP(struct trust, trust);

static void tell_rejected(void *arg, int error, const struct diag *why)
{
	(void)arg;
	log_warn("certificate not admitted: %s error=%s", why->msg,
		 strerrorname_np(-error));
}

/* Of a reason that begins with a path: which option it came from. */
static int of_option(const char *word, int r, struct diag *reterr)
{
	struct diag why;

	if (r >= 0 || !reterr || reterr->msg[0] != '/')
		return r;
	why = *reterr;
	diag_set(reterr, "%s=%.500s", word, why.msg);
	return r;
}

static int load_trust(const char *from, struct trust *t, struct diag *reterr)
{
	if (strcmp(from, TRUST_BUILTIN) == 0)
		return trust_load_builtin(t, reterr);
	return of_option("trust", trust_load(t, from, reterr), reterr);
}

static int admit(const char *word, char **path, const char *trust,
		 struct keyring *k, struct diag *reterr)
{
	CLEANUP(trust_freep) struct trust *t = NULL;
	int r;

	if (!path) {
		diag_set(reterr,
			 "trust=%s says who must have signed the keys, and "
			 "there are none; add %s=",
			 trust, word);
		return -ENOKEY;
	}
	r = trust_new(&t);
	if (r == 0)
		r = load_trust(trust, t, reterr);
	for (char **p = path; r == 0 && *p; p++)
		r = of_option(
			word,
			keyring_admit(k, t, *p, tell_rejected, NULL, reterr),
			reterr);
	if (r == 0 && keyring_count(k) == 0) {
		diag_set(reterr,
			 "no certificate of %s=%s%s was admitted; there must "
			 "be one that a certificate of trust=%s signed",
			 word, path[0], path[0] && path[1] ? ",..." : "",
			 trust);
		r = -ENOKEY;
	}
	return r;
}

int keys_load(const char *word, char **path, const char *trust,
	      struct keyring **ret, struct diag *reterr)
{
	CLEANUP(keyring_freep) struct keyring *k = NULL;
	int r = keyring_new(&k);

	if (r == 0 && trust)
		r = admit(word, path, trust, k, reterr);
	for (char **p = path; r == 0 && !trust && p && *p; p++)
		r = of_option(word, keyring_load(k, *p, reterr), reterr);
	if (r == 0)
		*ret = STEAL(k);
	return r;
}
