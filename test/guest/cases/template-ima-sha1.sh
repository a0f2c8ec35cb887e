# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Template ima where sha1 is the default algorithm.

boot='ima_hash=sha1 ima_template=ima'
. "$here/templates.sh"
