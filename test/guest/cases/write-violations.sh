# SPDX-License-Identifier: Apache-2.0
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
}

ops='
# a writer while it is read: ToMToU, once
open r1 a r
open w1 a w
close w1
open w1 a w
close w1
close r1
open w1 a w
close w1
# a reader while it is written: open_writers
open w1 b w
open r1 b r
close r1
open r1 b r
close r1
fwrite w1 changed
open r1 b r
close r1
close w1
read b
# two writers, readers between
open w1 c w
open w2 c w
open r1 c r
close w1
open r2 c r
close r1
close r2
close w2
read c
open w1 c w
open r1 c r
close r1
close w1
# read and write in one descriptor
open h1 d rw
read d
open h2 d rw
close h1
read d
close h2
read d
# both kinds in turn
open r1 e r
open w1 e w
open r2 e r
open w2 e w
close r1
close r2
close w1
close w2
read e
# nobody measured it before
as 2000
open r1 f r
as root
open w1 f w
as 2000
close r1
as root
close w1
read f
open w1 g w
as 2000
read g
as root
close w1
# another user writes
open r1 h r
as user
open w1 h w
fwrite w1 user
close w1
as root
close r1
read h
# 2000 writes; nothing measures what it opens
open r1 i r
as 2000
append i 2000
as root
close r1
read i
# a shared mapping counts as a writer after its descriptor is closed
open w1 j rw
mmap w1 rw shared
close w1
read j
munmap w1
read j
open r1 k r
mmap r1 r shared
close r1
append k x
munmap r1
append k x
read k
# truncating opens
open r1 l r
open w1 l w,trunc
close w1
close r1
read l
open r1 m r
truncate m 1
close r1
read m
# closed before: no violation
read n
append n x
read n
# unlinked while open, and renamed
open r1 o r
rename o o2
append o2 x
close r1
read o2
open w1 p w
unlink p
close w1
'
