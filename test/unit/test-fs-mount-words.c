// SPDX-License-Identifier: Apache-2.0
/* fs/mount_words.c: what the words of -o mean, and which are refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fs/memory.h"
#include "fs/mount.h"

static struct mount_options o;

static int fresh(void **state)
{
	(void)state;
	return mount_options_init(&o);
}

static int release(void **state)
{
	(void)state;
	mount_options_release(&o);
	return 0;
}

static void good(const char *words)
{
	struct diag d = { 0 };
	int r = mount_options_parse(&o, words, false, &d);

	if (r)
		print_error("%s: %s\n", words, d.msg);
	assert_int_equal(r, 0);
}

static void every_word_of_ours_is_understood(void **state)
{
	(void)state;
	good("policy=/etc/p,trust=/t,state=/s,tpm=none,pcr=12,hash=sha512,"
	     "template=ima-sig,appraise=log,lock_budget=3M,control=visible,"
	     "policy_once,workers=7,debug");
	assert_string_equal(o.policy, "/etc/p");
	assert_string_equal(o.trust, "/t");
	assert_string_equal(o.state, "/s");
	assert_string_equal(o.tpm, "none");
	assert_int_equal(o.pcr, 12);
	assert_int_equal(o.hash, HASH_ALG_SHA512);
	assert_string_equal(o.template, "ima-sig");
	assert_int_equal(o.appraise, APPRAISE_LOG);
	assert_int_equal(o.lock_budget, 3 << 20);
	assert_int_equal(o.control, CONTROL_VISIBLE);
	assert_true(o.policy_once);
	assert_int_equal(o.workers, 7);
	assert_true(o.debug);
}

static void the_defaults_are_the_documented_ones(void **state)
{
	(void)state;
	assert_string_equal(o.tpm, "auto");
	assert_string_equal(o.template, "ima-ng");
	assert_int_equal(o.pcr, 10);
	assert_int_equal(o.hash, HASH_ALG_SHA256);
	assert_int_equal(o.appraise, APPRAISE_ENFORCE);
	assert_int_equal(o.control, CONTROL_HIDDEN);
	assert_true(o.lock_budget > 0);
	assert_null(o.policy);
	assert_null(o.keys);
	assert_false(o.policy_once);
}

static void keys_may_be_given_several_times(void **state)
{
	(void)state;
	good("keys=/a,keys=/b");
	good("keys=/c");
	assert_string_equal(o.keys[0], "/a");
	assert_string_equal(o.keys[1], "/b");
	assert_string_equal(o.keys[2], "/c");
	assert_null(o.keys[3]);
	assert_null(o.evm_keys);
	good("evm_keys=/d,evm_keys=/e");
	assert_string_equal(o.evm_keys[0], "/d");
	assert_string_equal(o.evm_keys[1], "/e");
	assert_null(o.evm_keys[2]);
	assert_null(o.keys[3]);
}

static void the_last_word_wins(void **state)
{
	(void)state;
	good("ro,nosuid,noexec,policy=tcb,rw,suid,exec,policy=secure_boot");
	assert_false(o.noexec);
	assert_string_equal(o.policy, "secure_boot");
	good("noexec");
	assert_true(o.noexec);
	/* of these it is libfuse that takes the last */
	assert_non_null(
		strstr(o.fuse_options, "ro,nosuid,noexec,rw,suid,exec,noexec"));
}

static void a_value_may_hold_commas(void **state)
{
	(void)state;
	good("policy=/a\\,b\\\\c,state=\"/d,e\",tpm=device:/x");
	assert_string_equal(o.policy, "/a,b\\c");
	assert_string_equal(o.state, "/d,e");
	assert_string_equal(o.tpm, "device:/x");
	/* for the kernel: quotes stay, commas are escaped for libfuse */
	good("context=\"u:r:t:s0:c1,c2\"");
	assert_non_null(strstr(o.fuse_options, "context=\"u:r:t:s0:c1\\,c2\""));
}

static void words_for_others_are_ignored(void **state)
{
	char *before = strdup(o.fuse_options);

	(void)state;
	good("defaults,auto,noauto,nofail,_netdev,user,user=joe,users,"
	     "comment=x=y,uhelper=z,x-systemd.automount,X-mount.mkdir=0755,"
	     "relatime,noatime,lazytime,default_permissions,,");
	assert_string_equal(o.fuse_options, before);
	free(before);
}

