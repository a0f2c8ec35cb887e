# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Off: appraise rules do nothing.

boot='ima_appraise=off'
. "$here/modes.sh"
ops=$(mode_ops ENODATA ENODATA ENODATA)
