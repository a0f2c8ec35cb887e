/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields that templates are made of (ima_template_lib.c): their bytes and
 * their text. Pure.
 */
#ifndef TPM_JOURNAL_FIELD_H
#define TPM_JOURNAL_FIELD_H

#include "template.h"

/* The kernel's limits: TEMPLATE_FIELD id, fields of one template. */
#define FIELD_ID_MAX   16
#define FIELDS_MAX     15
#define EVENT_NAME_MAX 255
/* Length of the zero-padded name in the digest of template "ima". */
#define IMA_NAME_PADDED (EVENT_NAME_MAX + 1)

enum field_id {
	FIELD_D,
	FIELD_N,
	FIELD_D_NG,
	FIELD_D_NGV2,
	FIELD_N_NG,
	FIELD_SIG,
	FIELD_BUF,
	FIELD_D_MODSIG,
	FIELD_MODSIG,
	FIELD_EVMSIG,
	FIELD_IUID,
	FIELD_IGID,
	FIELD_IMODE,
	FIELD_XATTRNAMES,
	FIELD_XATTRLENGTHS,
	FIELD_XATTRVALUES,
	FIELD_COUNT
};

/* Return: an enum field_id, or -ENOENT. */
int field_find(const char *id, size_t len);

const char *field_name(enum field_id id);

/* TEMPLATE_NEEDS_* bits. */
unsigned field_needs(enum field_id id);

/*
 * Appends the field's content without its length. Return: 0 or -ENOMEM.
 */
int field_encode(enum field_id id, const struct template_event *e,
		 struct buf *to);

/* One field of an entry's data; borrowed from it. */
struct field_data {
	const char *id; /* "n-ng", static; NULL: no field we know */
	const uint8_t *data;
	size_t len;
};

/*
 * field_text() - a field as the ASCII list prints it; an empty field has no
 * text. Appended to @to. Return: 0; -EBADMSG; -ENOMEM.
 */
int field_text(const struct field_data *f, struct buf *to);

#endif
