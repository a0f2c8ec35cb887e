#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shell scripts are clean for shellcheck; what is set in a file that is sourced
# at run time it cannot know (SC1090, SC2154). Of its remarks (level info) one
# is needed here: "! command" alone on a line never ends a test (SC2251).
. "$(dirname "$0")/lib.sh"

options=(-x -S info -P SCRIPTDIR -P test/cases/lib
	-e "SC1090,SC1091,SC2154" -e "SC2012,SC2016,SC2086,SC2119,SC2317")
# what runs in the guest has busybox's sh; the rest says what it is itself
guest='^test/guest/[^/]*$|^test/guest/cases/'
mapfile -t s < <(scripts | grep -vE "$guest")
shellcheck "${options[@]}" "${s[@]}" || complain 'see above'
# descriptions, that are variables for whoever sources them, and lists of words
mapfile -t s < <(scripts | grep -E "$guest")
[ "${#s[@]}" -eq 0 ] ||
	shellcheck "${options[@]}" -s sh -e SC2034,SC2046,SC2140 "${s[@]}" ||
	complain 'see above'
finish
