/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's measurement lists: entries of binary_runtime_measurements and
 * lines of ascii_runtime_measurements. Pure.
 *
 * An entry of the binary list, integers little-endian:
 *
 *	u32 PCR, template digest, u32 length and bytes of the template's name,
 *	u32 length and bytes of the field data (for each field a u32 and its
 *	bytes); template "ima" has no length before its data
 *
 * A line: PCR in two columns, template digest in hex, name, the fields' texts.
 *
 * IMA: security/integrity/ima/ima_fs.c, ima_measurements_show(),
 * ima_ascii_measurements_show()
 */
#ifndef TPM_JOURNAL_LIST_H
#define TPM_JOURNAL_LIST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "digest.h"
#include "template.h"

struct list_entry {
	unsigned pcr;
	char name[TEMPLATE_NAME_MAX + 1];
	const uint8_t *data; /* borrowed */
	size_t data_len;
	struct digest digest; /* of the view */
	bool violation;	      /* the digest is all zeros */
};

/*
 * Takes the next entry of a list whose digests are of @view.
 * Return: 1; 0 at the end; -EAGAIN if the list ends inside of it; -EBADMSG.
 * After an error @b is where the entry begins.
 */
int list_next(struct bytes *b, enum hash_alg view, struct list_entry *ret);

/*
 * Bytes of an entry beside its digest, and of a line beside its hex digest:
 * the same for every view. list_ascii_size() needs the line's fields.
 */
size_t list_binary_size(const char *name, size_t data_len);
size_t list_ascii_size(const char *name, size_t fields_len);

/* @digest NULL: zeros (a violation). Return: 0 or -ENOMEM. */
int list_append_binary(struct buf *to, unsigned pcr, enum hash_alg view,
		       const struct digest *digest, const char *name,
		       const uint8_t *data, size_t data_len);
/* Return: 0; -EBADMSG if the data is not the template's; -ENOMEM. */
int list_append_ascii(struct buf *to, unsigned pcr, enum hash_alg view,
		      const struct digest *digest, const char *name,
		      const uint8_t *data, size_t data_len);

#endif
