# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Programs that change ids or have capabilities: rules of BPRM_CHECK look at the
# caller, those of CREDS_CHECK at what the program will be.

policy='measure func=BPRM_CHECK euid=0 pcr=11
measure func=BPRM_CHECK uid=1000 pcr=12
measure func=CREDS_CHECK euid=0 pcr=13
measure func=CREDS_CHECK euid=2000 pcr=14
measure func=CREDS_CHECK egid=3000 pcr=15
measure func=CREDS_CHECK uid=1000 pcr=16'

tree()
{
	prog plain
	prog setuid-root 04755
	printf 1 >>setuid-root
	prog setuid-2000 04755 2000:0
	printf 2 >>setuid-2000
	prog setgid-3000 02755 0:3000
	printf 3 >>setgid-3000
	prog caps
	printf 4 >>caps
	raw caps 0100000200040000000000000000000000000000 security.capability
	prog caps-setuid
	printf 5 >>caps-setuid
	raw caps-setuid 0100000280000000000000000000000000000000 security.capability
	file script "#!$mnt/setuid-root\n" 04755 2000:0
}

ops='
as user
exec plain => ok +2
exec setuid-root => ok +2 ~19 ok +2
exec setuid-2000 => ok +2 ~19 ok +2
exec setgid-3000 => ok +2 ~19 ok +2
exec caps => ok +2
exec caps-setuid => ok +2
exec script => ok +2
as root
exec plain => ok +2
exec setuid-root => ok +2 ~19 ok +1
exec setuid-2000 => ok +2
exec setgid-3000 => ok +2
exec caps => ok +2
'
