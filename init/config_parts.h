/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that make a struct config share. */
#ifndef INIT_CONFIG_PARTS_H
#define INIT_CONFIG_PARTS_H

#include "init/config.h"

void config_release_list(char ***list);

/* Settings go into a copy first, so that an error takes nothing over. */
int config_copy(struct config *to, const struct config *c);
void config_move(struct config *to, struct config *from);

/* A character that nobody can see in an editor or on a console; or NULL. */
const char *config_find_odd(const char *p, const char *end);

#endif
