# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# The built-in policy appraise_tcb.

boot='ima_policy=appraise_tcb'
scope='machine'
policy=''

. "$here/builtins.sh"

ops='
read plain => ok
read users => ok
read none => EACCES
exec run => ok
exec run-users => ok
exec run-none => EACCES
exec dynamic => ok
write written x => ok
read written => ok
write new x => ok
read new => ok
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
open - written r => ok
close h => ok
open h written r => ok
open - written w => ok
close h => ok
'
