# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Signed user space: all that is executed must be signed.

policy='appraise func=BPRM_CHECK appraise_type=imasig
appraise func=MMAP_CHECK appraise_type=imasig
appraise func=FILE_CHECK appraise_type=imasig mask=MAY_EXEC
measure func=BPRM_CHECK'

tree()
{
	prog signed
	sign signed
	prog hashed
	printf h >>hashed
	digest hashed sha256
	prog unsigned
	printf u >>unsigned
	prog interpreter
	printf i >>interpreter
	sign interpreter ec
	file signed-script "#!$mnt/interpreter\n" 0755
	sign signed-script
	file hashed-script "#!$mnt/interpreter\n#h\n" 0755
	digest hashed-script sha256
	dynamic dynamic
	sign dynamic
	sign ld.so
	sign libsay.so
	cp dynamic unsigned-dynamic
	printf u >>unsigned-dynamic
	prog setuid 04755 1000:1000
	printf s >>setuid
	sign setuid
	prog setuid-unsigned 04755 1000:1000
	printf t >>setuid-unsigned
}

ops='
exec signed => ok +1
exec hashed => EACCES
exec unsigned => EACCES
exec signed-script => ok +2
exec hashed-script => EACCES
exec dynamic => ok +1 ~3 ok +2
exec unsigned-dynamic => EACCES
exec ld.so /ima/exec-appraise-imasig/dynamic => ok +1 ~3 ok
exec ld.so /ima/exec-appraise-imasig/unsigned-dynamic => ok ~1 ok
exec setuid => ok +1
exec setuid-unsigned => EACCES
removexattr libsay.so security.ima => ok
exec dynamic => ok ~1 ok
append signed x => ok
exec signed => EACCES
'
