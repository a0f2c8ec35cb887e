# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Every file of an exec is appraised: the program, the script and the interpreter,
# the loader and the libraries.

policy='appraise func=BPRM_CHECK
appraise func=MMAP_CHECK
measure func=BPRM_CHECK
measure func=MMAP_CHECK'

tree()
{
	prog good
	digest good sha256
	prog bad
	prog interpreter
	printf i >>interpreter
	digest interpreter sha256
	prog bad-interpreter
	printf b >>bad-interpreter
	file good-script "#!$mnt/interpreter\n" 0755
	digest good-script sha256
	file bad-script "#!$mnt/interpreter\n#bad\n" 0755
	file good-script-bad "#!$mnt/bad-interpreter\n" 0755
	digest good-script-bad sha256
	file text "hello\n" 0755
	digest text sha256
	dynamic dynamic
	digest dynamic sha256
	digest ld.so sha256
	digest libsay.so sha256
	cp dynamic dynamic-bad
	prog lib-bad 0644
	prog lib-good 0644
	printf g >>lib-good
	digest lib-good sha256
	prog lib-unmapped 0644
	printf u >>lib-unmapped
}

ops='
exec good => ok +1
exec bad => EACCES +1
exec good-script => ok +2
exec bad-script => EACCES +1
exec good-script-bad => EACCES +2
exec text => ENOEXEC +1
exec dynamic => ok +3
exec dynamic-bad => EACCES +1
exec ld.so /ima/exec-appraise/dynamic => ok
exec ld.so /ima/exec-appraise/dynamic-bad => ok ~1 ok
open h lib-good r => ok ~1 ok +1
mmap h rx private => ok +1 ~1 ok
munmap h => ok
close h => ok
open h lib-bad r => ok ~1 EACCES +1
mmap h rx private => EACCES +1 ~1 EBADF
mmap h r private => ok ~1 EBADF
mprotect h rx => EPERM ~1 EBADF
munmap h => ok ~1 EBADF
close h => ok ~1 EBADF
open h lib-good r => ok
mmap h r private => ok
mprotect h rx => EPERM ~2 ok
munmap h => ok
close h => ok
# a writable shared mapping elsewhere
open w lib-unmapped rw => ok ~1 EACCES +1
mmap w rw shared => ok ~1 EBADF
close w => ok ~1 EBADF
open h lib-unmapped r => ok ~1 EACCES
mmap h rx private => EACCES +2 !1 ~6 EBADF
close h => ok ~1 EBADF
munmap w => ok ~1 EBADF
# changed after it was good
append interpreter x => ok
exec good-script => EACCES +1
exec interpreter => EACCES
# the loader is bad
removexattr ld.so security.ima => ok
exec dynamic => ok ~1 EACCES
exec ld.so /ima/exec-appraise/dynamic => EACCES
as user
exec good => ok
exec bad => EACCES
'
