# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Options of all rules that ever matched a file stick to it: once an imasig rule
# saw it, a rule without imasig wants a signature, too. What passed before stays.

policy='appraise func=BPRM_CHECK appraise_type=imasig
appraise func=FILE_CHECK mask=MAY_READ
measure func=FILE_CHECK mask=MAY_READ'

tree()
{
	for name in read-first exec-first; do
		prog $name
		printf %s $name >>$name
		digest $name sha256
	done
	prog signed
	printf s >>signed
	sign signed
}

ops='
read read-first => ok +1
exec read-first => EACCES
read read-first => ok ~17 EACCES
exec exec-first => EACCES
read exec-first => EACCES +1
append exec-first x => ok
read exec-first => EACCES +1
chmod exec-first 0700 => ok
read exec-first => EACCES
exec exec-first => EACCES
read exec-first => EACCES
exec signed => ok
read signed => ok +1
append signed x => ok
read signed => EACCES +1
exec signed => EACCES
'
