# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Every kind of label under template evm-sig.

boot='ima_template=evm-sig'
. "$here/templates.sh"
