/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this room share about OpenSSL. Its conventions (1/0, an
 * error queue per thread) end in this room: every function that can leave
 * something in the queue empties it before it returns.
 */
#ifndef CRYPTO_EVP_H
#define CRYPTO_EVP_H

#include <openssl/evp.h>

/*
 * The fetched implementation of a kernel hash number; lives as long as the
 * process. NULL: not available, or outside the table.
 */
const EVP_MD *evp_md(unsigned alg);

#endif
