# SPDX-License-Identifier: Apache-2.0
# When a file is measured again: when its content was written through any
# descriptor, not when it was opened for writing only; and the same content in the
# same place is not logged twice.

policy='measure func=FILE_CHECK mask=MAY_READ'

tree()
{
	for name in a b c d e f g h i j; do
		file $name "$name content\n"
	done
	file twin1 same
	file twin2 same
	file run 0 0755
	prog run
	mkdir sub
}

ops='
read a
read a
open - a w
read a
append a more
read a
read a
# changed and changed back
read b
write b other
read b
write b "b content\n"
read b
write b third
read b
# equal files are two entries, for their names
read twin1
read twin2
# hard link: one file, the first name
link c sub/c
read c
read sub/c
append c x
read sub/c
read c
unlink c
read sub/c
# renamed: not measured again; changed after: by the new name
read d
rename d d2
read d2
append d2 x
read d2
# replaced by rename
read e
write e.new "new e"
rename e.new e
read e
exchange a e
read a
read e
# a copy under the name of a removed file
read f
unlink f
write f "f content\n"
read f
unlink f
write f other
read f
# truncation
read g
truncate g 3
read g
truncate g 3
read g
truncate g 10
read g
# two users
as user
read h
as root
read h
# attributes do not count
read i
chmod i 0600
chown i 1 1
setxattr i user.x 00
setxattr i security.ima 0404
read i
removexattr i security.ima
read i
exec run
exec run
# symlinks have no entry of their own
symlink j link
read link
read j
'
