# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Fix mode with sha1 as the default: the label has the old form.

boot='ima_appraise=fix ima_hash=sha1'
. "$here/modes.sh"
leaves='new'
ops=$(mode_ops ok ok 'ok ~16 ok')
