# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Fix mode: labels that are not good are rewritten with the digest of the content,
# signatures are not, and everything is allowed.

boot='ima_appraise=fix'
. "$here/modes.sh"
leaves='new'
ops=$(mode_ops ok ok 'ok ~16 ok')
