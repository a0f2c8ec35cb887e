policy='measure func=FILE_CHECK mask=MAY_READ uid=0
measure func=BPRM_CHECK
appraise func=FILE_CHECK fowner=0
'
tree()
{
	file plain hello
	file hashed 'hashed\n'
	digest hashed sha256
	file signed 'signed\n'
	sign signed
	file ec 'ec\n'
	sign ec ec sha512
	file bad 'bad\n'
	sign bad
	tamper bad
	prog bin
	digest bin sha256
}
ops='
read plain
read hashed
read signed
read ec
read bad
exec bin a b
as user
read hashed
read signed
as root
open h hashed r
open - hashed w
append hashed more
close h
write hashed x
read hashed
write signed foo
setxattr plain security.ima 0404
read plain
'
