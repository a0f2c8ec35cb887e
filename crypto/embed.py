# SPDX-License-Identifier: Apache-2.0
"""embed.py CERTIFICATES C-FILE: a certificate file as crypto/trust_check.h
declares it. What is in it is checked when it is loaded, and by the tests."""
import sys

with open(sys.argv[1], 'rb') as f:
    data = f.read()
with open(sys.argv[2], 'w', encoding='ascii') as f:
    f.write('#include "crypto/trust_check.h"\n\n')
    f.write('const unsigned char trust_builtin[] = {\n')
    for at in range(0, len(data), 12):
        f.write('\t' + ' '.join(f'{b},' for b in data[at:at + 12]) + '\n')
    f.write('\t0,\n};\n')
    f.write(f'const size_t trust_builtin_len = {len(data)};\n')
