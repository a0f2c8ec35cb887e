# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Masks of the other hooks: for them the mask is always EXEC, so READ rules never
# match. Owner 1-4: BPRM, 5-8: CREDS, each with EXEC, ^EXEC, READ, ^READ.

policy='measure func=BPRM_CHECK mask=MAY_EXEC fowner=1
measure func=BPRM_CHECK mask=^MAY_EXEC fowner=2
measure func=BPRM_CHECK mask=MAY_READ fowner=3
measure func=BPRM_CHECK mask=^MAY_READ fowner=4
measure func=CREDS_CHECK mask=MAY_EXEC fowner=5
measure func=CREDS_CHECK mask=^MAY_EXEC fowner=6
measure func=CREDS_CHECK mask=MAY_READ fowner=7
measure func=CREDS_CHECK mask=^MAY_READ fowner=8'

tree()
{
	for owner in 1 2 3 4 5 6 7 8; do
		prog $owner 0755 $owner:0
		printf %s $owner >>$owner
	done
}

ops='
exec 1 => ok +1
read 1 => ok
exec 2 => ok +1
read 2 => ok
exec 3 => ok
read 3 => ok
exec 4 => ok
read 4 => ok
exec 5 => ok +1
read 5 => ok
exec 6 => ok +1
read 6 => ok
exec 7 => ok
read 7 => ok
exec 8 => ok
read 8 => ok
'
