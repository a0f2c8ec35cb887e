# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# A file that passed for one hook is checked again for another.

policy='appraise func=FILE_CHECK mask=MAY_READ
appraise func=BPRM_CHECK
appraise func=MMAP_CHECK
measure func=BPRM_CHECK'

tree()
{
	for name in good bad late; do
		prog $name
		printf %s $name >>$name
		digest $name sha256
	done
	raw bad "0404$(hex_digest sha256 good)"
	cp late late-twin
	digest late-twin sha256
}

ops='
read good => ok
exec good => ok +1
read bad => EACCES
exec bad => EACCES +1
read late => ok
removexattr late security.ima => ok
exec late => EACCES +1
read late => EACCES
copyxattr late-twin late security.ima => ok
exec late => ok
read late => ok
'
