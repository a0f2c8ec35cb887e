# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# What an exec logs: the program, the script and its interpreters, the dynamic
# loader and what it maps; by which hook and in which order. PCR 11 is BPRM_CHECK,
# 12 MMAP_CHECK, 13 FILE_CHECK, 14 CREDS_CHECK, 15 MMAP_CHECK_REQPROT.

policy='measure func=BPRM_CHECK pcr=11
measure func=MMAP_CHECK pcr=12
measure func=FILE_CHECK pcr=13
measure func=CREDS_CHECK pcr=14
measure func=MMAP_CHECK_REQPROT pcr=15'

tree()
{
	prog prog
	prog prog2
	printf 2 >>prog2
	prog setuid 04755 1000:1000
	printf 3 >>setuid
	prog unreadable 0711
	printf 4 >>unreadable
	prog interpreter
	printf 5 >>interpreter
	file script "#!$mnt/interpreter -x\n" 0755
	file script2 "#!$mnt/script\n" 0755
	file script3 "#!$mnt/missing\n" 0755
	file noexec x 0644
	file empty "" 0755
	file text "hello\n" 0755
	mkdir sub
	cp prog sub/prog
	dynamic dynamic
	ln -s prog link
}

ops='
exec prog => ok +5
exec prog => ok
read prog => ok
read prog2 => ok +1 ~1 ok +3
exec prog2 => ok +4 ~1 ok +2
as user
exec prog => ok
exec setuid => ok +5
exec unreadable => ok +5
as root
exec script a b => ok +8 ~1 ok +10
exec script2 => ok +3 ~1 ok +5
exec script3 => ENOENT +3 ~1 ENOENT +5
exec noexec => EACCES
exec empty => ENOEXEC +3 ~1 ENOEXEC +5
exec text => ENOEXEC +3 ~1 ENOEXEC +5
exec missing => ENOENT
exec dynamic x => ok +11 ~1 ok +13
exec dynamic => ok
exec ld.so /ima/exec-measure/dynamic => ok +2 ~3 ok
exec ld.so => ok
exec link => ok
exec sub/../prog => ok
# written and run again
append sub/prog x => ok +1
exec sub/prog => ok +5
# a running program cannot be written; a file open for writing cannot be run
open h prog w => ok
exec prog => ETXTBSY +1 !1
close h => ok
exec prog => ok
'
