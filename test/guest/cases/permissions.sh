# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Who may not read a file cannot find out by its measurement, but may write it:
# what is written only is hashed all the same.

policy='measure func=FILE_CHECK'

tree()
{
	file write-only write-only 0222
	file read-only read-only 0444
	file nothing nothing 0000
	file append-only append-only 0222
	mkdir closed
	chmod 0700 closed
	file closed/inside inside 0666
	prog execute-only 0111
}

ops='
as user
open - write-only w => ok +1
open - write-only r => EACCES
open - write-only rw => EACCES
append append-only x => ok +1
read read-only => ok +1
append read-only x => EACCES
read nothing => EACCES
append nothing x => EACCES
read closed/inside => EACCES
exec execute-only => ok +1
read execute-only => EACCES
exec read-only => EACCES
as root
read write-only => ok
read nothing => ok +1
append read-only x => ok
read closed/inside => ok +1
exec read-only => EACCES
'
