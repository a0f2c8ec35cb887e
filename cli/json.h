/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stddef.h>
#include <stdio.h>

/*
 * Prints @len bytes as a JSON string, quotes included. Bytes that are not
 * UTF-8, which file names may have, become U+FFFD.
 */
void json_string(FILE *to, const char *text, size_t len);

#endif
