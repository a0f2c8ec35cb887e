# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# After ima_violations of the Linux Test Project: open writers and ToMToU, with
# mapped files, with several at once, and how often each is recorded.

policy='measure func=FILE_CHECK mask=^MAY_READ'

tree()
{
	for n in 1 2 3 4 5 6 7 8; do
		file test$n "$n this is a test file\n"
	done
}

ops='
# 1: open writers
open w test1 w => ok
open r test1 r => ok +2 !1
close r => ok
close w => ok
# 2: ToMToU
open r test2 r => ok +1
open w test2 w => ok +1 !1
close w => ok
close r => ok
# 3: open writers through a mapping
open m test3 rw => ok +1
mmap m rw shared => ok
close m => ok
open r test3 r => ok +1 !1
close r => ok
munmap m => ok
# 4: readers mapped, then a writer
open m test4 r => ok +1
mmap m r shared => ok
close m => ok
open w test4 w => ok +1 !1
close w => ok
munmap m => ok
# 5: several writers, several readers: one record
open w1 test5 w => ok
open w2 test5 w => ok
open r1 test5 r => ok +2 !1
open r2 test5 r => ok
open r3 test5 r => ok
close r1 => ok
close r2 => ok
close r3 => ok
close w1 => ok
close w2 => ok
# 6: several ToMToU
open r1 test6 r => ok +1
open w1 test6 w => ok +1 !1
open w2 test6 w => ok
close w1 => ok
close w2 => ok
open w1 test6 w => ok
close w1 => ok
close r1 => ok
# 7: open writers, then ToMToU
open w1 test7 w => ok
open r1 test7 r => ok +2 !1
open w2 test7 w => ok +1 !1
close w2 => ok
close w1 => ok
close r1 => ok
# 8: ToMToU, then open writers
open r1 test8 r => ok +1
open w1 test8 w => ok +1 !1
open r2 test8 r => ok +1 !1
close r2 => ok
close r1 => ok
close w1 => ok
read test8 => ok
'
