/* SPDX-License-Identifier: Apache-2.0 */
/* The names of settings and what their values mean; see config.h. */
#ifndef INIT_SETTING_H
#define INIT_SETTING_H

#include "init/config.h"

struct setting;

/* NULL: no such setting. */
const struct setting *setting_find(const char *name, size_t len);

/* Position in the table, less than SETTINGS; for "was it set before?". */
unsigned setting_index(const struct setting *s);
#define SETTINGS 16

/* May it come several times, adding up? */
bool setting_adds(const struct setting *s);

/* Forgets all values of a setting that adds up. */
void setting_clear(const struct setting *s, struct config *c);

/* Name @i < SETTINGS. */
const char *setting_name(unsigned i);

/*
 * Return: 0; -EINVAL, @reterr->msg says what a value looks like, the position
 * is left alone; -ENOMEM.
 */
int setting_apply(const struct setting *s, struct config *c, const char *value,
		  struct diag *reterr);

#endif
