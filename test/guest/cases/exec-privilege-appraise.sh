# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Appraisal of what runs with privilege only: CREDS_CHECK euid=0.

policy='appraise func=CREDS_CHECK euid=0
measure func=CREDS_CHECK euid=0'

tree()
{
	prog plain
	prog good 04755
	printf g >>good
	digest good sha256
	prog bad 04755
	printf b >>bad
	prog caps
	printf c >>caps
	raw caps 0100000200040000000000000000000000000000 security.capability
}

ops='
as user
exec plain => ok
exec good => ok ~19 ok +1
exec bad => ok ~19 EACCES +1
exec caps => ok
as root
exec plain => EACCES +1
exec good => ok +1 ~19 ok
exec bad => EACCES +1 ~19 EACCES
'