static void the_general_words_reach_libfuse(void **state)
{
	(void)state;
	good("ro,nodev,allow_other,dirsync");
	assert_non_null(strstr(o.fuse_options, "ro,nodev,allow_other,dirsync"));
}

static const struct {
	const char *text;
	uint64_t bytes;
} sizes[] = {
	{ "1", 1 },
	{ "4096", 4096 },
	{ "2k", 2048 },
	{ "16M", 16 << 20 },
	{ "3G", 3ULL << 30 },
	{ "1T", 1ULL << 40 },
	{ "9223372036854775807", INT64_MAX },
};

static void sizes_have_units(void **state)
{
	char word[64];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		(void)snprintf(word, sizeof(word), "lock_budget=%s",
			       sizes[i].text);
		good(word);
		assert_int_equal(o.lock_budget, sizes[i].bytes);
	}
	good("lock_budget=50%");
	assert_true(o.lock_budget > memory_size() / 2 - 100);
	assert_true(o.lock_budget <= memory_size() / 2);
}

static const struct {
	const char *words;
	const char *said; /* part of the message */
	const char *why;
} refused[] = {
	{ "frobnicate", "'frobnicate'", "unknown words are named" },
	{ "frobnicate=1", "'frobnicate'", "with a value as well" },
	{ "ro,rrw,nosuid", "'rrw'", "also between good ones" },
	{ "Policy=x", "'Policy'", "case counts" },
	{ "nosymfollow", "'nosymfollow'", "a protection we do not give" },
	{ "policy", "needs a value", "" },
	{ "policy=", "needs a value", "" },
	{ "ro=1", "takes no value", "" },
	{ "policy_once=yes", "takes no value", "" },
	{ "nofail=1", "takes no value", "" },
	{ "pcr=24", "0 to 23", "" },
	{ "pcr=-1", "0 to 23", "" },
	{ "pcr=0x1", "0 to 23", "" },
	{ "pcr=18", "locality", "" },
	{ "hash=sha257", "hash=sha257", "" },
	{ "hash=rmd320", "OpenSSL", "known, not available" },
	{ "template=nonsense", "template=nonsense", "" },
	{ "appraise=on", "enforce, log, fix or off", "says all there is" },
	{ "control=secret", "hidden", "" },
	{ "lock_budget=0", "not a size", "" },
	{ "lock_budget=0%", "not a size", "" },
	{ "lock_budget=101%", "not a size", "" },
	{ "lock_budget=M", "not a size", "" },
	{ "lock_budget=1MM", "not a size", "" },
	{ "lock_budget=-1", "not a size", "" },
	{ "lock_budget=9223372036854775808", "not a size", "off_t" },
	{ "lock_budget=18446744073709551616", "not a size", "2^64" },
	{ "lock_budget=16777216T", "not a size", "2^64" },
	{ "workers=0", "1 to 256", "" },
	{ "workers=257", "1 to 256", "" },
	{ "auto_unmount", "unverified", "would fail open" },
	{ "remount", "remount", "" },
	{ "policy=\"x", "not closed", "" },
};

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct diag d = { 0 };
		int r = mount_options_parse(&o, refused[i].words, false, &d);

		if (r != -EINVAL || !strstr(d.msg, refused[i].said))
			print_error("%s: %d %s (%s)\n", refused[i].words, r,
				    d.msg, refused[i].why);
		assert_int_equal(r, -EINVAL);
		assert_non_null(strstr(d.msg, refused[i].said));
	}
}

static void sloppy_ignores_unknown_words_only(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(mount_options_parse(&o, "frob,pcr=11", true, &d), 0);
	assert_int_equal(o.pcr, 11);
	assert_int_equal(mount_options_parse(&o, "pcr=99", true, &d), -EINVAL);
	assert_int_equal(mount_options_parse(&o, "auto_unmount", true, &d),
			 -EINVAL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, release)
	const struct CMUnitTest tests[] = {
		TEST(every_word_of_ours_is_understood),
		TEST(the_defaults_are_the_documented_ones),
		TEST(keys_may_be_given_several_times),
		TEST(the_last_word_wins),
		TEST(a_value_may_hold_commas),
		TEST(words_for_others_are_ignored),
		TEST(the_general_words_reach_libfuse),
		TEST(sizes_have_units),
		TEST(what_is_wrong_is_named),
		TEST(sloppy_ignores_unknown_words_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
