// SPDX-License-Identifier: Apache-2.0
/* fs/passthrough.c: what it makes of the INIT handshake, byte by byte. */
#include <errno.h>
#include <linux/fuse.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs/passthrough.h"

/* include/uapi/linux/fuse.h of Linux 6.9 */
#define INIT_EXT	  (1u << 30)
#define FLAG2_PASSTHROUGH (1u << 5)

#define UNIQUE		  4711

struct request {
	struct fuse_in_header head;
	struct fuse_init_in init;
};

static struct request init_request(uint32_t flags, uint32_t flags2)
{
	return (struct request){
		.head = { .len = sizeof(struct request),
			  .opcode = FUSE_INIT,
			  .unique = UNIQUE },
		.init = { .major = 7,
			  .minor = 40,
			  .flags = flags,
			  .flags2 = flags2 },
	};
}

/* Runs one handshake; the reply as it goes out is in @ret. */
static bool handshake(const struct request *q, size_t len, uint64_t unique,
		      int error, struct fuse_init_out *ret)
{
	struct passthrough_offer offer = { 0 };
	struct fuse_out_header head = { .unique = unique, .error = error };
	struct iovec iov[2] = { { &head, sizeof(head) },
				{ ret, sizeof(*ret) } };

	memset(ret, 0, sizeof(*ret));
	ret->major = 7;
	ret->flags = 1;
	passthrough_see_request(&offer, q, len);
	passthrough_complete_reply(&offer, iov, 2);
	return offer.accepted;
}

static void an_offer_is_accepted(void **state)
{
	struct request q = init_request(INIT_EXT, FLAG2_PASSTHROUGH);
	struct fuse_init_out out;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_true(handshake(&q, sizeof(q), UNIQUE, 0, &out));
	assert_int_equal(out.flags, INIT_EXT | 1);
	assert_int_equal(out.flags2, FLAG2_PASSTHROUGH);
	assert_int_equal(out.unused[0], 1); /* max_stack_depth */
	for (size_t i = 1; i < sizeof(out.unused) / 4; i++)
		assert_int_equal(out.unused[i], 0);
}

static void what_was_not_offered_is_not_asked_for(void **state)
{
	static const uint32_t flags[][2] = {
		{ 0, 0 },
		{ INIT_EXT, 0 },
		{ INIT_EXT, ~FLAG2_PASSTHROUGH },
		{ 0, FLAG2_PASSTHROUGH }, /* flags2 means nothing then */
	};
	struct fuse_init_out out, untouched;

	(void)state;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct request q = init_request(flags[i][0], flags[i][1]);

		assert_false(handshake(&q, sizeof(q), UNIQUE, 0, &out));
		memset(&untouched, 0, sizeof(untouched));
		untouched.major = 7;
		untouched.flags = 1;
		assert_memory_equal(&out, &untouched, sizeof(out));
	}
}

static void only_the_answer_to_init_is_changed(void **state)
{
	struct request q = init_request(INIT_EXT, FLAG2_PASSTHROUGH);
	struct fuse_init_out out;

	(void)state;
	assert_false(handshake(&q, sizeof(q), UNIQUE + 1, 0, &out));
	assert_int_equal(out.flags2, 0);
	assert_false(handshake(&q, sizeof(q), UNIQUE, -EPROTO, &out));
	assert_int_equal(out.flags2, 0);
	q.head.opcode = FUSE_LOOKUP;
	assert_false(handshake(&q, sizeof(q), UNIQUE, 0, &out));
	assert_int_equal(out.flags2, 0);
}

static void an_old_kernels_short_init_is_no_offer(void **state)
{
	struct request q = init_request(INIT_EXT, FLAG2_PASSTHROUGH);
	struct fuse_init_out out;

	(void)state;
	for (size_t len = 0; len < sizeof(q.head) + 20; len++)
		assert_false(handshake(&q, len, UNIQUE, 0, &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_offer_is_accepted),
		cmocka_unit_test(what_was_not_offered_is_not_asked_for),
		cmocka_unit_test(only_the_answer_to_init_is_changed),
		cmocka_unit_test(an_old_kernels_short_init_is_no_offer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
