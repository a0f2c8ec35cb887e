# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# And with MMAP_CHECK alone: program, loader and libraries by their mapping.

policy='measure func=MMAP_CHECK mask=MAY_EXEC'

tree()
{
	prog prog
	prog data 0644
	printf 1 >>data
	prog data2 0644
	printf 2 >>data2
	prog data3 0644
	printf 3 >>data3
	prog data4 0644
	printf 4 >>data4
	prog interpreter
	printf 5 >>interpreter
	file script "#!$mnt/interpreter -x\n" 0755
	dynamic dynamic
}

ops='
exec prog => ok +1
exec script => ok +1 ~1 ok +2
exec dynamic => ok +3
exec ld.so /ima/exec-measure-mmap/dynamic => ok
read data => ok ~1 ok +1
open h data r => ok
mmap h r private => ok
close h => ok
munmap h => ok
open h data r => ok
mmap h rx private => ok +1 ~1 ok
munmap h => ok
close h => ok
open h data2 r => ok ~1 ok +1
mmap h rx shared => ok +1 ~1 ok
munmap h => ok
close h => ok
open h data3 r => ok ~1 ok +1
mmap h r private => ok
mprotect h rx => ok
munmap h => ok
close h => ok
as user
open h data4 r => ok ~1 ok +1
mmap h x private => ok +1 ~1 ok
munmap h => ok
close h => ok
'
