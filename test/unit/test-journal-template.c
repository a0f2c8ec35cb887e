// SPDX-License-Identifier: Apache-2.0
/* tpm/journal/template.c, field.c. Known answers: test/fake/vectors.c. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "template.h"
#include "test/fake/vectors.h"

#define SHA256_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const struct template *find(const char *name)
{
	return template_find(name, strlen(name));
}

static void assert_hex(const void *data, size_t len, const char *want)
{
	char *text = malloc(2 * len + 1);

	assert_non_null(text);
	hex_encode(text, data, len);
	assert_string_equal(text, want);
	free(text);
}

static void assert_text(struct buf *b, const char *want)
{
	char *text = buf_steal_str(b);

	assert_string_equal(text, want);
	free(text);
}

static void entries_are_the_kernels_byte_for_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < vector_count(); i++) {
		const struct vector *v = vector(i);
		struct buf b = BUF_INIT;

		assert_int_equal(
			template_encode(find(v->template), &v->event, &b), 0);
		assert_hex(b.data, b.len, v->data);
		buf_release(&b);
	}
}

static void template_digests_are_the_kernels(void **state)
{
	unsigned checked = 0;

	(void)state;
	for (size_t i = 0; i < vector_count(); i++) {
		const struct vector *v = vector(i);
		const struct {
			unsigned alg;
			const char *want;
		} want[] = { { HASH_ALG_SHA1, v->sha1 },
			     { HASH_ALG_SHA256, v->sha256 } };
		size_t len = strlen(v->data) / 2;
		uint8_t *data = malloc(len);

		assert_int_equal(hex_decode(v->data, data, len), 0);
		for (unsigned k = 0; k < 2; k++) {
			struct digest d;

			if (!want[k].want)
				continue;
			assert_int_equal(template_digest(v->template, data, len,
							 want[k].alg, &d),
					 0);
			assert_int_equal(d.alg, want[k].alg);
			assert_hex(d.bytes, d.size, want[k].want);
			checked++;
		}
		free(data);
	}
	assert_int_equal(checked, 10);
}

static void ascii_lines_are_the_kernels(void **state)
{
	(void)state;
	for (size_t i = 0; i < vector_count(); i++) {
		const struct vector *v = vector(i);
		size_t len = strlen(v->data) / 2;
		uint8_t *data = malloc(len);
		struct buf b = BUF_INIT;

		assert_int_equal(hex_decode(v->data, data, len), 0);
		assert_int_equal(template_ascii(v->template, data, len, &b), 0);
		assert_text(&b, v->ascii);
		free(data);
	}
}

static void names_and_formats_find_templates(void **state)
{
	static const struct {
		const char *asked, *found, *defined, *why;
	} t[] = {
		{ "ima", "ima", "ima", "name" },
		{ "d|n", "ima", "d|n", "its format" },
		{ "ima-ng", "ima-ng", "ima-ng", "name" },
		{ "d-ng|n-ng|sig", "ima-sig", "d-ng|n-ng|sig", "its format" },
		{ "d-ngv2|n-ng", "ima-ngv2", "d-ngv2|n-ng", "its format" },
		{ "d-ng|n-ng|sig|d-modsig|modsig", "ima-modsig",
		  "d-ng|n-ng|sig|d-modsig|modsig", "its format" },
		{ "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|"
		  "igid|imode",
		  "evm-sig",
		  "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|"
		  "igid|imode",
		  "its format" },
		{ "n-ng|d-ng", NULL, "n-ng|d-ng", "no built-in has this" },
		{ "n", NULL, "n", "one field" },
		{ "n|n|n|n|n|n|n|n|n|n|n|n|n|n|n", NULL,
		  "n|n|n|n|n|n|n|n|n|n|n|n|n|n|n", "15 fields" },
		{ "n|n|n|n|n|n|n|n|n|n|n|n|n|n|n|n", NULL, NULL, "16 fields" },
		{ "", NULL, NULL, "no field" },
		{ "d-ng|", NULL, NULL, "an empty field" },
		{ "|d-ng", NULL, NULL, "an empty field" },
		{ "ima-xx", NULL, NULL, "no template, no field" },
		{ "d-ng|xx", NULL, NULL, "an unknown field" },
		{ "D-NG|n-ng", NULL, NULL, "case matters" },
		{ "d-ng |n-ng", NULL, NULL, "no blanks" },
		{ "d-ng|abcdefghijklmnopq", NULL, NULL, "17 characters" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct template *found = find(t[i].asked);
		const struct template *made =
			template_define(t[i].asked, strlen(t[i].asked));

		if (!found != !t[i].found || !made != !t[i].defined)
			fail_msg("%s: %s", t[i].asked, t[i].why);
		if (found)
			assert_string_equal(template_name(found), t[i].found);
		if (!made)
			continue;
		assert_string_equal(template_name(made), t[i].defined);
		assert_ptr_equal(
			made, template_define(t[i].asked, strlen(t[i].asked)));
		/* from now on rules may name it */
		assert_ptr_equal(find(t[i].asked), found ? found : made);
	}
	/* a length, not a NUL, ends the name */
	assert_ptr_equal(template_find("ima-sigv2", 7), find("ima-sig"));
}

