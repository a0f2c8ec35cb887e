/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measurement templates (IMA: ima_template.c, ima_template_lib.c): which fields
 * an entry has, its bytes, its digests, its text. Pure. Implemented in
 * tpm/journal/.
 */
#ifndef IMAFS_TEMPLATE_H
#define IMAFS_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "digest.h"

struct template; /* immutable, static or registered once; never freed */

/* Most bytes of a name or format: 15 ids of 16 characters, and the '|'s. */
#define TEMPLATE_NAME_MAX (15 * 16 + 14)

/*
 * template_find() - what template= in a rule may name: a built-in template, by
 * name ("ima-sig") or by format ("d-ng|n-ng|sig"), or a format that was made a
 * template by template_define(). Thread-safe. Return: the template, or NULL.
 */
const struct template *template_find(const char *name, size_t len);

/*
 * template_define() - the default template of a mount: what the kernel's
 * ima_template= and ima_template_fmt= take
 * A name gives the built-in template. A format becomes a template that the log
 * calls by its format, also where a built-in one has the same fields. It stays
 * known to template_find() for the life of the process.
 * Thread-safe. Return: the template; NULL without memory, or if @text is
 * neither (a field id over 16 characters, more than 15 fields).
 */
const struct template *template_define(const char *text, size_t len);

/* The name that appears in the log; static lifetime. */
const char *template_name(const struct template *t);

/* Bits for what a template's fields need beyond digest and name. */
#define TEMPLATE_NEEDS_SHA1   0x01 /* "d": the SHA-1 (or MD5) digest */
#define TEMPLATE_NEEDS_IMA    0x02 /* "sig": security.ima */
#define TEMPLATE_NEEDS_EVM    0x04 /* "sig", "evmsig": security.evm */
#define TEMPLATE_NEEDS_INODE  0x08 /* iuid, igid, imode */
#define TEMPLATE_NEEDS_XATTRS 0x10 /* xattrnames, -lengths, -values */
#define TEMPLATE_NEEDS_MODSIG 0x20
unsigned template_needs(const struct template *t);

/* One extended attribute of the EVM list that is present on the file. */
struct template_xattr {
	const char *name;
	const uint8_t *value;
	size_t len;
};

/*
 * The facts of one event. Pointers are borrowed. Zeroed members are absent:
 * their fields come out empty, as the kernel's do.
 */
struct template_event {
	const char *name;     /* path as the log shows it; NUL-terminated */
	bool has_file;	      /* false: boot_aggregate, buffers */
	bool violation;	      /* zero digests, default algorithm */
	struct digest digest; /* collected; size 0: zero digest of .alg */
	struct digest legacy; /* for "d": SHA-1 or MD5; size 0: zeros */
	bool verity;	      /* digest is an fs-verity digest */

	const uint8_t *ima; /* security.ima */
	size_t ima_len;
	const uint8_t *evm; /* security.evm */
	size_t evm_len;
	const uint8_t *buffer; /* "buf" */
	size_t buffer_len;
	struct digest modsig_digest;
	const uint8_t *modsig; /* PKCS#7 DER */
	size_t modsig_len;

	uid_t iuid;
	gid_t igid;
	mode_t imode;
	const struct template_xattr *xattrs; /* in EVM order */
	size_t n_xattrs;
};

/*
 * template_encode() - the entry's field data: for each field a u32 and its
 * bytes; for template "ima" digest, u32 name length, name. Appended to @to.
 * Return: 0 or -ENOMEM.
 */
int template_encode(const struct template *t, const struct template_event *e,
		    struct buf *to);

/*
 * template_digest() - the template digest of encoded data for one algorithm
 * (IMA: ima_calc_field_array_hash(), with its special rule for "ima").
 * @name: the template's name, as stored in the log
 * Return: 0; -ENOPKG; -EBADMSG if the data is no such template's.
 */
int template_digest(const char *name, const uint8_t *data, size_t len,
		    unsigned alg, struct digest *ret);

/*
 * template_ascii() - the fields as the ASCII list prints them, each with a
 * leading space, without newline. @name as above; unknown names are printed by
 * the field formats that they consist of, else as hex.
 * Return: 0; -EBADMSG; -ENOMEM.
 */
int template_ascii(const char *name, const uint8_t *data, size_t len,
		   struct buf *to);

#endif
