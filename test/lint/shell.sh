#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shell scripts are clean for shellcheck.
. "$(dirname "$0")/lib.sh"

mapfile -t s < <(scripts)
shellcheck -x -P SCRIPTDIR -P test/cases/lib -P test/lint -e SC1091 "${s[@]}"
