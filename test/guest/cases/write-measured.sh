# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
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
read a => ok +1
read a => ok
open - a w => ok
read a => ok
append a more => ok
read a => ok +1
read a => ok
# changed and changed back
read b => ok +1
write b other => ok
read b => ok +1
write b "b content\n" => ok
read b => ok
write b third => ok
read b => ok +1
# equal files are two entries, for their names
read twin1 => ok +1
read twin2 => ok +1
# hard link: one file, the first name
link c sub/c => ok
read c => ok +1 ~4 ok +1
read sub/c => ok
append c x => ok
read sub/c => ok +1
read c => ok
unlink c => ok
read sub/c => ok
# renamed: not measured again; changed after: by the new name
read d => ok +1
rename d d2 => ok
read d2 => ok
append d2 x => ok
read d2 => ok +1
# replaced by rename
read e => ok +1
write e.new "new e" => ok
rename e.new e => ok
read e => ok +1
exchange a e => ok
read a => ok
read e => ok
# a copy under the name of a removed file
read f => ok +1
unlink f => ok
write f "f content\n" => ok
read f => ok
unlink f => ok
write f other => ok
read f => ok +1
# truncation
read g => ok +1
truncate g 3 => ok
read g => ok ~16 ok +1
truncate g 3 => ok
read g => ok
truncate g 10 => ok
read g => ok ~16 ok +1
# two users
as user
read h => ok +1
as root
read h => ok
# attributes do not count
read i => ok +1
chmod i 0600 => ok
chown i 1 1 => ok
setxattr i user.x 00 => ok
setxattr i security.ima 0404 => ok
read i => ok
removexattr i security.ima => ok
read i => ok
exec run => ok
exec run => ok
# symlinks have no entry of their own
symlink j link => ok
read link => ok +1
read j => ok
'
