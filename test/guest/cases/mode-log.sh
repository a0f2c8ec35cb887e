# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Log mode: everything is allowed, and labels follow writes as in enforce mode.

boot='ima_appraise=log'
. "$here/modes.sh"
ops=$(mode_ops ENODATA ok ok)
