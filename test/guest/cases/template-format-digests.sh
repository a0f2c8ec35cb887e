# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# A format of the user: d|d-ng|d-ngv2|n|n-ng|sig|buf|d-modsig|modsig.

boot='ima_template_fmt=d|d-ng|d-ngv2|n|n-ng|sig|buf|d-modsig|modsig'
. "$here/templates.sh"
