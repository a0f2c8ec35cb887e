# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Paths in the log: blanks, newlines, long names, removed files, other characters.
# The name of n-ng is never cut, the name of n is cut to what 255 bytes hold.

policy='measure func=FILE_CHECK mask=MAY_READ template=ima-ng fowner=0
measure func=FILE_CHECK mask=MAY_READ template=ima-modsig fowner=1
measure func=FILE_CHECK mask=MAY_READ template=ima-sig fowner=2'

tree()
{
	file "a b  c " 1
	file "$(printf 'new\nline')" 2
	file "$(printf 'tab\there')" 3
	file "$(printf 'caf\303\251')" 4
	file "$(printf 'bad\377utf8')" 5
	file 'back\slash' 6
	file 'quote"s' 7
	file "#hash" 8
	file "under_score" 9
	file "under score" 10
	long=$(printf '%0200d' 0)
	file "d$long/e$long/f$long" 11
	file "f$(printf '%0254d' 0)" 12
	file removed 13
	file removed2 14
	file moved 15
	mkdir dir
	file dir/inner 16
	file hard1 17
	ln hard1 hard2
	ln -s dir/inner soft
	ln -s dir softdir
}

ops='
read "a b  c " => ok +1
read "new\nline" => ok +2
read "tab\there" => ok +1
read "caf\xc3\xa9" => ok +1
read "bad\xffutf8" => ok +1
read "back\\slash" => ok +1
read "quote\"s" => ok +1
read "#hash" => ok +1
read under_score => ok +1
read "under score" => ok +1
read d00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000/e00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000/f00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 => ok +1
read f00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 => ok +1
open h removed w => ok
unlink removed => ok
close h => ok
open h removed2 rw => ok
unlink removed2 => ok
fread h => ok
close h => ok
read soft => ok +1
read softdir/inner => ok
rename dir dir2 => ok
append dir2/inner x => ok
read dir2/inner => ok +1
read hard2 => ok +1
read hard1 => ok
read soft => ENOENT
read ./moved => ok +1
read dir2/../moved => ok
'
