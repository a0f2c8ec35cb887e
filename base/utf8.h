/* SPDX-License-Identifier: Apache-2.0 */
/* Telling text from bytes. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Length of the well-formed UTF-8 sequence (RFC 3629) at @p, which ends with a
 * NUL; 0 if there is none. Never looks behind the NUL, which is one by itself.
 */
size_t utf8_len(const uint8_t *p);

#endif
