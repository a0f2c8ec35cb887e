/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EVM: a file's metadata and the signature over them, from facts to a status.
 * What a status means for an access or a change, the gate says.
 */
#ifndef FS_METADATA_H
#define FS_METADATA_H

#include "subject.h"

/*
 * metadata_status() - what EVM says of the file that is being evaluated
 *
 * UNKNOWN without evm_keys=: IMA decides alone. security.ima is taken as the
 * gate has read it. s->st, whose owner and mode are checked, may be older than
 * the attributes; what is signed is the combination.
 *
 * If the status is good, s->it and s know what is vouched for. Otherwise
 * nothing that was found out before counts any more.
 */
enum integrity_status metadata_status(struct subject *s);

/*
 * Do the metadata at hand allow to go by what s->it remembers? Then s knows
 * what is vouched for. True without evm_keys=.
 */
bool metadata_remembered(struct subject *s);

/* Does a change of this attribute change what EVM or IMA will say? */
bool metadata_covers(const struct fs *fs, const char *name);

/*
 * metadata_check_label() - EVM's say in setting (value != NULL) or removing an
 * attribute; see gate_set_label()
 * Return: 0 with a verdict; -errno of opening the file.
 */
int metadata_check_label(struct fs *fs, struct inode *i, const char *name,
			 const void *value, size_t len, struct verdict *ret);

/*
 * metadata_denied() - keeps the denial of a change, for .ima/denials
 * Return: 0; -EIO.
 */
int metadata_denied(struct fs *fs, struct node *n, const struct caller *c,
		    enum hook hook, const struct verdict *v);

#endif