static void needs_follow_from_the_fields(void **state)
{
	(void)state;
	assert_int_equal(template_needs(find("ima")), TEMPLATE_NEEDS_SHA1);
	assert_int_equal(template_needs(find("ima-ng")), 0);
	assert_int_equal(template_needs(find("ima-buf")), 0);
	assert_int_equal(template_needs(find("ima-sig")),
			 TEMPLATE_NEEDS_IMA | TEMPLATE_NEEDS_EVM);
	assert_int_equal(template_needs(find("ima-modsig")),
			 TEMPLATE_NEEDS_IMA | TEMPLATE_NEEDS_EVM |
				 TEMPLATE_NEEDS_MODSIG);
	assert_int_equal(template_needs(find("evm-sig")),
			 TEMPLATE_NEEDS_EVM | TEMPLATE_NEEDS_XATTRS |
				 TEMPLATE_NEEDS_INODE);
}

/* The ASCII text of one format for one event. */
static void assert_fields(const char *format, const struct template_event *e,
			  const char *want)
{
	const struct template *t = template_define(format, strlen(format));
	struct buf data = BUF_INIT, text = BUF_INIT;

	assert_non_null(t);
	assert_int_equal(template_encode(t, e, &data), 0);
	assert_int_equal(
		template_ascii(template_name(t), data.data, data.len, &text),
		0);
	assert_text(&text, want);
	buf_release(&data);
}

static void only_the_field_n_has_a_limit(void **state)
{
	char dir[301], path[600], last[257], want[700];
	struct template_event e = { .name = path, .has_file = true };

	(void)state;
	memset(dir, 'd', 300);
	dir[300] = '\0';
	memset(last, 'l', 256);
	last[256] = '\0';

	(void)snprintf(path, sizeof(path), "/%.254s", dir);
	(void)snprintf(want, sizeof(want), " %s", path);
	assert_fields("n", &e, want); /* 255: whole */

	(void)snprintf(path, sizeof(path), "/%s/x y", dir);
	assert_fields("n", &e, " x_y"); /* longer: the last component */
	(void)snprintf(want, sizeof(want), " /%s/x_y", dir);
	assert_fields("n-ng", &e, want);

	e.has_file = false; /* no component without a file: cut */
	(void)snprintf(want, sizeof(want), " /%.254s", dir);
	assert_fields("n", &e, want);

	e.has_file = true; /* " (deleted)" can make it longer than NAME_MAX */
	(void)snprintf(path, sizeof(path), "/%s/%s", dir, last);
	(void)snprintf(want, sizeof(want), " %.255s", last);
	assert_fields("n", &e, want);
}

static void signature_fields_take_only_signatures(void **state)
{
	static const uint8_t sig[] = { 3, 0xaa }, verity[] = { 6, 0xbb },
			     hash[] = { 4, 0xcc }, portable[] = { 5, 0xdd },
			     hmac[] = { 2, 0xee };
	static const struct {
		const uint8_t *ima, *evm;
		const char *sig, *evmsig, *why;
	} t[] = {
		{ sig, portable, " 03aa", " 05dd", "both" },
		{ verity, hmac, " 06bb", " ", "verity; an HMAC is none" },
		{ hash, portable, " 05dd", " 05dd", "a hash: EVM's instead" },
		{ hash, hmac, " ", " ", "none" },
		{ NULL, NULL, " ", " ", "no attributes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct template_event e = { .name = "x",
					    .has_file = true,
					    .ima = t[i].ima,
					    .ima_len = t[i].ima ? 2 : 0,
					    .evm = t[i].evm,
					    .evm_len = t[i].evm ? 2 : 0 };

		assert_fields("sig", &e, t[i].sig);
		assert_fields("evmsig", &e, t[i].evmsig);
	}
}

