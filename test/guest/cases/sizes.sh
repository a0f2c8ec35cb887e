# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Empty files, blocks, holes, and a file that is bigger than a page and than a
# read of many programs.

policy='measure func=FILE_CHECK
appraise func=FILE_CHECK fowner=7'

tree()
{
	file empty ""
	file one x
	head -c 4095 /dev/zero >size-4095
	head -c 4096 /dev/zero >size-4096
	head -c 4097 /dev/zero >size-4097
	head -c 131072 /dev/zero >size-131072
	head -c 131073 /dev/zero >size-131073
	head -c 1000000 /dev/zero | tr "\0" x >big
	truncate -s 300000 holes
	printf end >>holes
	cp big appraised
	digest appraised sha512
	chown 7:7 appraised
	cp holes appraised-bad
	digest appraised-bad sha256
	tamper appraised-bad
	chown 7:7 appraised-bad
}

ops='
read empty => ok +1
read one => ok +1
read size-4095 => ok +1
read size-4096 => ok +1
read size-4097 => ok +1
read size-131072 => ok +1
read size-131073 => ok +1
read big => ok +1
read holes => ok +1
read appraised => ok +1
read appraised-bad => EACCES +1
append appraised x => ok
read appraised => ok +1
pwrite holes 100000 data => ok
read holes => ok +1
truncate big 500000 => ok
read big => ok ~16 ok +1
append big x => ok
read big => ok +1
'
