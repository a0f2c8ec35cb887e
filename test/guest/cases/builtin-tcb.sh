# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# The built-in policy tcb.

boot='ima_policy=tcb'
scope='machine'
policy=''

. "$here/builtins.sh"

ops='
read plain => ok +1
read users => ok +1
read none => ok +1
exec run => ok +1
exec run-users => ok +1
exec run-none => ok +1
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
read none => ok
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
