# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# The same with BPRM_CHECK alone, as in policies that measure programs only.

policy='measure func=BPRM_CHECK mask=MAY_EXEC'

tree()
{
	prog prog
	prog interpreter
	printf 5 >>interpreter
	file script "#!$mnt/interpreter -x\n" 0755
	file script2 "#!$mnt/script\n" 0755
	file text "hello\n" 0755
	dynamic dynamic
}

ops='
exec prog => ok +1
exec script => ok +2
exec script2 => ok +1
exec text => ENOEXEC +1
exec dynamic => ok +1 ~3 ok +2
exec ld.so /ima/exec-measure-bprm/dynamic => ok +1 ~3 ok
read prog => ok
'