static struct digest abc(void)
{
	struct digest d;

	assert_int_equal(digest_of(HASH_ALG_SHA256, "abc", 3, &d), 0);
	return d;
}

static void appended_signatures_have_their_own_digest(void **state)
{
	struct template_event e = { .name = "m",
				    .has_file = true,
				    .digest = abc() };

	(void)state;
	assert_fields("d-modsig|modsig", &e, "  ");
	e.modsig = (const uint8_t *)"\x30\x03";
	e.modsig_len = 2;
	e.modsig_digest = abc();
	assert_fields("d-modsig|modsig", &e, " sha256:" SHA256_ABC " 3003");
	e.violation = true;
	assert_fields("d-modsig", &e,
		      " sha1:0000000000000000000000000000000000000000");
}

static void violations_have_zero_digests(void **state)
{
	struct template_event e = { .name = "v",
				    .has_file = true,
				    .verity = true,
				    .violation = true,
				    .digest = abc() };

	(void)state;
	assert_fields("d", &e, " 0000000000000000000000000000000000000000");
	assert_fields("d-ng", &e,
		      " sha256:0000000000000000000000000000000000000000000000"
		      "000000000000000000");
	assert_fields("d-ngv2", &e,
		      " ima:sha256:000000000000000000000000000000000000000000"
		      "0000000000000000000000");
}

static void without_a_file_there_are_no_inode_fields(void **state)
{
	static const struct template_xattr x[] = {
		{ "security.selinux", (const uint8_t *)"abc", 3 },
		{ "security.capability", (const uint8_t *)"d", 1 },
	};
	struct template_event e = { .name = "f",
				    .iuid = 1,
				    .igid = 4294967294,
				    .imode = 0100644,
				    .xattrs = x,
				    .n_xattrs = 2 };

	(void)state;
	assert_fields("iuid|igid|imode", &e, "   ");
	assert_fields("xattrnames|xattrlengths|xattrvalues", &e, "   ");
	e.has_file = true;
	assert_fields("iuid|igid|imode", &e, " 1 4294967294 33188");
	assert_fields("xattrnames|xattrlengths|xattrvalues", &e,
		      " security.selinux|security.capability 0300000001000000 "
		      "61626364");
}

static void md5_makes_the_old_template_shorter(void **state)
{
	struct template_event e = { .name = "/usr/bin/hello" };
	struct buf b = BUF_INIT, text = BUF_INIT;
	struct digest d, want;
	uint8_t padded[16 + 256] = { 0 };

	(void)state;
	assert_int_equal(digest_of(HASH_ALG_MD5, "hello\n", 6, &e.legacy), 0);
	assert_int_equal(template_encode(find("ima"), &e, &b), 0);
	assert_int_equal(b.len, 16 + 4 + 14);
	assert_int_equal(template_ascii("ima", b.data, b.len, &text), 0);
	assert_text(&text, " b1946ac92492d2347c6235b4d2611184 /usr/bin/hello");

	memcpy(padded, e.legacy.bytes, 16);
	memcpy(padded + 16, e.name, strlen(e.name));
	assert_int_equal(
		digest_of(HASH_ALG_SHA1, padded, sizeof(padded), &want), 0);
	assert_int_equal(
		template_digest("ima", b.data, b.len, HASH_ALG_SHA1, &d), 0);
	assert_true(digest_equal(&d, &want));
	buf_release(&b);
}

