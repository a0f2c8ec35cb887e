#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every source says its licence at its top, and then what it is for.
. "$(dirname "$0")/lib.sh"

while read -r f; do
	head -n 3 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		complain "$f: no SPDX-License-Identifier in the first lines"
done < <(files '\.([ch]|py)$'; scripts)
finish
