// SPDX-License-Identifier: Apache-2.0
/* crypto/trust.c and keyring_admit(): who may become a key. The certificates
 * come from openssl, test/data/trust/make.sh. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto/trust_check.h"
#include "test/fake/temp-dir.h"
#include "trust.h"

static struct temp_dir dir;

static const char *path_of(const char *name)
{
	static char path[2][4096];
	static unsigned turn;
	char *to = path[turn++ % 2];

	(void)snprintf(to, sizeof(path[0]), "%s/%s", dir.path, name);
	return to;
}

static int make_certificates(void **state)
{
	const char *data = getenv("TEST_DATA");
	char script[4096];
	int status;
	pid_t pid;

	(void)state;
	if (!data)
		return -1;
	temp_dir_make(&dir);
	(void)snprintf(script, sizeof(script), "%s/trust/make.sh", data);
	pid = fork();
	if (pid == 0) {
		(void)execl(script, script, dir.path, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static int remove_certificates(void **state)
{
	(void)state;
	temp_dir_remove(&dir);
	return 0;
}

static struct trust *trust_of(const char *name)
{
	struct trust *t = NULL;
	struct diag d = { 0 };

	assert_int_equal(trust_new(&t), 0);
	if (trust_load(t, path_of(name), &d) < 0)
		fail_msg("%s", d.msg);
	return t;
}

struct heard {
	unsigned n;
	int error;
	char why[512];
};

static void hear(void *arg, int error, const struct diag *why)
{
	struct heard *h = arg;

	h->n++;
	h->error = error;
	(void)snprintf(h->why, sizeof(h->why), "%s", why->msg);
}

/* How many keys come in. */
static size_t admit(const struct trust *t, const char *name, struct heard *h)
{
	struct keyring *k = NULL;
	struct diag d = { 0 };
	size_t n;

	*h = (struct heard){ 0 };
	assert_int_equal(keyring_new(&k), 0);
	if (keyring_admit(k, t, path_of(name), hear, h, &d) < 0)
		fail_msg("%s", d.msg);
	n = keyring_count(k);
	keyring_free(k);
	return n;
}

static struct trust *two_roots(void)
{
	struct trust *t = trust_of("ca.crt");
	struct diag d = { 0 };

	assert_int_equal(trust_load(t, path_of("rsa-ca.crt"), &d), 0);
	assert_int_equal(trust_count(t), 2);
	return t;
}

static void what_the_trust_set_signed_is_admitted(void **state)
{
	static const struct {
		const char *name, *why;
	} rows[] = {
		{ "good.crt", "PEM" },
		{ "good.der", "DER" },
		{ "by-rsa.crt", "an issuer of another key type" },
		{ "by-sha1.crt", "the kernel takes SHA-1" },
		{ "no-akid.crt", "found by the issuer's name" },
		{ "by-serial.crt", "found by key id, and name and serial" },
		{ "no-basic.crt", "without basicConstraints it is no CA" },
		{ "critical.crt", "unknown extensions are ignored" },
		{ "expired.crt", "dates are ignored" },
	};
	struct trust *t = two_roots();
	struct heard h;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (admit(t, rows[i].name, &h) != 1 || h.n != 0)
			fail_msg("%s (%s): %s", rows[i].name, rows[i].why,
				 h.why);
	}
	trust_free(t);
}

static void all_else_is_rejected_and_the_reason_said(void **state)
{
	static const struct {
		const char *name;
		int error;
		const char *says;
	} rows[] = {
		{ "no-usage.crt", -ENOKEY, "digitalSignature" },
		{ "other-usage.crt", -ENOKEY, "digitalSignature" },
		{ "signs-certs.crt", -ENOKEY, "keyCertSign" },
		{ "is-ca.crt", -ENOKEY, "a CA certificate" },
		{ "ca.crt", -ENOKEY, "digitalSignature" },
		{ "by-stranger.crt", -ENOKEY, "CN=stranger" },
		{ "by-middle.crt", -ENOKEY, "not in the trust set" },
		{ "leaf.crt", -ENOKEY, "not in the trust set" },
		{ "by-pss.crt", -ENOPKG, "rsassaPss" },
		{ "by-md5.crt", -ENOPKG, "md5" },
		{ "bare.pem", -ENOPKG, "bare public key" },
		{ "forged-name.crt", -EKEYREJECTED, "does not verify" },
		{ "forged-id.crt", -EKEYREJECTED, "does not verify" },
		{ "flipped.der", -EKEYREJECTED, "does not verify" },
		{ "cut.der", -EBADMSG, "neither" },
	};
	struct trust *t = two_roots();
	struct heard h;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (admit(t, rows[i].name, &h) != 0)
			fail_msg("%s came in", rows[i].name);
		if (h.n != 1 || h.error != rows[i].error ||
		    !strstr(h.why, rows[i].says) ||
		    !strstr(h.why, rows[i].name))
			fail_msg("%s: %d %s", rows[i].name, h.error, h.why);
	}
	trust_free(t);
}

