# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Readers and writers of a measured file at once: open_writers and ToMToU, each
# once until the last writer has closed.

policy='measure func=FILE_CHECK mask=^MAY_READ uid=0
measure func=FILE_CHECK mask=^MAY_READ uid=1000'

tree()
{
	for name in a b c d e f g h i j k l m n o p; do
		file $name "$name content\n" 0666
	done
	file unmeasured x 0666 0:0
	head -c 1500000 /dev/zero >large
}

ops='
# a writer while it is read: ToMToU, once
open r1 a r => ok +1
open w1 a w => ok +1 !1
close w1 => ok
open w1 a w => ok
close w1 => ok
close r1 => ok
open w1 a w => ok
close w1 => ok
# a reader while it is written: open_writers
open w1 b w => ok
open r1 b r => ok +2 !1
close r1 => ok
open r1 b r => ok
close r1 => ok
fwrite w1 changed => ok
open r1 b r => ok ~15 ok +1
close r1 => ok
close w1 => ok
read b => ok +1 ~15 ok
# two writers, readers between
open w1 c w => ok
open w2 c w => ok
open r1 c r => ok +2 !1
close w1 => ok
open r2 c r => ok
close r1 => ok
close r2 => ok
close w2 => ok
read c => ok
open w1 c w => ok
open r1 c r => ok +1 !1
close r1 => ok
close w1 => ok
# read and write in one descriptor
open h1 d rw => ok +1
read d => ok +1 !1
open h2 d rw => ok
close h1 => ok
read d => ok
close h2 => ok
read d => ok
# both kinds in turn
open r1 e r => ok +1
open w1 e w => ok +1 !1
open r2 e r => ok +1 !1
open w2 e w => ok +1 !1
close r1 => ok
close r2 => ok
close w1 => ok
close w2 => ok
read e => ok
# nobody measured it before
as 2000
open r1 f r => ok
as root
open w1 f w => ok
as 2000
close r1 => ok
as root
close w1 => ok
read f => ok +1
open w1 g w => ok
as 2000
read g => ok
as root
close w1 => ok
# another user writes
open r1 h r => ok +1
as user
open w1 h w => ok +1 !1
fwrite w1 user => ok
close w1 => ok
as root
close r1 => ok
read h => ok +1
# 2000 writes; nothing measures what it opens
open r1 i r => ok +1
as 2000
append i 2000 => ok +1 !1
as root
close r1 => ok
read i => ok +1
# a shared mapping counts as a writer after its descriptor is closed
open w1 j rw => ok +1
mmap w1 rw shared => ok
close w1 => ok
read j => ok +1 !1
munmap w1 => ok
read j => ok
open r1 k r => ok +1
mmap r1 r shared => ok
close r1 => ok
append k x => ok +1 !1
munmap r1 => ok
append k x => ok
read k => ok +1
# a large one is mapped past the daemon
open r1 large r => ok +1
mmap r1 r shared => ok
close r1 => ok
append large x => ok +1 !1
munmap r1 => ok
append large x => ok
read large => ok +1
# truncating opens
open r1 l r => ok +1
open w1 l w,trunc => ok +1 !1
close w1 => ok
close r1 => ok
read l => ok +1
open r1 m r => ok +1
truncate m 1 => ok
close r1 => ok
read m => ok ~16 ok +1
# closed before: no violation
read n => ok +1
append n x => ok
read n => ok +1
# unlinked while open, and renamed
open r1 o r => ok +1
rename o o2 => ok
append o2 x => ok +1 !1
close r1 => ok
read o2 => ok +1
open w1 p w => ok
unlink p => ok
close w1 => ok
'
