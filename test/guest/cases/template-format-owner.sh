# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# A format of the user: d-ng|n-ng|iuid|igid|imode.

boot='ima_template_fmt=d-ng|n-ng|iuid|igid|imode'
. "$here/templates.sh"