static void a_certificate_in_the_trust_set_vouches_for_itself(void **state)
{
	/* as a self-signed key that was compiled into the kernel does */
	struct trust *t = trust_of("leaf.crt");
	struct heard h;

	(void)state;
	assert_int_equal(admit(t, "leaf.crt", &h), 1);
	trust_free(t);
}

static void of_namesakes_the_one_that_signed_is_found(void **state)
{
	struct trust *t = trust_of("namesake.crt");
	struct diag d = { 0 };
	struct heard h;

	(void)state;
	assert_int_equal(admit(t, "no-akid.crt", &h), 0);
	assert_int_equal(h.error, -EKEYREJECTED);
	assert_int_equal(trust_load(t, path_of("ca.crt"), &d), 0);
	assert_int_equal(admit(t, "no-akid.crt", &h), 1);
	trust_free(t);
}

static void an_empty_trust_set_admits_nobody(void **state)
{
	struct trust *t = NULL;
	struct heard h;

	(void)state;
	assert_int_equal(trust_new(&t), 0);
	assert_int_equal(admit(t, "good.crt", &h), 0);
	assert_int_equal(h.error, -ENOKEY);
	trust_free(t);
}

static void a_directory_gives_what_is_good_in_it(void **state)
{
	struct trust *t = two_roots();
	struct heard h;

	(void)state;
	/* nine good ones, good.crt and good.der among them */
	assert_int_equal(admit(t, ".", &h), 9);
	assert_true(h.n >= 14);
	trust_free(t);
}

static void paths_without_any_key_change_nothing(void **state)
{
	struct trust *t = two_roots();
	struct keyring *k = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(keyring_new(&k), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(keyring_admit(k, t, path_of("is-ca.crt"), NULL,
					       NULL, &d),
				 0);
	assert_int_equal(keyring_count(k), 0);
	assert_int_equal(
		keyring_admit(k, t, path_of("good.crt"), NULL, NULL, &d), 0);
	assert_int_equal(
		keyring_admit(k, t, path_of("is-ca.crt"), NULL, NULL, &d), 0);
	assert_int_equal(keyring_count(k), 1);
	keyring_free(k);
	trust_free(t);
}

static void a_path_that_is_not_there_is_an_error(void **state)
{
	struct keyring *k = NULL;
	struct trust *t = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(trust_new(&t), 0);
	assert_int_equal(keyring_new(&k), 0);
	assert_int_equal(
		keyring_admit(k, t, path_of("nothing"), NULL, NULL, &d),
		-ENOENT);
	assert_non_null(strstr(d.msg, "nothing"));
	assert_int_equal(trust_load(t, path_of("nothing"), &d), -ENOENT);
	assert_int_equal(trust_load(t, path_of("bare.pem"), &d), -EBADMSG);
	assert_int_equal(trust_load(t, path_of("cut.der"), &d), -EBADMSG);
	assert_int_equal(trust_count(t), 0);
	keyring_free(k);
	trust_free(t);
}

static void the_builtin_set_is_good_or_none(void **state)
{
	struct trust *t = NULL;
	struct diag d = { 0 };
	int r;

	(void)state;
	assert_int_equal(trust_new(&t), 0);
	r = trust_load_builtin(t, &d);
	if (trust_builtin_len == 0) {
		assert_int_equal(r, -ENOENT);
		assert_non_null(strstr(d.msg, "trusted_keys"));
	} else if (r < 0) {
		fail_msg("%s", d.msg);
	} else {
		assert_true(trust_count(t) > 0);
	}
	trust_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_trust_set_signed_is_admitted),
		cmocka_unit_test(all_else_is_rejected_and_the_reason_said),
		cmocka_unit_test(
			a_certificate_in_the_trust_set_vouches_for_itself),
		cmocka_unit_test(of_namesakes_the_one_that_signed_is_found),
		cmocka_unit_test(an_empty_trust_set_admits_nobody),
		cmocka_unit_test(a_directory_gives_what_is_good_in_it),
		cmocka_unit_test(paths_without_any_key_change_nothing),
		cmocka_unit_test(a_path_that_is_not_there_is_an_error),
		cmocka_unit_test(the_builtin_set_is_good_or_none),
	};

	return cmocka_run_group_tests_name(
		"crypto-trust", tests, make_certificates, remove_certificates);
}
