# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# After ima_measurements of the Linux Test Project: a file of root is measured when
# it is read, again when it has changed, and files that others read are not.

policy='measure func=FILE_CHECK mask=MAY_READ uid=0'

tree()
{
	file test.txt ""
	chmod 0666 test.txt
}

ops='
write test.txt "1795304265 this is a test file\n" => ok
read test.txt => ok +1
read test.txt => ok
write test.txt "1795304266 this is a test file\n" => ok
read test.txt => ok +1
as 99
write test.txt "1795304267 this is a test file\n" => ok
read test.txt => ok
as root
read test.txt => ok +1
'
