# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# A default algorithm for which the TPM may have no bank.

boot='ima_hash=sha512'
. "$here/templates.sh"
