/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events and the entries that the kernel and evmctl make of them: bytes,
 * digests, and the PCR that the first six lead to.
 */
#ifndef TEST_FAKE_VECTORS_H
#define TEST_FAKE_VECTORS_H

#include "template.h"

#define VECTORS_IN_PCR 6 /* the first six, in this order, are in the PCR */

struct vector {
	const char *template;
	struct template_event event;
	const char *data; /* hex */
	const char *sha1; /* template digests; NULL: not published */
	const char *sha256;
	const char *ascii; /* fields, each with its leading space */
};

size_t vector_count(void);
/* Pointers of the event stay valid until the end. */
const struct vector *vector(size_t i);

extern const char vector_pcr_sha1[], vector_pcr_sha256[];

#endif
