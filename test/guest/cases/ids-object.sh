# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Conditions on the owner of the file, and what a change of owner does to them:
# a file that was not measured is, once a rule matches it; one that was is not
# measured again, until its content changes.

policy='dont_measure fgroup=99
measure func=FILE_CHECK fowner=0 fgroup=1
measure func=FILE_CHECK fowner=1000 fgroup=2
measure func=FILE_CHECK fowner>4000000000
measure func=FILE_CHECK fowner<500 fgroup=4
measure func=FILE_CHECK fgroup=7
measure func=FILE_CHECK fgroup>7000
measure func=FILE_CHECK fgroup<6 fowner=1001'

tree()
{
	file root-1 a 0644 0:1
	file root-2 b 0644 0:2
	file user-2 c 0644 1000:2
	file user-1 d 0644 1000:1
	file big e 0644 4000000001:3
	file not-so-big f 0644 4000000000:3
	file below-500 g 0644 499:4
	file is-500 h 0644 500:4
	file group-7 i 0644 1001:7
	file group-7001 j 0644 1001:7001
	file group-7000 k 0644 1001:7000
	file group-5 l 0644 1001:5
	file group-6 m 0644 1001:6
	file moves n 0644 5000:5000
	file leaves o 0644 5000:7
}

ops='
read root-1 => ok +1
read root-2 => ok
read user-2 => ok +1
read user-1 => ok
read big => ok +1
read not-so-big => ok
read below-500 => ok +1
read is-500 => ok
read group-7 => ok +1
read group-7001 => ok +1
read group-7000 => ok
read group-5 => ok +1
read group-6 => ok
# not covered, then covered, then not again
read moves => ok
chown moves 5000 7 => ok
read moves => ok +1
chown moves 5000 99 => ok
read moves => ok
chown moves 5000 7 => ok
read moves => ok
read leaves => ok +1
chown leaves 5000 5000 => ok
append leaves p => ok
read leaves => ok
chown leaves 5000 7 => ok
read leaves => ok +1
'
