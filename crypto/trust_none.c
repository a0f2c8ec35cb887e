// SPDX-License-Identifier: Apache-2.0
/* The builtin trust set of a build without the option trusted_keys. */
#include "crypto/trust_check.h"

const unsigned char trust_builtin[] = { 0 };
const size_t trust_builtin_len = 0;