static void data_that_is_no_such_template_is_refused(void **state)
{
	static const struct {
		const char *name, *hex, *why;
		int ascii, digest;
	} t[] = {
		{ "ima-ng", "", "no fields at all", -EBADMSG, -EBADMSG },
		{ "ima-ng", "00000000", "one field of two", -EBADMSG,
		  -EBADMSG },
		{ "ima-ng", "0000000000000000", "two empty ones", 0, 0 },
		{ "ima-ng", "000000000000000000000000", "three of two",
		  -EBADMSG, -EBADMSG },
		{ "ima-ng", "00000000000000", "half a length", -EBADMSG,
		  -EBADMSG },
		{ "ima-ng", "ffffffff00000000", "a length beyond the end",
		  -EBADMSG, -EBADMSG },
		{ "n", "0300000061006200", "a length that leaves a byte",
		  -EBADMSG, -EBADMSG },
		{ "n", "03000000610062", "a NUL inside of a name", -EBADMSG,
		  0 },
		{ "n", "0300000061620a", "no NUL: as it is", 0, 0 },
		{ "d-ng", "04000000736861ff", "no NUL after the algorithm",
		  -EBADMSG, 0 },
		{ "d-ng",
		  "0300000061006200"
		  "00",
		  "no colon", -EBADMSG, -EBADMSG },
		{ "d-ng", "0100000000", "an empty algorithm", -EBADMSG, 0 },
		{ "imode", "03000000010203", "a number of three bytes",
		  -EBADMSG, 0 },
		{ "ima", "", "nothing", -EBADMSG, -EBADMSG },
		{ "ima", "0000000000000000000000000000000000000000010000",
		  "a cut length", -EBADMSG, -EBADMSG },
		{ "ima", "000000000000000000000000000000000000000002000000ff",
		  "a name beyond the end", -EBADMSG, -EBADMSG },
		{ "unknown", "0100000041", "fields of unknown type", 0, 0 },
		{ "unknown", "01000000", "a field that is not there", -EBADMSG,
		  0 },
		{ "", "0100000041", "no name", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		size_t len = strlen(t[i].hex) / 2;
		uint8_t *data = malloc(len + 1);
		struct buf b = BUF_INIT;
		struct digest d;
		int r;

		assert_int_equal(hex_decode(t[i].hex, data, len), 0);
		r = template_ascii(t[i].name, data, len, &b);
		if (r != t[i].ascii)
			fail_msg("%s: ascii %d", t[i].why, r);
		if (r < 0)
			assert_int_equal(b.len, 0);
		r = template_digest(t[i].name, data, len, HASH_ALG_SHA1, &d);
		if (r != t[i].digest)
			fail_msg("%s: digest %d", t[i].why, r);
		buf_release(&b);
		free(data);
	}
}

static void unknown_fields_are_printed_as_hex(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(template_ascii("ima-xyz",
					(const uint8_t *)"\2\0\0\0AB"
							 "\0\0\0\0",
					10, &b),
			 0);
	assert_text(&b, " 4142 ");
}

static void an_unavailable_algorithm_is_an_error(void **state)
{
	struct digest d;

	(void)state;
	assert_int_equal(template_digest("n", (const uint8_t *)"\0\0\0\0", 4,
					 HASH_ALG_TGR192, &d),
			 -ENOPKG);
}

#define THREADS 8
#define FORMATS 200

static void *register_formats(void *arg)
{
	const struct template **found = arg;

	for (unsigned i = 0; i < FORMATS; i++) {
		char format[64] = "n";

		/* the bits of i as a list of fields */
		for (unsigned k = 0; k < 8; k++)
			(void)strcat(format, i >> k & 1 ? "|iuid" : "|igid");
		found[i] = template_define(format, strlen(format));
	}
	return NULL;
}

static void threads_register_one_template_for_one_format(void **state)
{
	static const struct template *found[THREADS][FORMATS];
	pthread_t thread[THREADS];

	(void)state;
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL,
						register_formats, found[i]),
				 0);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	for (unsigned i = 1; i < THREADS; i++)
		assert_memory_equal(found[i], found[0], sizeof(found[0]));
	for (unsigned k = 1; k < FORMATS; k++)
		assert_ptr_not_equal(found[0][k], found[0][k - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_the_kernels_byte_for_byte),
		cmocka_unit_test(template_digests_are_the_kernels),
		cmocka_unit_test(ascii_lines_are_the_kernels),
		cmocka_unit_test(names_and_formats_find_templates),
		cmocka_unit_test(needs_follow_from_the_fields),
		cmocka_unit_test(only_the_field_n_has_a_limit),
		cmocka_unit_test(signature_fields_take_only_signatures),
		cmocka_unit_test(appended_signatures_have_their_own_digest),
		cmocka_unit_test(violations_have_zero_digests),
		cmocka_unit_test(without_a_file_there_are_no_inode_fields),
		cmocka_unit_test(md5_makes_the_old_template_shorter),
		cmocka_unit_test(data_that_is_no_such_template_is_refused),
		cmocka_unit_test(unknown_fields_are_printed_as_hex),
		cmocka_unit_test(an_unavailable_algorithm_is_an_error),
		cmocka_unit_test(threads_register_one_template_for_one_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
