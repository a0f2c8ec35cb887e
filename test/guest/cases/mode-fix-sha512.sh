# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Fix mode with another default algorithm: a label keeps its own.

boot='ima_appraise=fix ima_hash=sha512'
. "$here/modes.sh"
leaves='new'
ops=$(mode_ops ok ok 'ok ~16 ok')
