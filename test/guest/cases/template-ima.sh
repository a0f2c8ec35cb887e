# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Every kind of label under template ima.

boot='ima_template=ima'
. "$here/templates.sh"
