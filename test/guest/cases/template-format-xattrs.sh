# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# A format of the user: n-ng|d-ngv2|evmsig|xattrnames|xattrlengths|xattrvalues.

boot='ima_template_fmt=n-ng|d-ngv2|evmsig|xattrnames|xattrlengths|xattrvalues'
. "$here/templates.sh"
