# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Two built-in policies at once, and fail_securely, which changes nothing on ext4.

boot='ima_policy=tcb|appraise_tcb|fail_securely'
scope='machine'
policy=''

. "$here/builtins.sh"

ops='
read plain => ok +1
read users => ok +1
read none => EACCES +1
exec run => ok +1
exec run-users => ok +1
exec run-none => EACCES
exec dynamic => ok +3
write written x => ok
read written => ok +1
write new x => ok
read new => ok +1
mkdir dir => ok
chown new 1000 1000 => ok
read new => ok
as user
read users => ok
read plain => ok
read none => EACCES
exec run => ok
exec run-users => ok
as 1000:1000/0:0
read users => ok
read plain => ok
as root
open h written w => ok
open - written r => ok +1 !1
close h => ok
open h written r => ok
open - written w => ok +1 !1
close h => ok
'
